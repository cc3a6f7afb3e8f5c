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
                ('looked_at', models.DateTimeField(verbose_name='looked')),
            ],
            options={
                'verbose_name': 'look at the agenda',
                'verbose_name_plural': 'looks at the agenda',
                'ordering': ['person', 'session'],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('mailbox', models.EmailField(blank=True, max_length=254, verbose_name='mailbox')),
                ('alarms', models.BooleanField(default=False, verbose_name='reminders')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='last fetched')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
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
                ('like', models.CharField(choices=[('arrivals', 'arrivals'), ('plenary', 'plenary'), ('working_session', 'working session'), ('roundtable', 'roundtable'), ('working_lunch', 'working lunch'), ('retreat', 'retreat'), ('bilateral', 'bilateral meeting'), ('signing', 'signing'), ('press_conference', 'press conference'), ('doorstep', 'doorstep'), ('reception', 'reception'), ('family_photo', 'family photo'), ('drafting_group', 'drafting group'), ('walk_through', 'walk-through'), ('break', 'break'), ('internal', 'internal')], help_text='Which kind it is to systems that don’t know this one, such as conference apps.', max_length=20, verbose_name='works like')),
            ],
            options={
                'verbose_name': 'kind of session',
                'verbose_name_plural': 'kinds of session',
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
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='taken off')),
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
                'verbose_name': 'version of the draft',
                'verbose_name_plural': 'versions of the draft',
            },
        ),
        migrations.CreateModel(
            name='FloorRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('subject', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='subject')),
                ('minutes', models.PositiveIntegerField(default=5, verbose_name='minutes')),
                ('state', models.CharField(choices=[('asked', 'asked'), ('granted', 'granted'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='asked')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.CharField(blank=True, max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='reason')),
            ],
            options={
                'verbose_name': 'request for the floor',
                'verbose_name_plural': 'requests for the floor',
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
                ('level', models.CharField(blank=True, choices=[('head', 'head only'), ('head1', 'head +1'), ('head2', 'head +2')], help_text='Of a delegation. Empty: the whole delegation.', max_length=10, verbose_name='level')),
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
                ('notice', models.CharField(choices=[('cancelled', '“cancelled”'), ('removed', '“no longer in the public agenda”'), ('none', 'nothing')], max_length=10, verbose_name='what the public reads')),
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
                ('kind', models.CharField(choices=[('arrivals', 'arrivals'), ('plenary', 'plenary'), ('working_session', 'working session'), ('roundtable', 'roundtable'), ('working_lunch', 'working lunch'), ('retreat', 'retreat'), ('bilateral', 'bilateral meeting'), ('signing', 'signing'), ('press_conference', 'press conference'), ('doorstep', 'doorstep'), ('reception', 'reception'), ('family_photo', 'family photo'), ('drafting_group', 'drafting group'), ('walk_through', 'walk-through'), ('break', 'break'), ('internal', 'internal')], max_length=20, verbose_name='kind')),
                ('kind_names', models.JSONField(blank=True, default=list, verbose_name='names of the kind')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('texts', models.JSONField(blank=True, default=list, verbose_name='in other languages')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('times_known', models.BooleanField(default=True, verbose_name='times are known')),
                ('room_key', models.CharField(blank=True, editable=False, max_length=16)),
                ('room_name', models.CharField(blank=True, max_length=120, verbose_name='room')),
                ('venue_name', models.CharField(blank=True, max_length=200, verbose_name='venue')),
                ('visibility', models.CharField(choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], max_length=20, verbose_name='visible to')),
                ('audiences', models.JSONField(blank=True, default=list, verbose_name='parts that are shown to fewer')),
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
                ('visibility', models.CharField(choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], default='participants', max_length=20, verbose_name='visible to')),
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
                ('kind', models.CharField(choices=[('arrivals', 'arrivals'), ('plenary', 'plenary'), ('working_session', 'working session'), ('roundtable', 'roundtable'), ('working_lunch', 'working lunch'), ('retreat', 'retreat'), ('bilateral', 'bilateral meeting'), ('signing', 'signing'), ('press_conference', 'press conference'), ('doorstep', 'doorstep'), ('reception', 'reception'), ('family_photo', 'family photo'), ('drafting_group', 'drafting group'), ('walk_through', 'walk-through'), ('break', 'break'), ('internal', 'internal')], default='working_session', max_length=20, verbose_name='kind')),
                ('title', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='title')),
                ('summary', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='summary')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('set_up', models.PositiveSmallIntegerField(default=0, help_text='Minutes before the start from which the room is taken.', verbose_name='set-up')),
                ('clear_down', models.PositiveSmallIntegerField(default=0, help_text='Minutes after the end until which the room is taken.', verbose_name='clear-down')),
                ('capacity', models.PositiveIntegerField(blank=True, help_text='Empty: as many as the room seats.', null=True, verbose_name='places')),
                ('media', models.CharField(choices=[('closed', 'closed to the media'), ('pooled', 'pooled media'), ('open', 'open to the media')], default='closed', max_length=10, verbose_name='media')),
                ('pinned', models.BooleanField(default=False, help_text='Its time and room are settled: whoever would move it is warned.', verbose_name='pinned')),
                ('sign_up', models.BooleanField(default=False, help_text='Delegates take one of its places themselves.', verbose_name='open for sign-up')),
                ('visibility', models.CharField(choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], default='participants', max_length=20, verbose_name='visible to')),
                ('title_to', models.CharField(blank=True, choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], max_length=20, verbose_name='title and summary shown to')),
                ('room_to', models.CharField(blank=True, choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], max_length=20, verbose_name='room shown to')),
                ('times_to', models.CharField(blank=True, choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], max_length=20, verbose_name='times shown to')),
                ('participants_to', models.CharField(blank=True, choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], max_length=20, verbose_name='participants shown to')),
                ('documents_to', models.CharField(blank=True, choices=[('public', 'everybody'), ('accredited', 'all delegations'), ('participants', 'those who take part'), ('organisers', 'organisers only')], max_length=20, verbose_name='documents shown to')),
                ('opening', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes before the first speech')),
                ('speech_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minutes of a speech')),
                ('requests_until', models.DateTimeField(blank=True, null=True, verbose_name='requests for the floor until')),
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
                'verbose_name': 'session in another language',
                'verbose_name_plural': 'sessions in other languages',
                'ordering': ['session', 'language'],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('state', models.CharField(choices=[('place', 'has a place'), ('waiting', 'waits for a place')], max_length=10, verbose_name='state')),
                ('signed_up_at', models.DateTimeField(auto_now_add=True, verbose_name='signed up')),
                ('moved_up_at', models.DateTimeField(blank=True, null=True, verbose_name='moved up')),
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
