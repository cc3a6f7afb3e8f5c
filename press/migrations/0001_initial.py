import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import press.texts.models.texts
import summit.core.encrypted_fields
import summit.core.models
import summit.core.validators
import summit.outbox.models.messages


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agenda', '0001_initial'),
        ('summit', '0001_initial'),
    ]

    operations = [
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
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='set by')),
                ('held_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='put on hold by')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='embargoes', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'embargo',
                'verbose_name_plural': 'embargoes',
                'ordering': ['moment', 'id'],
                'indexes': [models.Index(fields=['moment'], name='embargo_by_moment'), models.Index(fields=['summit', 'moment'], name='embargo_of_summit_by_moment')],
                'constraints': [models.CheckConstraint(condition=models.Q(('mode__in', ['moment', 'delivered'])), name='embargo_mode_known'), models.CheckConstraint(condition=models.Q(models.Q(('held_at__isnull', True), ('held_by__isnull', True), ('hold_reason', '')), models.Q(('held_at__isnull', False), models.Q(('hold_reason', ''), _negated=True)), _connector='OR'), name='embargo_held_whole'), models.CheckConstraint(condition=models.Q(('fallback_at__isnull', True), ('mode', 'delivered'), _connector='OR'), name='embargo_fallback_of_delivery'), models.CheckConstraint(condition=models.Q(('alarmed_at__isnull', True), ('fallback_at__isnull', False), _connector='OR'), name='embargo_alarm_of_fallback'), models.CheckConstraint(condition=models.Q(('moment__isnull', True), ('decided_by__isnull', False), _connector='OR'), name='embargo_moment_has_officer')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(editable=False, max_length=10, verbose_name='language')),
                ('word', models.CharField(editable=False, max_length=64, verbose_name='word')),
                ('trigrams', models.TextField(editable=False, verbose_name='trigrams')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'search word',
                'verbose_name_plural': 'search words',
                'constraints': [models.UniqueConstraint(fields=('summit', 'language', 'word'), name='search_word_once')],
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
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscribers', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'subscriber',
                'verbose_name_plural': 'subscribers',
                'ordering': ['address'],
                'constraints': [models.UniqueConstraint(fields=('summit', 'address'), name='subscriber_once'), models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='subscriber_address_small')],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=80, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'ordering': ['summit', 'name'],
                'constraints': [models.UniqueConstraint(fields=('summit', 'name'), name='topic_name_once', violation_error_message='The summit already has a topic with this name.')],
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
                ('embargo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='press.embargo', verbose_name='publication')),
                ('people', models.ManyToManyField(blank=True, related_name='texts', to='summit.person', verbose_name='people concerned')),
                ('prepared', models.ForeignKey(blank=True, help_text='For a text as delivered: the prepared text it is based on.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delivered', to='press.text', verbose_name='prepared text')),
                ('removed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='removed by')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='press_texts', to='agenda.session', verbose_name='session')),
                ('slot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='agenda.slot', verbose_name='speech')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='summit.summit', verbose_name='summit')),
                ('withdrawn_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by')),
                ('topics', models.ManyToManyField(blank=True, related_name='texts', to='press.topic', verbose_name='topics')),
            ],
            options={
                'verbose_name': 'text',
                'verbose_name_plural': 'texts',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('summit', 'slug'), name='text_slug_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['transcript', 'statement', 'notice', 'joint', 'communique', 'summary', 'advisory'])), name='text_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='text_withdrawn_whole'), models.CheckConstraint(condition=models.Q(models.Q(('removal_reason', ''), ('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False), ('withdrawn_at__isnull', False), models.Q(('removal_reason', ''), _negated=True)), _connector='OR'), name='text_removed_whole'), models.CheckConstraint(condition=models.Q(('media_access__in', ['', 'closed', 'pooled', 'open'])), name='text_media_known'), models.CheckConstraint(condition=models.Q(('prepared__isnull', True), models.Q(('kind', 'transcript'), ('wording', 'delivered'), models.Q(('prepared', models.F('pk')), _negated=True)), _connector='OR'), name='text_prepared_of_delivered'), models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('prepared',), name='text_delivered_once', violation_error_message='This prepared text already has a text as delivered. Change that one.')],
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
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='press.text', verbose_name='text')),
            ],
            options={
                'verbose_name': 'language version',
                'verbose_name_plural': 'language versions',
                'ordering': ['text', '-authoritative', 'language'],
                'constraints': [models.UniqueConstraint(fields=('text', 'language'), name='version_language_once'), models.UniqueConstraint(condition=models.Q(('authoritative', True)), fields=('text',), name='version_authoritative_once')],
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
                ('added_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='press.text', verbose_name='text')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['text', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='attachment_not_empty')],
            },
        ),
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
                ('afterwards_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='later reviewed by')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editions', to='press.textversion', verbose_name='language version')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'ordering': ['version', '-number'],
                'constraints': [models.UniqueConstraint(fields=('version', 'number'), name='edition_number_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='edition_number_from_one'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_asked', 'approved'])), name='edition_state_known'), models.CheckConstraint(condition=models.Q(('change_kind__in', ['', 'correction', 'clarification'])), name='edition_change_known'), models.CheckConstraint(condition=models.Q(('change_kind', ''), models.Q(('change_note', ''), _negated=True), _connector='OR'), name='edition_change_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(models.Q(('decided_by', models.F('author')), _negated=True), models.Q(('emergency_reason', ''), _negated=True), _connector='OR')), _connector='OR'), name='edition_approved_by_another'), models.CheckConstraint(condition=models.Q(('emergency_reason', ''), ('state', 'approved'), _connector='OR'), name='edition_emergency_is_approved'), models.CheckConstraint(condition=models.Q(models.Q(('afterwards_at__isnull', True), ('afterwards_by__isnull', True)), models.Q(('afterwards_at__isnull', False), ('afterwards_by__isnull', False), models.Q(('emergency_reason', ''), _negated=True), models.Q(('afterwards_by', models.F('author')), _negated=True), models.Q(('afterwards_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='edition_afterwards_by_another')],
            },
        ),
        migrations.CreateModel(
            name='EditionAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attached', to='press.attachment', verbose_name='attachment')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attached', to='press.edition', verbose_name='edition')),
            ],
            options={
                'verbose_name': 'edition attachment',
                'verbose_name_plural': 'edition attachments',
                'ordering': ['edition', 'position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'attachment'), name='attached_once')],
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
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passage_checks', to='press.edition', verbose_name='edition')),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone', to='press.passagecheck', verbose_name='undoes')),
            ],
            options={
                'verbose_name': 'delivery change',
                'verbose_name_plural': 'delivery changes',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['accept', 'strike', 'change', 'insert', 'undo'])), name='passage_check_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('change', 'insert')), models.Q(('words', ''), _negated=True)), models.Q(models.Q(('kind__in', ('change', 'insert')), _negated=True), ('words', '')), _connector='OR'), name='passage_check_words_where_due'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('kind', 'undo'), _negated=True), ('undoes__isnull', True)), _connector='OR'), name='passage_check_undo_of_one')],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title_terms', models.TextField(editable=False, verbose_name='title words')),
                ('terms', models.TextField(editable=False, verbose_name='words')),
                ('plain', models.TextField(editable=False, null=True, verbose_name='words in order')),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='search', to='press.edition', verbose_name='edition')),
            ],
            options={
                'verbose_name': 'edition search index',
                'verbose_name_plural': 'edition search indexes',
            },
        ),
        migrations.AddField(
            model_name='announcement',
            name='edition',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='announcement', to='press.edition', verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='edition',
            name='attachments',
            field=models.ManyToManyField(related_name='editions', through='press.EditionAttachment', to='press.attachment', verbose_name='attachments'),
        ),
    ]
