import django.core.validators
import django.db.models.functions.datetime
import django.db.models.manager
from django.db import migrations, models

import sessions.agenda.models.speeches
import sessions.agenda.models.texts
import summit.core.encrypted_fields
import summit.core.models
import summit.core.validators


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AgendaReadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('looked_at', models.DateTimeField(verbose_name='viewed on')),
            ],
            options={
                'verbose_name': 'agenda view',
                'verbose_name_plural': 'agenda views',
                'ordering': ['person', 'session'],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('mailbox', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('alarms', models.BooleanField(default=False, verbose_name='reminders')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='last fetched')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended on')),
            ],
            options={
                'verbose_name': 'private calendar',
                'verbose_name_plural': 'private calendars',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='CustomKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=60, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('like', models.CharField(choices=[('arrivals', 'arrivals'), ('plenary', 'plenary'), ('working_session', 'working session'), ('roundtable', 'roundtable'), ('working_lunch', 'working lunch'), ('retreat', 'retreat'), ('bilateral', 'bilateral meeting'), ('signing', 'signing'), ('press_conference', 'press conference'), ('doorstep', 'doorstep'), ('reception', 'reception'), ('family_photo', 'family photo'), ('drafting_group', 'drafting group'), ('walk_through', 'walk-through'), ('break', 'break'), ('internal', 'internal')], help_text='The default type shown in systems that don’t know this one, such as conference apps.', max_length=20, verbose_name='equivalent to')),
            ],
            options={
                'verbose_name': 'session type',
                'verbose_name_plural': 'session types',
                'ordering': ['summit', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('title', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='title')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], max_length=10, verbose_name='language')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('file_name', models.CharField(editable=False, max_length=150, verbose_name='file')),
                ('content_type', models.CharField(editable=False, max_length=100, verbose_name='type')),
                ('size', models.PositiveIntegerField(editable=False, help_text='In bytes.', verbose_name='size')),
                ('digest', models.CharField(editable=False, max_length=64, verbose_name='SHA-256')),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='removed on')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['session', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DraftVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('summit_id', models.BigIntegerField()),
                ('writer', models.PositiveIntegerField()),
                ('changes', models.BigIntegerField(default=0)),
                ('removals', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'draft version',
                'verbose_name_plural': 'draft versions',
            },
        ),
        migrations.CreateModel(
            name='FloorRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('subject', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='subject')),
                ('minutes', models.PositiveIntegerField(default=5, verbose_name='minutes')),
                ('state', models.CharField(choices=[('asked', 'requested'), ('granted', 'granted'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='requested')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
                ('reason', models.CharField(blank=True, max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='reason')),
            ],
            options={
                'verbose_name': 'request to speak',
                'verbose_name_plural': 'requests to speak',
                'ordering': ['session', 'asked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Interpretation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=10, verbose_name='from')),
                ('target', models.CharField(max_length=10, verbose_name='into')),
                ('booth', models.CharField(blank=True, max_length=20, validators=[summit.core.validators.validate_printable], verbose_name='booth')),
            ],
            options={
                'verbose_name': 'interpretation',
                'verbose_name_plural': 'interpretation',
                'ordering': ['session', 'target', 'source'],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(blank=True, choices=[('head', 'head only'), ('head1', 'head +1'), ('head2', 'head +2')], help_text='For delegations. Leave blank for the whole delegation.', max_length=10, verbose_name='level')),
                ('role', models.CharField(choices=[('chair', 'chair'), ('moderator', 'moderator'), ('participant', 'participant'), ('interpreter', 'interpreter')], default='participant', max_length=20, verbose_name='role')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'participant',
                'verbose_name_plural': 'participants',
                'ordering': ['session', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PublicRemoval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.CharField(choices=[('cancelled', '“cancelled”'), ('removed', '“no longer in the public agenda”'), ('none', 'nothing')], max_length=10, verbose_name='public notice')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'removal from the public agenda',
                'verbose_name_plural': 'removals from the public agenda',
                'ordering': ['release', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('released_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='released')),
                ('takes_away', models.BooleanField(default=True, editable=False)),
            ],
            options={
                'verbose_name': 'release',
                'verbose_name_plural': 'releases',
                'ordering': ['summit', '-number'],
            },
        ),
        migrations.CreateModel(
            name='ReleasedParticipant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('chair', 'chair'), ('moderator', 'moderator'), ('speaker', 'speaker'), ('participant', 'participant'), ('interpreter', 'interpreter')], max_length=20, verbose_name='role')),
                ('level', models.CharField(blank=True, choices=[('head', 'head only'), ('head1', 'head +1'), ('head2', 'head +2')], max_length=10, verbose_name='level')),
                ('slot_key', models.CharField(blank=True, max_length=16, verbose_name='speech')),
                ('label', models.CharField(max_length=420, verbose_name='name')),
                ('party_label', models.CharField(blank=True, max_length=120, verbose_name="delegation's name")),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('minutes', models.PositiveIntegerField(null=True, verbose_name='minutes')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'released participant',
                'verbose_name_plural': 'released participants',
                'ordering': ['released_session', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReleasedSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('sequence', models.PositiveIntegerField(verbose_name='SEQUENCE')),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('kind', models.CharField(choices=[('arrivals', 'arrivals'), ('plenary', 'plenary'), ('working_session', 'working session'), ('roundtable', 'roundtable'), ('working_lunch', 'working lunch'), ('retreat', 'retreat'), ('bilateral', 'bilateral meeting'), ('signing', 'signing'), ('press_conference', 'press conference'), ('doorstep', 'doorstep'), ('reception', 'reception'), ('family_photo', 'family photo'), ('drafting_group', 'drafting group'), ('walk_through', 'walk-through'), ('break', 'break'), ('internal', 'internal')], max_length=20, verbose_name='type')),
                ('kind_names', models.JSONField(blank=True, default=list, verbose_name='type names')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('texts', models.JSONField(blank=True, default=list, verbose_name='in other languages')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('times_known', models.BooleanField(default=True, verbose_name='confirmed times')),
                ('room_key', models.CharField(blank=True, editable=False, max_length=16)),
                ('room_name', models.CharField(blank=True, max_length=120, verbose_name='room')),
                ('venue_name', models.CharField(blank=True, max_length=200, verbose_name='venue')),
                ('visibility', models.CharField(choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], max_length=20, verbose_name='visible to')),
                ('audiences', models.JSONField(blank=True, default=list, verbose_name='restricted details')),
                ('media', models.CharField(choices=[('closed', 'closed to the media'), ('pooled', 'pooled media'), ('open', 'open to the media')], default='closed', max_length=10, verbose_name='media')),
                ('capacity', models.PositiveIntegerField(null=True, verbose_name='places')),
                ('sign_up', models.BooleanField(default=False, verbose_name='open for sign-up')),
                ('opening', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes before the first speech')),
                ('languages', models.JSONField(blank=True, default=list, verbose_name='interpretation')),
                ('documents', models.JSONField(blank=True, default=list, verbose_name='documents')),
                ('carried', models.JSONField(blank=True, editable=False, null=True, verbose_name='from another schedule')),
                ('seal', models.CharField(blank=True, editable=False, max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='released')),
            ],
            options={
                'verbose_name': 'released session',
                'verbose_name_plural': 'released sessions',
                'ordering': ['starts_at', 'ends_at', 'id'],
            },
            bases=(sessions.agenda.models.texts.Worded, sessions.agenda.models.speeches.Peopled, models.Model),
        ),
        migrations.CreateModel(
            name='ReleaseEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('low', models.PositiveSmallIntegerField(default=0, verbose_name='from rank')),
                ('high', models.PositiveSmallIntegerField(default=3, verbose_name='to rank')),
            ],
            options={
                'verbose_name': 'entry of a release',
                'verbose_name_plural': 'entries of a release',
                'ordering': ['release', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ScheduleImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('filename', models.CharField(max_length=200, verbose_name='file')),
                ('visibility', models.CharField(choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], default='participants', max_length=20, verbose_name='visible to')),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
                ('report', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='uploaded')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='taken over')),
            ],
            options={
                'verbose_name': 'uploaded schedule',
                'verbose_name_plural': 'uploaded schedules',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('arrivals', 'arrivals'), ('plenary', 'plenary'), ('working_session', 'working session'), ('roundtable', 'roundtable'), ('working_lunch', 'working lunch'), ('retreat', 'retreat'), ('bilateral', 'bilateral meeting'), ('signing', 'signing'), ('press_conference', 'press conference'), ('doorstep', 'doorstep'), ('reception', 'reception'), ('family_photo', 'family photo'), ('drafting_group', 'drafting group'), ('walk_through', 'walk-through'), ('break', 'break'), ('internal', 'internal')], default='working_session', max_length=20, verbose_name='type')),
                ('title', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='title')),
                ('summary', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='summary')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('set_up', models.PositiveSmallIntegerField(default=0, help_text='Minutes the room is occupied before the start.', verbose_name='set-up time')),
                ('clear_down', models.PositiveSmallIntegerField(default=0, help_text='Minutes the room is occupied after the end.', verbose_name='clear-down time')),
                ('capacity', models.PositiveIntegerField(blank=True, help_text='Leave blank to use the seats of the room.', null=True, verbose_name='places')),
                ('media', models.CharField(choices=[('closed', 'closed to the media'), ('pooled', 'pooled media'), ('open', 'open to the media')], default='closed', max_length=10, verbose_name='media')),
                ('pinned', models.BooleanField(default=False, help_text='Warn before moving.', verbose_name='pinned')),
                ('sign_up', models.BooleanField(default=False, help_text='Delegates can sign up for a place.', verbose_name='open for sign-up')),
                ('visibility', models.CharField(choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], default='participants', max_length=20, verbose_name='visible to')),
                ('title_to', models.CharField(blank=True, choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], max_length=20, verbose_name='title and summary visible to')),
                ('room_to', models.CharField(blank=True, choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], max_length=20, verbose_name='room visible to')),
                ('times_to', models.CharField(blank=True, choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], max_length=20, verbose_name='times visible to')),
                ('participants_to', models.CharField(blank=True, choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], max_length=20, verbose_name='participants visible to')),
                ('documents_to', models.CharField(blank=True, choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], max_length=20, verbose_name='documents visible to')),
                ('opening', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes before the first speech')),
                ('speech_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minutes per speech')),
                ('requests_until', models.DateTimeField(blank=True, null=True, verbose_name='deadline for requests to speak')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled')),
                ('carried', models.JSONField(blank=True, editable=False, null=True, verbose_name='from another schedule')),
                ('revision', models.PositiveIntegerField(default=0, editable=False, verbose_name='revision')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'ordering': ['starts_at', 'ends_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SessionText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], max_length=10, verbose_name='language')),
                ('title', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='title')),
                ('summary', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='summary')),
            ],
            options={
                'verbose_name': 'session translation',
                'verbose_name_plural': 'session translations',
                'ordering': ['session', 'language'],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('state', models.CharField(choices=[('place', 'has a place'), ('waiting', 'on the waiting list')], max_length=10, verbose_name='state')),
                ('signed_up_at', models.DateTimeField(auto_now_add=True, verbose_name='signed up on')),
                ('moved_up_at', models.DateTimeField(blank=True, null=True, verbose_name='place given on')),
            ],
            options={
                'verbose_name': 'sign-up',
                'verbose_name_plural': 'sign-ups',
                'ordering': ['session', 'signed_up_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('title', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='title')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('minutes', models.PositiveIntegerField(default=5, verbose_name='minutes')),
                ('cancelled_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='cancelled')),
            ],
            options={
                'verbose_name': 'speech',
                'verbose_name_plural': 'speeches',
                'ordering': ['session', 'position', 'id'],
                'base_manager_name': 'every',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('every', django.db.models.manager.Manager()),
            ],
        ),
    ]
