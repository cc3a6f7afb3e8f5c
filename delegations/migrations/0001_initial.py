import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models

import delegations.parties.models.policy
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
            name='Badge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('issued_at', models.DateTimeField(auto_now_add=True, verbose_name='issued')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled on')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'badge',
                'verbose_name_plural': 'badges',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='CallNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='date and time')),
                ('outcome', models.CharField(choices=[('coming', 'answer expected'), ('call_back', 'call back'), ('nobody', 'no reply'), ('wrong', 'wrong number'), ('answered', 'answered')], max_length=20, verbose_name='outcome')),
                ('note', models.CharField(blank=True, max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='note')),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(help_text='For imports, such as “delegate”.', max_length=20, verbose_name='short code')),
                ('capacity', models.CharField(choices=[('head', 'head of delegation'), ('alternate', 'alternate head'), ('delegate', 'delegate'), ('adviser', 'adviser'), ('security', 'security'), ('interpreter', 'interpreter'), ('spouse', 'spouse'), ('media', 'delegation’s media'), ('liaison', 'liaison officer'), ('representative', 'representative'), ('guest', 'guest'), ('workforce', 'host staff'), ('staff', 'support staff')], max_length=20, verbose_name='capacity')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('quota', models.PositiveIntegerField(blank=True, help_text='Maximum per delegation. Leave blank for no limit.', null=True, verbose_name='quota')),
                ('counts', models.BooleanField(default=True, verbose_name='counts towards the total')),
                ('vetted', models.BooleanField(default=True, verbose_name='requires vetting')),
                ('name_by', models.DateTimeField(blank=True, null=True, verbose_name='naming deadline')),
                ('confirm_by', models.DateTimeField(blank=True, null=True, verbose_name='confirmation deadline')),
                ('offered', models.BooleanField(default=True, help_text='Focal points can name people in this category.', verbose_name='available to delegations')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Declaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('details', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True, max_length=1000, verbose_name='item')),
                ('declared_at', models.DateTimeField(auto_now_add=True, verbose_name='declared')),
                ('state', models.CharField(choices=[('declared', 'declared'), ('permitted', 'permitted'), ('refused', 'refused')], default='declared', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
                ('reason', models.CharField(blank=True, max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='reason')),
            ],
            options={
                'verbose_name': 'declaration',
                'verbose_name_plural': 'declarations',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='DeclarationKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names')),
                ('asks', models.CharField(help_text='Such as “Make, calibre and serial number”.', max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='item to declare')),
                ('permit', models.BooleanField(default=True, verbose_name='needs a permit')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='declaration deadline')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'declaration type',
                'verbose_name_plural': 'declaration types',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DelegationImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('purpose', models.CharField(choices=[('parties', 'delegations'), ('people', 'people')], max_length=20, verbose_name='purpose')),
                ('filename', models.CharField(max_length=200, verbose_name='file')),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
                ('report', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True)),
                ('answers', models.JSONField(default=dict, editable=False)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='uploaded')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='taken over')),
            ],
            options={
                'verbose_name': 'uploaded table',
                'verbose_name_plural': 'uploaded tables',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='DuplicateCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('passport', 'same passport'), ('birth', 'same date of birth and a similar name'), ('name', 'same name'), ('email', 'same email address and a similar name')], max_length=20, verbose_name='reason')),
                ('noticed_at', models.DateTimeField(auto_now_add=True, verbose_name='found on')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='decided on')),
            ],
            options={
                'verbose_name': 'possible duplicate',
                'verbose_name_plural': 'possible duplicates',
                'ordering': ['-noticed_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='system')),
                ('value', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='external ID')),
            ],
            options={
                'verbose_name': 'external ID',
                'verbose_name_plural': 'external IDs',
                'ordering': ['system', 'value'],
            },
        ),
        migrations.CreateModel(
            name='FocalPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='named on')),
            ],
            options={
                'verbose_name': 'focal point',
                'verbose_name_plural': 'focal points',
                'ordering': ['party', 'id'],
            },
        ),
        migrations.CreateModel(
            name='FocalPointRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('office', models.CharField(blank=True, max_length=200, verbose_name='office held')),
                ('email', models.EmailField(max_length=254, verbose_name='email')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='requested on')),
                ('asked_by', models.CharField(max_length=200, verbose_name='requested by')),
                ('answer_to', models.EmailField(blank=True, max_length=254, verbose_name='reply to')),
                ('state', models.CharField(choices=[('open', 'pending'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='open', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'focal point request',
                'verbose_name_plural': 'requests for focal points',
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='FormerMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_at', models.DateTimeField(verbose_name='named on')),
                ('ended_at', models.DateTimeField(auto_now_add=True, verbose_name='ended on')),
                ('why', models.CharField(choices=[('withdrawn', 'withdrawn'), ('replaced', 'replaced')], max_length=20, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'former member',
                'verbose_name_plural': 'former members',
                'ordering': ['-ended_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('what', models.CharField(max_length=40, verbose_name='item')),
                ('key', models.CharField(editable=False, max_length=80)),
                ('since', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('state', models.CharField(choices=[('open', 'pending'), ('passed', 'passed on'), ('dropped', 'discarded')], default='open', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
            ],
            options={
                'verbose_name': 'handover',
                'verbose_name_plural': 'handovers',
                'ordering': ['-since', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('occasion', models.CharField(blank=True, editable=False, max_length=16)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('sent', 'sent'), ('answered', 'answered'), ('revoked', 'revoked'), ('superseded', 'superseded')], default='draft', max_length=10, verbose_name='state')),
                ('number', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='number')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved')),
                ('answer', models.CharField(blank=True, choices=[('attending', 'attending'), ('represented', 'attending with another representative'), ('regrets', 'regrets')], max_length=12, verbose_name='answer')),
                ('level', models.CharField(blank=True, choices=[('state', 'head of state'), ('government', 'head of government'), ('deputy', 'deputy head of government'), ('minister', 'minister'), ('vice_minister', 'deputy minister or state secretary'), ('official', 'senior official'), ('ambassador', 'ambassador or chargé d’affaires'), ('executive', 'head of an organisation'), ('representative', 'representative')], max_length=20, verbose_name='level')),
                ('note', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('answered_by', models.CharField(blank=True, max_length=200, verbose_name='answered by')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['party__sort_key', 'id'],
            },
        ),
        migrations.CreateModel(
            name='InvitationLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('address', models.EmailField(max_length=254, verbose_name='email address')),
                ('nonce', models.CharField(default=summit.outbox.models.messages.new_nonce, editable=False, max_length=32, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('first_used_at', models.DateTimeField(blank=True, null=True, verbose_name='first opened')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('asked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='new letter requested')),
            ],
            options={
                'verbose_name': 'link',
                'verbose_name_plural': 'links',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='LetterTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('delegation', 'invitation to a delegation'), ('organisation', 'invitation to an organisation'), ('guest', 'invitation to an individual guest'), ('occasion', 'invitation to a session'), ('reminder', 'reminder'), ('visa', 'visa support letter')], max_length=20, verbose_name='purpose')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], max_length=10, verbose_name='language')),
                ('subject', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='subject')),
                ('body', models.TextField(max_length=8000, validators=[summit.core.validators.validate_text], verbose_name='text')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'letter template',
                'verbose_name_plural': 'letter templates',
                'ordering': ['summit', 'purpose', 'language'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capacity', models.CharField(blank=True, choices=[('head', 'head of delegation'), ('alternate', 'alternate head'), ('delegate', 'delegate'), ('adviser', 'adviser'), ('security', 'security'), ('interpreter', 'interpreter'), ('spouse', 'spouse'), ('media', 'delegation’s media'), ('liaison', 'liaison officer'), ('representative', 'representative'), ('guest', 'guest'), ('workforce', 'host staff'), ('staff', 'support staff')], editable=False, max_length=20, verbose_name='capacity')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='named on')),
                ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='confirmed on')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'ordering': ['party', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ParticipantList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('number', models.PositiveIntegerField(verbose_name='revision')),
                ('final', models.BooleanField(default=False, verbose_name='final')),
                ('note', models.CharField(blank=True, max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='note')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created on')),
                ('content', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True, verbose_name='people listed')),
            ],
            options={
                'verbose_name': 'list of participants',
                'verbose_name_plural': 'lists of participants',
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Particulars',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('withheld', models.JSONField(default=list, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('passport_name', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=200, verbose_name='name in the passport')),
                ('sex', summit.core.encrypted_fields.EncryptedTextField(blank=True, choices=[('F', 'female'), ('M', 'male'), ('X', 'unspecified')], default='', editable=True, max_length=1, verbose_name='sex')),
                ('birth_date', summit.core.encrypted_fields.EncryptedDateField(blank=True, default=None, editable=True, null=True, verbose_name='date of birth')),
                ('birth_place', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=200, verbose_name='place of birth')),
                ('nationality', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=2, verbose_name='nationality')),
                ('passport_type', summit.core.encrypted_fields.EncryptedTextField(blank=True, choices=[('ordinary', 'ordinary passport'), ('diplomatic', 'diplomatic passport'), ('official', 'official or service passport'), ('laissez_passer', 'laissez-passer'), ('other', 'other travel document')], default='', editable=True, max_length=20, verbose_name='passport type')),
                ('passport_number', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=30, verbose_name='passport number')),
                ('passport_issuer', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=200, verbose_name='issued by')),
                ('passport_expiry', summit.core.encrypted_fields.EncryptedDateField(blank=True, default=None, editable=True, null=True, verbose_name='valid until')),
                ('passport_digest', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('birth_digest', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('diet', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=500, verbose_name='dietary needs')),
                ('access', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=500, verbose_name='access needs')),
                ('speaks', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='languages spoken')),
                ('arrives_at', models.DateTimeField(blank=True, null=True, verbose_name='arrival')),
                ('arrival_flight', models.CharField(blank=True, max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='arrival flight or train')),
                ('departs_at', models.DateTimeField(blank=True, null=True, verbose_name='departure')),
                ('departure_flight', models.CharField(blank=True, max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='departure flight or train')),
                ('hotel', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='hotel')),
                ('vehicle', models.CharField(blank=True, help_text='Make and registration plate.', max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='vehicle')),
            ],
            options={
                'verbose_name': 'personal details',
                'verbose_name_plural': 'personal details',
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('country', 'country'), ('substate', 'sub-state government'), ('international', 'international organisation'), ('organisation', 'invited organisation'), ('guest', 'individual guest')], default='country', max_length=20, verbose_name='type')),
                ('is_host', models.BooleanField(default=False, verbose_name='host')),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='short name')),
                ('formal_name', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='formal name')),
                ('sort_key', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='alphabetical key')),
                ('salutation', models.CharField(blank=True, help_text='The opening of letters to this delegation. Leave blank to use the letter template.', max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='salutation')),
                ('footnote', models.CharField(blank=True, help_text='Shown below every list and document that names the delegation.', max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='footnote')),
                ('recognised', models.BooleanField(default=True, help_text='Letters to an unrecognised delegation go to its focal points, without a formal style. It can’t use its own flag.', verbose_name='recognised by the host')),
                ('flag', models.CharField(choices=[('own', 'own flag'), ('none', 'none'), ('neutral', 'neutral flag')], default='own', max_length=10, verbose_name='flag')),
                ('level', models.CharField(blank=True, choices=[('state', 'head of state'), ('government', 'head of government'), ('deputy', 'deputy head of government'), ('minister', 'minister'), ('vice_minister', 'deputy minister or state secretary'), ('official', 'senior official'), ('ambassador', 'ambassador or chargé d’affaires'), ('executive', 'head of an organisation'), ('representative', 'representative')], help_text='The level requested in the letter.', max_length=20, verbose_name='level of attendance invited')),
                ('protocol_order', models.PositiveIntegerField(blank=True, help_text='Leave blank to sort alphabetically after ranked delegations.', null=True, verbose_name='rank in the protocol order')),
                ('iso_code', models.CharField(blank=True, help_text='Two letters, such as FR.', max_length=2, verbose_name='ISO 3166 code')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], default='en', max_length=10, verbose_name='letter language')),
                ('mission_email', models.EmailField(blank=True, help_text='Letters are sent here. Several delegations can share an address.', max_length=254, verbose_name='mission email address')),
                ('mission_name', models.CharField(blank=True, help_text='Such as “Embassy of France in London”.', max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='mission')),
                ('mission_contact', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='mission contact')),
                ('mission_phone', models.CharField(blank=True, max_length=60, validators=[summit.core.validators.validate_printable], verbose_name='mission telephone')),
                ('mission_address', models.TextField(blank=True, max_length=500, validators=[summit.core.validators.validate_text], verbose_name='mission address')),
                ('notes', models.TextField(blank=True, help_text='Delegations can’t see these notes.', max_length=4000, validators=[summit.core.validators.validate_text], verbose_name='internal notes')),
                ('illustrative', models.BooleanField(default=False, verbose_name='demonstration data')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'delegation',
                'verbose_name_plural': 'delegations',
                'ordering': ['sort_key', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PartyGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='name')),
            ],
            options={
                'verbose_name': 'group of delegations',
                'verbose_name_plural': 'groups of delegations',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PartyName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], max_length=10, verbose_name='language')),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='short name')),
                ('formal_name', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='formal name')),
                ('sort_key', models.CharField(blank=True, max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='alphabetical key')),
                ('salutation', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='salutation')),
                ('footnote', models.CharField(blank=True, max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='footnote')),
            ],
            options={
                'verbose_name': 'name in another language',
                'verbose_name_plural': 'names in other languages',
                'ordering': ['party', 'language'],
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('image', summit.core.encrypted_fields.EncryptedBytesField()),
                ('width', models.PositiveIntegerField(verbose_name='width')),
                ('height', models.PositiveIntegerField(verbose_name='height')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'photograph',
                'verbose_name_plural': 'photographs',
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shows_flags', models.BooleanField(default=True, help_text='Turn off to hide all flags.', verbose_name='show flags')),
                ('says_country', models.BooleanField(default=True, help_text='Turn off to use “participant” instead.', verbose_name='use the word “country”')),
                ('second_person', models.BooleanField(default=False, help_text='The person who prepares an invitation can’t approve it.', verbose_name='require a second person to approve letters')),
                ('total', models.PositiveIntegerField(blank=True, help_text='Leave blank to use only the category limits.', null=True, verbose_name='maximum people per delegation')),
                ('name_by', models.DateTimeField(blank=True, null=True, verbose_name='naming deadline')),
                ('confirm_by', models.DateTimeField(blank=True, null=True, verbose_name='confirmation deadline')),
                ('reminder_days', models.CharField(blank=True, default='14, 7, 2', help_text='Days before the deadline for answers. Leave blank for no reminders.', max_length=60, validators=[django.core.validators.RegexValidator('^\\s*(\\d{1,3}(\\s*,\\s*\\d{1,3})*)?\\s*\\Z', 'Separate days with commas, such as “14, 7, 2”.')], verbose_name='reminders')),
                ('letter_sender', models.TextField(blank=True, help_text='The host’s name and address, printed at the top of letters.', max_length=500, validators=[summit.core.validators.validate_text], verbose_name='letterhead')),
                ('signatory_name', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='signatory of letters')),
                ('signatory_office', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='office of the signatory')),
                ('letter_words', models.JSONField(blank=True, default=dict, validators=[delegations.parties.models.policy.validate_letter_words], verbose_name='letterhead and signatory in other languages')),
                ('reference_prefix', models.CharField(blank=True, max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='prefix for letter references')),
            ],
            options={
                'verbose_name': 'delegation policy',
                'verbose_name_plural': 'delegation policies',
            },
        ),
        migrations.CreateModel(
            name='PortalSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('mailbox', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('user_agent', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
                ('last_seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='last active')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended on')),
            ],
            options={
                'verbose_name': 'portal browser session',
                'verbose_name_plural': 'portal browser sessions',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Quota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('reason', models.CharField(max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='reason')),
                ('set_at', models.DateTimeField(auto_now=True, verbose_name='set on')),
            ],
            options={
                'verbose_name': 'quota',
                'verbose_name_plural': 'quotas',
                'ordering': ['party', 'category'],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded on')),
                ('answer', models.CharField(choices=[('attending', 'attending'), ('represented', 'attending with another representative'), ('regrets', 'regrets')], max_length=12, verbose_name='answer')),
                ('level', models.CharField(blank=True, choices=[('state', 'head of state'), ('government', 'head of government'), ('deputy', 'deputy head of government'), ('minister', 'minister'), ('vice_minister', 'deputy minister or state secretary'), ('official', 'senior official'), ('ambassador', 'ambassador or chargé d’affaires'), ('executive', 'head of an organisation'), ('representative', 'representative')], max_length=20, verbose_name='level')),
                ('note', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='note')),
                ('name', models.CharField(max_length=200, verbose_name='answered by')),
                ('channel', models.CharField(choices=[('link', 'invitation link'), ('portal', 'the portal'), ('note_verbale', 'note verbale'), ('letter', 'letter'), ('telephone', 'telephone'), ('email', 'email'), ('in_person', 'in person')], max_length=20, verbose_name='channel')),
                ('reference', models.CharField(blank=True, help_text='The reference on the note verbale or letter.', max_length=80, validators=[summit.core.validators.validate_printable], verbose_name='reference')),
                ('dated', models.DateField(blank=True, null=True, verbose_name='document date')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'answers',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ReplyScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filename', models.CharField(max_length=200, verbose_name='file')),
                ('media_type', models.CharField(max_length=60, verbose_name='format')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
            ],
            options={
                'verbose_name': 'scan',
                'verbose_name_plural': 'scans',
            },
        ),
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('passport', 'passport data'), ('needs', 'dietary and access needs'), ('travel', 'travel and hotel'), ('photo', 'photographs'), ('declarations', 'declarations'), ('visa', 'visa letters'), ('scans', 'scanned answers and uploaded lists'), ('mail', 'sent email'), ('contact', 'email addresses and telephone numbers'), ('person', 'the person’s name and office')], max_length=20, verbose_name='item')),
                ('days', models.PositiveIntegerField(blank=True, help_text='Leave blank to keep the data.', null=True, validators=[django.core.validators.MaxValueValidator(36525, 'Enter at most 36525 days (100 years). Leave blank to keep the data.')], verbose_name='days after the summit')),
            ],
            options={
                'verbose_name': 'data retention period',
                'verbose_name_plural': 'data retention periods',
                'ordering': ['summit', 'what', 'category'],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('mailbox', models.EmailField(max_length=254, verbose_name='email address')),
                ('nonce', models.CharField(db_index=True, default=summit.outbox.models.messages.new_nonce, editable=False, max_length=32)),
                ('digits', models.PositiveSmallIntegerField(default=8, verbose_name='number of digits')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='requested')),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='written')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used on')),
            ],
            options={
                'verbose_name': 'sign-in code',
                'verbose_name_plural': 'sign-in codes',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='TransferablePass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('since', models.DateTimeField(auto_now=True, verbose_name='since')),
            ],
            options={
                'verbose_name': 'delegation’s transferable pass',
                'verbose_name_plural': 'delegations’ transferable passes',
                'ordering': ['party', 'rule', 'number'],
            },
        ),
        migrations.CreateModel(
            name='TransferablePassRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('passes', models.PositiveIntegerField(default=1, verbose_name='passes')),
                ('people', models.PositiveIntegerField(default=5, verbose_name='per number of people')),
                ('most', models.PositiveIntegerField(blank=True, null=True, verbose_name='maximum')),
            ],
            options={
                'verbose_name': 'transferable pass',
                'verbose_name_plural': 'transferable passes',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='VisaLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('embassy', models.CharField(help_text='The host’s embassy or consulate, such as “British Embassy in Tunis”.', max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='place of application')),
                ('state', models.CharField(choices=[('asked', 'requested'), ('issued', 'issued'), ('refused', 'refused'), ('void', 'cancelled')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='requested on')),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='number')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
                ('reason', models.CharField(blank=True, max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='reason')),
                ('content', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True)),
            ],
            options={
                'verbose_name': 'visa support letter',
                'verbose_name_plural': 'visa support letters',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Zone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=10, validators=[summit.core.validators.validate_printable], verbose_name='code on the badge')),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='name')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'zone',
                'verbose_name_plural': 'zones',
                'ordering': ['position', 'code'],
            },
        ),
    ]
