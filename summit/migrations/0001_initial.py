import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import summit.core.encrypted_fields
import summit.core.models
import summit.core.validators
import summit.summits.translated_names


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='email')),
                ('name', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], default='en', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='can sign in')),
                ('date_joined', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'ordering': ['email'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('drift', models.FloatField(default=0.0)),
            ],
            options={
                'verbose_name': 'heartbeat',
                'verbose_name_plural': 'heartbeats',
            },
        ),
        migrations.CreateModel(
            name='AuditChain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('length', models.PositiveBigIntegerField(default=0)),
                ('head', models.CharField(default='', max_length=64)),
            ],
            options={
                'verbose_name': 'end of the audit chain',
                'verbose_name_plural': 'ends of the audit chain',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='audit_chain_single')],
            },
        ),
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('database', models.CharField(max_length=100)),
                ('host', models.CharField(max_length=255)),
                ('paused_at', models.DateTimeField(editable=False, null=True, verbose_name='sending paused since')),
            ],
            options={
                'verbose_name': 'installation',
                'verbose_name_plural': 'installations',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='installation_single')],
            },
        ),
        migrations.CreateModel(
            name='PublicVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('summit_id', models.BigIntegerField()),
                ('writer', models.PositiveIntegerField()),
                ('changes', models.BigIntegerField(default=0)),
                ('removals', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'version of public pages',
                'verbose_name_plural': 'versions of public pages',
                'constraints': [models.UniqueConstraint(fields=('summit_id', 'writer'), name='public_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Summit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('slug', models.CharField(help_text='The first part of every address of this summit.', max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Use lower-case letters, digits and single hyphens, such as “border-security-2025”.'), summit.core.validators.validate_free_slug], verbose_name='address')),
                ('name', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('short_name', models.CharField(max_length=60, validators=[summit.core.validators.validate_printable], verbose_name='short name')),
                ('host', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='host')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('time_zone', models.CharField(help_text='All times are shown in this zone, such as Europe/London.', max_length=60, validators=[summit.core.validators.validate_time_zone], verbose_name='time zone of the venue')),
                ('place', models.CharField(help_text='Such as “London”.', max_length=60, verbose_name='place shown with times')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], default='en', max_length=10, verbose_name='first language')),
                ('names', models.JSONField(blank=True, default=dict, validators=[summit.summits.translated_names.validate_names], verbose_name='names in other languages')),
                ('accent', models.CharField(default='#1d4f91', max_length=7, validators=[summit.core.validators.validate_colour], verbose_name='colour')),
                ('contact_email', models.EmailField(max_length=254, verbose_name='email address for answers')),
                ('answer_by', models.DateTimeField(blank=True, null=True, verbose_name='deadline for answers')),
                ('public', models.BooleanField(default=True, verbose_name='has public pages')),
                ('public_changes', models.BooleanField(default=False, verbose_name='show agenda changes to the public')),
                ('illustrative', models.BooleanField(default=False, help_text='Pages say that people and texts are fictional.', verbose_name='demonstration')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('paused_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='sending paused since')),
                ('resumed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='resumed on')),
            ],
            options={
                'verbose_name': 'summit',
                'verbose_name_plural': 'summits',
                'ordering': ['-starts_on', 'slug'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='summit_ends_after_start'), models.CheckConstraint(condition=models.Q(('resumed_at__isnull', True), ('resumed_at__gte', models.F('paused_at')), _connector='OR'), name='summit_resumed_after_paused'), models.CheckConstraint(condition=models.Q(('slug__regex', '^[a-z0-9]+(-[a-z0-9]+)*$')), name='summit_slug_form')],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('organiser', 'organiser'), ('protocol', 'protocol'), ('accreditation', 'accreditation'), ('vetting', 'vetting'), ('programme', 'programme'), ('conference_officer', 'conference officer'), ('press_officer', 'press officer'), ('press_approver', 'press approver'), ('media_representative', 'media representative'), ('viewer', 'viewer')], max_length=20, verbose_name='role')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'ordering': ['summit', 'user', 'role'],
                'constraints': [models.UniqueConstraint(fields=('summit', 'user', 'role'), name='role_once'), models.CheckConstraint(condition=models.Q(('role__in', ['organiser', 'protocol', 'accreditation', 'vetting', 'programme', 'conference_officer', 'press_officer', 'press_approver', 'media_representative', 'viewer'])), name='role_by_hand')],
            },
        ),
        migrations.CreateModel(
            name='ListImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('label', models.CharField(max_length=80, verbose_name='list')),
                ('filename', models.CharField(max_length=200, verbose_name='file')),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
                ('report', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='uploaded')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='taken over')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'imported list',
                'verbose_name_plural': 'imported lists',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='date and time')),
                ('by_label', models.CharField(blank=True, max_length=60, verbose_name='acting as')),
                ('action', models.CharField(max_length=60, verbose_name='action')),
                ('object_type', models.CharField(max_length=60, verbose_name='object type')),
                ('object_key', models.CharField(max_length=60, verbose_name='object')),
                ('part_of', models.CharField(blank=True, max_length=121, verbose_name='part of')),
                ('fields', models.JSONField(default=list, verbose_name='fields')),
                ('detail', models.JSONField(default=dict, verbose_name='detail')),
                ('position', models.PositiveBigIntegerField(editable=False, null=True, unique=True, verbose_name='position')),
                ('previous', models.CharField(blank=True, editable=False, max_length=64, verbose_name='previous digest')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64, verbose_name='digest')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('summit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['object_type', 'object_key'], name='audit_by_object'), models.Index(condition=models.Q(('part_of', ''), _negated=True), fields=['part_of', 'id'], name='audit_by_whole'), models.Index(fields=['summit', 'id'], name='audit_by_summit'), models.Index(fields=['by', 'id'], name='audit_by_account'), models.Index(fields=['action', 'id'], name='audit_by_action'), models.Index(condition=models.Q(('position__isnull', True)), fields=['id'], name='audit_unchained')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('position__isnull', True)), models.Q(('position__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='audit_chained_whole'), models.CheckConstraint(condition=models.Q(('by__isnull', False), models.Q(('by_label', ''), _negated=True), _connector='OR'), name='audit_has_actor')],
            },
        ),
        migrations.CreateModel(
            name='Venue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('address', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='address')),
                ('opens_at', models.TimeField(blank=True, help_text='Local time. Leave both times blank if always open.', null=True, verbose_name='opens')),
                ('closes_at', models.TimeField(blank=True, help_text='A time earlier than the opening means after midnight.', null=True, verbose_name='closes')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='venues', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'venue',
                'verbose_name_plural': 'venues',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('summit', 'name'), name='venue_name_once'), models.CheckConstraint(condition=models.Q(models.Q(('closes_at__isnull', True), ('opens_at__isnull', True)), models.Q(('closes_at__isnull', False), ('opens_at__isnull', False)), _connector='OR'), name='venue_hours_together', violation_error_message='Enter both opening and closing times, or leave both blank.'), models.CheckConstraint(condition=models.Q(('opens_at__isnull', True), models.Q(('opens_at', models.F('closes_at')), _negated=True), _connector='OR'), name='venue_hours_differ', violation_error_message='Enter different opening and closing times, or leave both blank if always open.')],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('capacity', models.PositiveIntegerField(blank=True, null=True, verbose_name='seats')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rooms', to='summit.venue', verbose_name='venue')),
            ],
            options={
                'verbose_name': 'room',
                'verbose_name_plural': 'rooms',
                'ordering': ['position', 'name'],
                'constraints': [models.UniqueConstraint(fields=('venue', 'name'), name='room_name_once', violation_error_message='The venue already has a room with this name.')],
            },
        ),
        migrations.CreateModel(
            name='RefusedSignIns',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('number', models.PositiveIntegerField(default=0, verbose_name='number')),
                ('codes', models.PositiveIntegerField(default=0, verbose_name='two-step verifications')),
            ],
            options={
                'verbose_name': 'refused sign-ins',
                'verbose_name_plural': 'refused sign-ins',
                'constraints': [models.CheckConstraint(condition=models.Q(('codes__lte', models.F('number'))), name='refused_codes_are_counted')],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('office', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='office held')),
                ('form_of_address', models.CharField(blank=True, help_text='The opening of a letter, such as “Your Excellency”.', max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='salutation')),
                ('rank', models.CharField(blank=True, help_text='Such as “Minister” or “Lieutenant General”.', max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='rank')),
                ('badge_name', models.CharField(blank=True, max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='badge name')),
                ('card_name', models.CharField(blank=True, max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='place card name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], default='en', max_length=10, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, help_text='Such as America/New_York. Emails also give times in this zone.', max_length=60, validators=[summit.core.validators.validate_time_zone], verbose_name='time zone')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='people', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['name', 'office', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), ('office', ''), _negated=True), name='person_has_name_or_office'), models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('summit', 'user'), name='person_account_once', violation_error_message='This account belongs to another person in this summit. Each account belongs to one person.')],
            },
        ),
        migrations.CreateModel(
            name='SubjectAccessRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='requested')),
                ('agreed_at', models.DateTimeField(null=True, verbose_name='approved on')),
                ('taken_at', models.DateTimeField(null=True, verbose_name='downloaded on')),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'personal data export',
                'verbose_name_plural': 'personal data exports',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_at__isnull', True)), fields=('person', 'asked_by'), name='subject_access_asked_once'), models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('agreed_by__isnull', True)), models.Q(('agreed_at__isnull', False), ('agreed_by__isnull', False)), _connector='OR'), name='subject_access_agreed_by_somebody'), models.CheckConstraint(condition=models.Q(('agreed_by__isnull', True), models.Q(('agreed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='subject_access_agreed_by_another'), models.CheckConstraint(condition=models.Q(('taken_at__isnull', True), ('agreed_at__isnull', False), _connector='OR'), name='subject_access_taken_when_agreed')],
            },
        ),
    ]
