"""Texts that are tied, removed, corrected and followed by what was delivered; attachments and topics. Whatever public
pages show of all that is noted, and an edition's words and a file's bytes never change."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import press.texts.models.texts
import summit.core.encrypted_fields
import summit.core.models
import summit.core.validators
from summit.core.migration_operations import FreezeColumns, NoteChanges

OF_TEXT = "(SELECT t.summit_id FROM press_text t WHERE t.id = {row}.text_id)"
OF_VERSION = (
    "(SELECT t.summit_id FROM press_textversion v JOIN press_text t ON t.id = v.text_id WHERE v.id = {row}.version_id)"
)

class Migration(migrations.Migration):

    dependencies = [
        ('press', '0002_frozen'),
        ('programme', '0011_uploaded_schedules'),
        ('summit', '0012_names_by_language'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            name='EditionAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'attachment of an edition',
                'verbose_name_plural': 'attachments of editions',
                'ordering': ['edition', 'position', 'id'],
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
        migrations.RemoveConstraint(
            model_name='edition',
            name='edition_approved_by_another',
        ),
        migrations.RemoveConstraint(
            model_name='text',
            name='text_kind_known',
        ),
        migrations.AddField(
            model_name='edition',
            name='afterwards_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='reviewed afterwards'),
        ),
        migrations.AddField(
            model_name='edition',
            name='afterwards_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed afterwards by'),
        ),
        migrations.AddField(
            model_name='edition',
            name='anchors',
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name='edition',
            name='change_kind',
            field=models.CharField(blank=True, choices=[('correction', 'correction'), ('clarification', 'clarification')], help_text='Of an edition that replaces one that has been read.', max_length=20, verbose_name='kind of change'),
        ),
        migrations.AddField(
            model_name='edition',
            name='emergency_reason',
            field=models.CharField(blank=True, max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='reason for approving without a second person'),
        ),
        migrations.AddField(
            model_name='edition',
            name='translates',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='translates edition'),
        ),
        migrations.AddField(
            model_name='lift',
            name='alarmed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='alarm raised'),
        ),
        migrations.AddField(
            model_name='lift',
            name='fallback_at',
            field=models.DateTimeField(blank=True, help_text="If the speech hasn't been marked as given by then, the desk is alarmed. Nothing goes out by itself.", null=True, verbose_name='alarm at'),
        ),
        migrations.AddField(
            model_name='lift',
            name='tied',
            field=models.BooleanField(default=False, help_text='Nothing of it is read before every text, in every language, is approved.', verbose_name='together or not at all'),
        ),
        migrations.AddField(
            model_name='text',
            name='comparison_public',
            field=models.BooleanField(default=False, help_text='Whether readers may see what was said otherwise than prepared.', verbose_name='comparison is public'),
        ),
        migrations.AddField(
            model_name='text',
            name='gather_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='when the media gather'),
        ),
        migrations.AddField(
            model_name='text',
            name='gather_place',
            field=models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='where the media gather'),
        ),
        migrations.AddField(
            model_name='text',
            name='media_access',
            field=models.CharField(blank=True, choices=[('closed', 'closed to the media'), ('pooled', 'pooled media'), ('open', 'open to the media')], help_text='Of a media advisory: who may attend.', max_length=10, verbose_name='media'),
        ),
        migrations.AddField(
            model_name='text',
            name='people',
            field=models.ManyToManyField(blank=True, related_name='texts', to='summit.person', verbose_name='people concerned'),
        ),
        migrations.AddField(
            model_name='text',
            name='prepared',
            field=models.ForeignKey(blank=True, help_text='Of a text as delivered: the prepared text that it follows.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delivered', to='press.text', verbose_name='prepared text'),
        ),
        migrations.AddField(
            model_name='text',
            name='removal_reason',
            field=models.TextField(blank=True, editable=False, verbose_name='reason for removal'),
        ),
        migrations.AddField(
            model_name='text',
            name='removed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='removed'),
        ),
        migrations.AddField(
            model_name='text',
            name='removed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='removed by'),
        ),
        migrations.AddField(
            model_name='text',
            name='session',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='press_texts', to='programme.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='textversion',
            name='added_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='added'),
        ),
        migrations.AlterField(
            model_name='text',
            name='kind',
            field=models.CharField(choices=[('transcript', 'transcript'), ('statement', 'statement'), ('notice', 'press notice'), ('joint', 'joint statement'), ('communique', 'communiqué'), ('summary', "chair's summary"), ('advisory', 'media advisory')], default='transcript', max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='textversion',
            name='language',
            field=models.CharField(max_length=10, validators=[press.texts.models.texts.validate_language], verbose_name='language'),
        ),
        migrations.AddIndex(
            model_name='lift',
            index=models.Index(fields=['summit', 'moment'], name='lift_of_summit_by_moment'),
        ),
        migrations.AddConstraint(
            model_name='lift',
            constraint=models.CheckConstraint(condition=models.Q(('fallback_at__isnull', True), ('mode', 'delivered'), _connector='OR'), name='lift_fallback_of_delivery'),
        ),
        migrations.AddConstraint(
            model_name='lift',
            constraint=models.CheckConstraint(condition=models.Q(('alarmed_at__isnull', True), ('fallback_at__isnull', False), _connector='OR'), name='lift_alarm_of_fallback'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='added_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='text',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='press.text', verbose_name='text'),
        ),
        migrations.AddField(
            model_name='editionattachment',
            name='attachment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attached', to='press.attachment', verbose_name='attachment'),
        ),
        migrations.AddField(
            model_name='editionattachment',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attached', to='press.edition', verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='edition',
            name='attachments',
            field=models.ManyToManyField(related_name='editions', through='press.EditionAttachment', to='press.attachment', verbose_name='attachments'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('change_kind__in', ['', 'correction', 'clarification'])), name='edition_change_known'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('change_kind', ''), models.Q(('change_note', ''), _negated=True), _connector='OR'), name='edition_change_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(models.Q(('decided_by', models.F('author')), _negated=True), models.Q(('emergency_reason', ''), _negated=True), _connector='OR')), _connector='OR'), name='edition_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('emergency_reason', ''), ('state', 'approved'), _connector='OR'), name='edition_emergency_is_approved'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('afterwards_at__isnull', True), ('afterwards_by__isnull', True)), models.Q(('afterwards_at__isnull', False), ('afterwards_by__isnull', False), models.Q(('emergency_reason', ''), _negated=True), models.Q(('afterwards_by', models.F('author')), _negated=True), models.Q(('afterwards_by', models.F('decided_by')), _negated=True)), _connector='OR'), name='edition_afterwards_by_another'),
        ),
        migrations.AddField(
            model_name='topic',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='text',
            name='topics',
            field=models.ManyToManyField(blank=True, related_name='texts', to='press.topic', verbose_name='topics'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['transcript', 'statement', 'notice', 'joint', 'communique', 'summary', 'advisory'])), name='text_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removal_reason', ''), ('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False), ('withdrawn_at__isnull', False), models.Q(('removal_reason', ''), _negated=True)), _connector='OR'), name='text_removed_whole'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.CheckConstraint(condition=models.Q(('media_access__in', ['', 'closed', 'pooled', 'open'])), name='text_media_known'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.CheckConstraint(condition=models.Q(('prepared__isnull', True), models.Q(('kind', 'transcript'), ('wording', 'delivered'), models.Q(('prepared', models.F('pk')), _negated=True)), _connector='OR'), name='text_prepared_of_delivered'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('prepared',), name='text_delivered_once', violation_error_message='This prepared text has a text as delivered already. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='attachment_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='editionattachment',
            constraint=models.UniqueConstraint(fields=('edition', 'attachment'), name='attached_once'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('summit', 'name'), name='topic_name_once', violation_error_message='The summit has a topic of this name already.'),
        ),
        # SQLite dropped the first when it rebuilt the table.
        FreezeColumns(
            "press_edition",
            [
                "public_id", "version_id", "number", "title", "summary", "body", "change_kind", "change_note", "anchors",
                "translates", "author_id", "created_at",
            ],
        ),
        FreezeColumns(
            "press_attachment",
            [
                "public_id", "text_id", "title", "language", "file_name", "content_type", "size", "digest", "content",
                "added_at", "added_by_id",
            ],
        ),
        NoteChanges("press_lift", "{row}.summit_id"),
        NoteChanges("press_text", "{row}.summit_id"),
        NoteChanges("press_topic", "{row}.summit_id"),
        NoteChanges("press_text_topics", OF_TEXT),
        NoteChanges("press_textversion", OF_TEXT),
        NoteChanges("press_edition", OF_VERSION),
    ]
