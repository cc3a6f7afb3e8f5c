import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models

import press.texts.models.texts
import summit.core.encrypted_fields
import summit.core.models
import summit.core.validators
import summit.outbox.models.messages


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='announced on')),
                ('recipients', models.PositiveIntegerField(default=0, verbose_name='subscribers notified')),
            ],
            options={
                'verbose_name': 'announcement',
                'verbose_name_plural': 'announcements',
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('title', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='title')),
                ('language', models.CharField(max_length=10, validators=[press.texts.models.texts.validate_language], verbose_name='language')),
                ('file_name', models.CharField(editable=False, max_length=150, verbose_name='file')),
                ('content_type', models.CharField(editable=False, max_length=100, verbose_name='type')),
                ('size', models.PositiveIntegerField(editable=False, help_text='In bytes.', verbose_name='size')),
                ('digest', models.CharField(editable=False, max_length=64, verbose_name='SHA-256')),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['text', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('number', models.PositiveIntegerField(verbose_name='edition')),
                ('title', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='title')),
                ('summary', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='summary')),
                ('body', models.TextField(help_text='Markdown.', validators=[summit.core.validators.validate_text], verbose_name='text')),
                ('change_kind', models.CharField(blank=True, choices=[('correction', 'correction'), ('clarification', 'clarification')], help_text='Only if an earlier edition is published.', max_length=20, verbose_name='type of change')),
                ('change_note', models.CharField(blank=True, help_text='Shown to readers if an earlier edition is published.', max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='what changed')),
                ('anchors', models.JSONField(blank=True, default=list, editable=False)),
                ('translates', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='translation of edition')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='written')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('changes_asked', 'changes requested'), ('approved', 'approved')], default='draft', max_length=20, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
                ('decision_note', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='reviewer’s comment')),
                ('emergency_reason', models.CharField(blank=True, max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='reason for approving without a second person')),
                ('afterwards_at', models.DateTimeField(blank=True, null=True, verbose_name='later reviewed on')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'ordering': ['version', '-number'],
            },
        ),
        migrations.CreateModel(
            name='EditionAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'edition attachment',
                'verbose_name_plural': 'edition attachments',
                'ordering': ['edition', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Embargo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('mode', models.CharField(choices=[('moment', 'at a set time'), ('delivered', 'when delivered')], default='moment', max_length=10, verbose_name='publication')),
                ('moment', models.DateTimeField(blank=True, null=True, verbose_name='publication time')),
                ('fallback_at', models.DateTimeField(blank=True, help_text='The press desk is alerted if the speech is not marked as delivered by then. Nothing is published.', null=True, verbose_name='alert time')),
                ('alarmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='alert sent')),
                ('tied', models.BooleanField(default=False, help_text='Nothing is published until every text is approved in every language.', verbose_name='joint publication')),
                ('held_at', models.DateTimeField(blank=True, null=True, verbose_name='on hold')),
                ('hold_reason', models.CharField(blank=True, max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='reason for the hold')),
            ],
            options={
                'verbose_name': 'embargo',
                'verbose_name_plural': 'embargoes',
                'ordering': ['moment', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PassageCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('anchor', models.CharField(max_length=20, verbose_name='paragraph')),
                ('kind', models.CharField(choices=[('accept', 'as written'), ('strike', 'not spoken'), ('change', 'changed'), ('insert', 'inserted'), ('undo', 'undone')], max_length=10, verbose_name='type')),
                ('words', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='words')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded on')),
            ],
            options={
                'verbose_name': 'delivery change',
                'verbose_name_plural': 'delivery changes',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title_terms', models.TextField(editable=False, verbose_name='title words')),
                ('terms', models.TextField(editable=False, verbose_name='words')),
                ('plain', models.TextField(editable=False, null=True, verbose_name='words in order')),
            ],
            options={
                'verbose_name': 'edition search index',
                'verbose_name_plural': 'edition search indexes',
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(editable=False, max_length=10, verbose_name='language')),
                ('word', models.CharField(editable=False, max_length=64, verbose_name='word')),
                ('trigrams', models.TextField(editable=False, verbose_name='trigrams')),
            ],
            options={
                'verbose_name': 'search word',
                'verbose_name_plural': 'search words',
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('address', models.EmailField(max_length=254, verbose_name='email address')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], default='en', max_length=10, verbose_name='language')),
                ('nonce', models.CharField(default=summit.outbox.models.messages.new_nonce, editable=False, max_length=32, unique=True)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='requested')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended on')),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
                'ordering': ['address'],
            },
        ),
        migrations.CreateModel(
            name='Text',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('transcript', 'transcript'), ('statement', 'statement'), ('notice', 'press notice'), ('joint', 'joint statement'), ('communique', 'communiqué'), ('summary', "chair's summary"), ('advisory', 'media advisory')], default='transcript', max_length=20, verbose_name='type')),
                ('slug', models.CharField(help_text='The last part of the text’s address on the press site.', max_length=100, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters, digits and single hyphens, such as “opening-address”.'), press.texts.models.texts.validate_text_slug], verbose_name='address')),
                ('wording', models.CharField(choices=[('prepared', 'prepared; check against delivery'), ('delivered', 'as delivered'), ('notes', "speaker's notes"), ('none', 'not a speech')], default='none', max_length=10, verbose_name='wording')),
                ('comparison_public', models.BooleanField(default=False, help_text='Readers can see where the delivered text differs from the prepared text.', verbose_name='public comparison')),
                ('media_access', models.CharField(blank=True, choices=[('closed', 'closed to the media'), ('pooled', 'pooled media'), ('open', 'open to the media')], help_text='Media advisories only: who may attend.', max_length=10, verbose_name='media')),
                ('gather_place', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='media meeting point')),
                ('gather_at', models.DateTimeField(blank=True, null=True, verbose_name='media meeting time')),
                ('contact', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='press contact')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn')),
                ('withdrawal_reason', models.TextField(blank=True, editable=False, verbose_name='reason for withdrawal')),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='removed')),
                ('removal_reason', models.TextField(blank=True, editable=False, verbose_name='reason for removal')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'text',
                'verbose_name_plural': 'texts',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='TextVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('language', models.CharField(max_length=10, validators=[press.texts.models.texts.validate_language], verbose_name='language')),
                ('authoritative', models.BooleanField(default=False, verbose_name='authoritative')),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='added')),
            ],
            options={
                'verbose_name': 'language version',
                'verbose_name_plural': 'language versions',
                'ordering': ['text', '-authoritative', 'language'],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=80, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'ordering': ['summit', 'name'],
            },
        ),
    ]
