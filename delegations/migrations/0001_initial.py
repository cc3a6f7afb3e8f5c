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
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='dead since')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='why')),
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
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='at')),
                ('outcome', models.CharField(choices=[('coming', 'an answer is on its way'), ('call_back', 'to be called again'), ('nobody', 'nobody answered'), ('wrong', 'wrong number'), ('answered', 'they answered')], max_length=20, verbose_name='what came of it')),
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
                ('capacity', models.CharField(choices=[('head', 'head of delegation'), ('alternate', 'alternate head'), ('delegate', 'delegate'), ('adviser', 'adviser'), ('security', 'security'), ('interpreter', 'interpreter'), ('spouse', 'spouse'), ('media', 'delegation’s media'), ('liaison', 'liaison officer'), ('representative', 'representative'), ('guest', 'guest'), ('workforce', 'host’s workforce'), ('staff', 'staff')], max_length=20, verbose_name='capacity')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('quota', models.PositiveIntegerField(blank=True, help_text='How many each delegation may name. Empty: as many as it likes.', null=True, verbose_name='quota')),
                ('counts', models.BooleanField(default=True, verbose_name='counts toward the total')),
                ('vetted', models.BooleanField(default=True, verbose_name='is vetted')),
                ('name_by', models.DateTimeField(blank=True, null=True, verbose_name='to be named by')),
                ('confirm_by', models.DateTimeField(blank=True, null=True, verbose_name='to be confirmed by')),
                ('offered', models.BooleanField(default=True, help_text='Whether focal points can name people in it.', verbose_name='offered to delegations')),
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
                ('details', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True, max_length=1000, verbose_name='what')),
                ('declared_at', models.DateTimeField(auto_now_add=True, verbose_name='declared')),
                ('state', models.CharField(choices=[('declared', 'declared'), ('permitted', 'permitted'), ('refused', 'refused')], default='declared', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
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
                ('asks', models.CharField(help_text='Such as “Make, calibre and serial number”.', max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='what is to be declared')),
                ('permit', models.BooleanField(default=True, verbose_name='needs a permit')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='to be declared by')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
            ],
            options={
                'verbose_name': 'kind of declaration',
                'verbose_name_plural': 'kinds of declaration',
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
                ('why', models.CharField(choices=[('passport', 'the same passport'), ('birth', 'the same date of birth and a similar name'), ('name', 'the same name'), ('email', 'the same mailbox and a similar name')], max_length=20, verbose_name='why')),
                ('noticed_at', models.DateTimeField(auto_now_add=True, verbose_name='noticed')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'person perhaps entered twice',
                'verbose_name_plural': 'people perhaps entered twice',
                'ordering': ['-noticed_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='system')),
                ('value', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='its key')),
            ],
            options={
                'verbose_name': 'key in another system',
                'verbose_name_plural': 'keys in other systems',
                'ordering': ['system', 'value'],
            },
        ),
        migrations.CreateModel(
            name='FocalPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='named at')),
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
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='asked at')),
                ('asked_by', models.CharField(max_length=200, verbose_name='asked by')),
                ('answer_to', models.EmailField(blank=True, max_length=254, verbose_name='answer to')),
                ('state', models.CharField(choices=[('open', 'to be decided'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'taken back')], default='open', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'request for a focal point',
                'verbose_name_plural': 'requests for focal points',
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='FormerMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('named_at', models.DateTimeField(verbose_name='named at')),
                ('ended_at', models.DateTimeField(auto_now_add=True, verbose_name='ended at')),
                ('why', models.CharField(choices=[('withdrawn', 'withdrawn'), ('replaced', 'replaced')], max_length=20, verbose_name='why')),
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
                ('what', models.CharField(max_length=40, verbose_name='what')),
                ('key', models.CharField(editable=False, max_length=80)),
                ('since', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('state', models.CharField(choices=[('open', 'to be decided'), ('passed', 'passed on'), ('dropped', 'dropped')], default='open', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'something to be passed on',
                'verbose_name_plural': 'things to be passed on',
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
                ('answer', models.CharField(blank=True, choices=[('attending', 'attending'), ('represented', 'another will represent it'), ('regrets', 'regrets')], max_length=12, verbose_name='answer')),
                ('level', models.CharField(blank=True, choices=[('state', 'head of state'), ('government', 'head of government'), ('deputy', 'deputy head of government'), ('minister', 'minister'), ('vice_minister', 'deputy minister or state secretary'), ('official', 'senior official'), ('ambassador', 'ambassador or chargé d’affaires'), ('executive', 'head of an organisation'), ('representative', 'representative')], max_length=20, verbose_name='at the level of')),
                ('note', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='note with the answer')),
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
                ('address', models.EmailField(max_length=254, verbose_name='mailbox')),
                ('nonce', models.CharField(default=summit.outbox.models.messages.new_nonce, editable=False, max_length=32, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('first_used_at', models.DateTimeField(blank=True, null=True, verbose_name='first followed')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('asked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='new letter asked for')),
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
                ('purpose', models.CharField(choices=[('delegation', 'invitation of a delegation'), ('organisation', 'invitation of an organisation'), ('guest', 'invitation of a single guest'), ('occasion', 'invitation to one session'), ('reminder', 'reminder'), ('visa', 'visa support letter')], max_length=20, verbose_name='purpose')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], max_length=10, verbose_name='language')),
                ('subject', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='subject')),
                ('body', models.TextField(max_length=8000, validators=[summit.core.validators.validate_text], verbose_name='text')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
                'ordering': ['summit', 'purpose', 'language'],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capacity', models.CharField(blank=True, choices=[('head', 'head of delegation'), ('alternate', 'alternate head'), ('delegate', 'delegate'), ('adviser', 'adviser'), ('security', 'security'), ('interpreter', 'interpreter'), ('spouse', 'spouse'), ('media', 'delegation’s media'), ('liaison', 'liaison officer'), ('representative', 'representative'), ('guest', 'guest'), ('workforce', 'host’s workforce'), ('staff', 'staff')], editable=False, max_length=20, verbose_name='capacity')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='named at')),
                ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='confirmed at')),
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
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='made at')),
                ('content', summit.core.encrypted_fields.EncryptedTextField(default='', editable=True, verbose_name='whom it names')),
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
                ('passport_name', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=200, verbose_name='name as in the passport')),
                ('sex', summit.core.encrypted_fields.EncryptedTextField(blank=True, choices=[('F', 'female'), ('M', 'male'), ('X', 'unspecified')], default='', editable=True, max_length=1, verbose_name='sex')),
                ('birth_date', summit.core.encrypted_fields.EncryptedDateField(blank=True, default=None, editable=True, null=True, verbose_name='date of birth')),
                ('birth_place', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=200, verbose_name='place of birth')),
                ('nationality', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=2, verbose_name='nationality')),
                ('passport_type', summit.core.encrypted_fields.EncryptedTextField(blank=True, choices=[('ordinary', 'ordinary passport'), ('diplomatic', 'diplomatic passport'), ('official', 'official or service passport'), ('laissez_passer', 'laissez-passer'), ('other', 'other travel document')], default='', editable=True, max_length=20, verbose_name='kind of passport')),
                ('passport_number', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=30, verbose_name='passport number')),
                ('passport_issuer', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=200, verbose_name='issued by')),
                ('passport_expiry', summit.core.encrypted_fields.EncryptedDateField(blank=True, default=None, editable=True, null=True, verbose_name='valid until')),
                ('passport_digest', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('birth_digest', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('diet', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=500, verbose_name='dietary needs')),
                ('access', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=500, verbose_name='access needs')),
                ('speaks', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='languages spoken')),
                ('arrives_at', models.DateTimeField(blank=True, null=True, verbose_name='arrives')),
                ('arrival_flight', models.CharField(blank=True, max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='arriving flight or train')),
                ('departs_at', models.DateTimeField(blank=True, null=True, verbose_name='departs')),
                ('departure_flight', models.CharField(blank=True, max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='departing flight or train')),
                ('hotel', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='hotel')),
                ('vehicle', models.CharField(blank=True, help_text='Make and plate.', max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='vehicle')),
            ],
            options={
                'verbose_name': 'particulars',
                'verbose_name_plural': 'particulars',
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('country', 'country'), ('substate', 'sub-state government'), ('international', 'international organisation'), ('organisation', 'invited organisation'), ('guest', 'single guest')], default='country', max_length=20, verbose_name='kind')),
                ('is_host', models.BooleanField(default=False, verbose_name='host')),
                ('name', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='short name')),
                ('formal_name', models.CharField(max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='formal name')),
                ('sort_key', models.CharField(max_length=120, validators=[summit.core.validators.validate_printable], verbose_name='alphabetical key')),
                ('salutation', models.CharField(blank=True, help_text='How a letter to it begins. Empty: as the letter’s template has it.', max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='salutation')),
                ('footnote', models.CharField(blank=True, help_text='Stands under every list and document that names it.', max_length=500, validators=[summit.core.validators.validate_printable], verbose_name='footnote')),
                ('recognised', models.BooleanField(default=True, help_text='Who isn’t is written to at its focal points, without a style and without its own flag.', verbose_name='recognised by the host')),
                ('flag', models.CharField(choices=[('own', 'its own'), ('none', 'none'), ('neutral', 'a neutral one')], default='own', max_length=10, verbose_name='flag')),
                ('level', models.CharField(blank=True, choices=[('state', 'head of state'), ('government', 'head of government'), ('deputy', 'deputy head of government'), ('minister', 'minister'), ('vice_minister', 'deputy minister or state secretary'), ('official', 'senior official'), ('ambassador', 'ambassador or chargé d’affaires'), ('executive', 'head of an organisation'), ('representative', 'representative')], help_text='Whom the letter asks for.', max_length=20, verbose_name='invited at the level of')),
                ('protocol_order', models.PositiveIntegerField(blank=True, help_text='Empty: after the others, by alphabet.', null=True, verbose_name='place in the protocol order')),
                ('iso_code', models.CharField(blank=True, help_text='Two letters, such as FR.', max_length=2, verbose_name='ISO 3166 code')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], default='en', max_length=10, verbose_name='language of letters')),
                ('mission_email', models.EmailField(blank=True, help_text='Where letters go. One mailbox may serve several delegations.', max_length=254, verbose_name='mailbox of the mission')),
                ('mission_name', models.CharField(blank=True, help_text='Such as “Embassy of France in London”.', max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='mission')),
                ('mission_contact', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='contact at the mission')),
                ('mission_phone', models.CharField(blank=True, max_length=60, validators=[summit.core.validators.validate_printable], verbose_name='telephone of the mission')),
                ('mission_address', models.TextField(blank=True, max_length=500, validators=[summit.core.validators.validate_text], verbose_name='address of the mission')),
                ('notes', models.TextField(blank=True, help_text='For the desks alone; no delegation sees them.', max_length=4000, validators=[summit.core.validators.validate_text], verbose_name='internal notes')),
                ('illustrative', models.BooleanField(default=False, verbose_name='taken for the demonstration')),
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
                ('shows_flags', models.BooleanField(default=True, help_text='Off: no flag stands anywhere, whatever a delegation’s own rule.', verbose_name='flags are shown')),
                ('says_country', models.BooleanField(default=True, help_text='Off: pages and documents say “participant” instead.', verbose_name='says “country”')),
                ('second_person', models.BooleanField(default=False, help_text='On: whoever prepared an invitation can’t be the one who approves it.', verbose_name='letters need a second person')),
                ('total', models.PositiveIntegerField(blank=True, help_text='Empty: as many as its categories allow.', null=True, verbose_name='people of a delegation in all')),
                ('name_by', models.DateTimeField(blank=True, null=True, verbose_name='people to be named by')),
                ('confirm_by', models.DateTimeField(blank=True, null=True, verbose_name='people to be confirmed by')),
                ('reminder_days', models.CharField(blank=True, default='14, 7, 2', help_text='Days before answers are due. Empty: none.', max_length=60, validators=[django.core.validators.RegexValidator('^\\s*(\\d{1,3}(\\s*,\\s*\\d{1,3})*)?\\s*\\Z', 'Write days with commas, such as “14, 7, 2”.')], verbose_name='reminders')),
                ('letter_sender', models.TextField(blank=True, help_text='The host’s name and address, as it stands at the head of letters.', max_length=500, validators=[summit.core.validators.validate_text], verbose_name='letterhead')),
                ('signatory_name', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='letters are signed by')),
                ('signatory_office', models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='office of whoever signs')),
                ('letter_words', models.JSONField(blank=True, default=dict, validators=[delegations.parties.models.policy.validate_letter_words], verbose_name='letterhead and who signs, in other languages')),
                ('reference_prefix', models.CharField(blank=True, max_length=40, validators=[summit.core.validators.validate_printable], verbose_name='letters’ references begin with')),
            ],
            options={
                'verbose_name': 'policy for delegations',
                'verbose_name_plural': 'policies for delegations',
            },
        ),
        migrations.CreateModel(
            name='PortalSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('mailbox', models.EmailField(blank=True, max_length=254, verbose_name='mailbox')),
                ('user_agent', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='since')),
                ('last_seen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='last seen')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'browser in the portal',
                'verbose_name_plural': 'browsers in the portal',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Quota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('reason', models.CharField(max_length=300, validators=[summit.core.validators.validate_printable], verbose_name='reason')),
                ('set_at', models.DateTimeField(auto_now=True, verbose_name='set at')),
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
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded')),
                ('answer', models.CharField(choices=[('attending', 'attending'), ('represented', 'another will represent it'), ('regrets', 'regrets')], max_length=12, verbose_name='answer')),
                ('level', models.CharField(blank=True, choices=[('state', 'head of state'), ('government', 'head of government'), ('deputy', 'deputy head of government'), ('minister', 'minister'), ('vice_minister', 'deputy minister or state secretary'), ('official', 'senior official'), ('ambassador', 'ambassador or chargé d’affaires'), ('executive', 'head of an organisation'), ('representative', 'representative')], max_length=20, verbose_name='at the level of')),
                ('note', models.TextField(blank=True, validators=[summit.core.validators.validate_text], verbose_name='note with the answer')),
                ('name', models.CharField(max_length=200, verbose_name='answered by')),
                ('channel', models.CharField(choices=[('link', 'the letter’s link'), ('portal', 'the portal'), ('note_verbale', 'note verbale'), ('letter', 'letter'), ('telephone', 'telephone'), ('email', 'e-mail'), ('in_person', 'in person')], max_length=20, verbose_name='came by')),
                ('reference', models.CharField(blank=True, help_text='Of a note verbale or letter, as it stands on it.', max_length=80, validators=[summit.core.validators.validate_printable], verbose_name='its reference')),
                ('dated', models.DateField(blank=True, null=True, verbose_name='its date')),
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
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
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
                ('what', models.CharField(choices=[('passport', 'passport data'), ('needs', 'dietary and access needs'), ('travel', 'travel and hotel'), ('photo', 'photographs'), ('declarations', 'declarations'), ('visa', 'visa letters'), ('scans', 'scans of answers and uploaded lists'), ('mail', 'mail that was sent'), ('contact', 'mailboxes and telephone numbers'), ('person', 'the person’s name and office')], max_length=20, verbose_name='what')),
                ('days', models.PositiveIntegerField(blank=True, help_text='Empty: it is kept.', null=True, validators=[django.core.validators.MaxValueValidator(36525, 'Write 36525 days, a hundred years, at most; leave it empty to keep it.')], verbose_name='days after the summit')),
            ],
            options={
                'verbose_name': 'time for which data are kept',
                'verbose_name_plural': 'times for which data are kept',
                'ordering': ['summit', 'what', 'category'],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('mailbox', models.EmailField(max_length=254, verbose_name='mailbox')),
                ('nonce', models.CharField(db_index=True, default=summit.outbox.models.messages.new_nonce, editable=False, max_length=32)),
                ('digits', models.PositiveSmallIntegerField(default=8, verbose_name='digits')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked for')),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='written')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
            ],
            options={
                'verbose_name': 'code for signing in',
                'verbose_name_plural': 'codes for signing in',
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
                'verbose_name': 'overpass of a delegation',
                'verbose_name_plural': 'overpasses of delegations',
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
                ('people', models.PositiveIntegerField(default=5, verbose_name='for every so many people')),
                ('most', models.PositiveIntegerField(blank=True, null=True, verbose_name='at most')),
            ],
            options={
                'verbose_name': 'overpass',
                'verbose_name_plural': 'overpasses',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='VisaLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('embassy', models.CharField(help_text='The host’s embassy or consulate, such as “British Embassy in Tunis”.', max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='where they apply')),
                ('state', models.CharField(choices=[('asked', 'asked for'), ('issued', 'issued'), ('refused', 'refused'), ('void', 'void')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(auto_now_add=True, verbose_name='asked at')),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='number')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
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
                ('code', models.CharField(max_length=10, validators=[summit.core.validators.validate_printable], verbose_name='mark on the badge')),
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
