import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('delegations', '0001_initial'),
        ('summit', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='badge',
            name='issued_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by'),
        ),
        migrations.AddField(
            model_name='badge',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='badges', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='callnote',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='category',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declarations', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='declarationkind',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declaration_kinds', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='kind',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='delegations.declarationkind', verbose_name='type'),
        ),
        migrations.AddField(
            model_name='delegationimportfile',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_files', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='delegationimportfile',
            name='uploaded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by'),
        ),
        migrations.AddField(
            model_name='duplicatecandidate',
            name='decided_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='duplicatecandidate',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='resembles'),
        ),
        migrations.AddField(
            model_name='duplicatecandidate',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicate_candidates', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='externalid',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='externalid',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='focalpoint',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='focal_for', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='focalpointrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='focalpointrequest',
            name='instead_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='summit.person', verbose_name='replaces'),
        ),
        migrations.AddField(
            model_name='focalpointrequest',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='summit.person', verbose_name='name on record'),
        ),
        migrations.AddField(
            model_name='formermember',
            name='category',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delegations.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='formermember',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='formermember',
            name='successor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='summit.person', verbose_name='replaced by'),
        ),
        migrations.AddField(
            model_name='handover',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='handover',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='previous holder'),
        ),
        migrations.AddField(
            model_name='handover',
            name='taker',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='summit.person', verbose_name='successor'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='numbered_in',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='prepared_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='prepared by'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='sent_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='supersedes',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='superseded_by', to='delegations.invitation'),
        ),
        migrations.AddField(
            model_name='callnote',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='delegations.invitation', verbose_name='invitation'),
        ),
        migrations.AddField(
            model_name='invitationlink',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='delegations.invitation', verbose_name='invitation'),
        ),
        migrations.AddField(
            model_name='invitationlink',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='lettertemplate',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letter_templates', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='membership',
            name='category',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='delegations.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='membership',
            name='person',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='membership', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='participantlist',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
        ),
        migrations.AddField(
            model_name='participantlist',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participant_lists', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='particulars',
            name='person',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='particulars', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='party',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='particulars',
            name='entered_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='delegations.party', verbose_name='recorded for'),
        ),
        migrations.AddField(
            model_name='membership',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='handover',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='formermember',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_members', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='focalpointrequest',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='focal_point_requests', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='focalpoint',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='focal_points', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='externalid',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='delegationimportfile',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='import_files', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declarations', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='badge',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='badges', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='partygroup',
            name='parties',
            field=models.ManyToManyField(blank=True, related_name='party_groups', to='delegations.party', verbose_name='delegations'),
        ),
        migrations.AddField(
            model_name='partygroup',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='party_groups', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='partyname',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='photo',
            name='entered_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='delegations.party', verbose_name='recorded for'),
        ),
        migrations.AddField(
            model_name='photo',
            name='person',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='photo', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='policy',
            name='summit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='policy', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='portalsession',
            name='link',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to='delegations.invitationlink', verbose_name='link'),
        ),
        migrations.AddField(
            model_name='portalsession',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='portal_sessions', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='quota',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delegations.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='quota',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotas', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='quota',
            name='set_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='set by'),
        ),
        migrations.AddField(
            model_name='reply',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='delegations.invitation', verbose_name='invitation'),
        ),
        migrations.AddField(
            model_name='reply',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='replyscan',
            name='reply',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='scan', to='delegations.reply', verbose_name='answer'),
        ),
        migrations.AddField(
            model_name='retention',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delegations.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='retention',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retentions', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddIndex(
            model_name='signincode',
            index=models.Index(fields=['mailbox', 'created_at'], name='code_by_mailbox'),
        ),
        migrations.AddConstraint(
            model_name='signincode',
            constraint=models.CheckConstraint(condition=models.Q(('attempts__lte', 5)), name='code_guessed_few_times'),
        ),
        migrations.AddField(
            model_name='transferablepass',
            name='holder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='transferable_passes', to='delegations.membership', verbose_name='carried by'),
        ),
        migrations.AddField(
            model_name='transferablepass',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transferable_passes', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='transferablepassrule',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transferable_pass_rules', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='transferablepass',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passes_given', to='delegations.transferablepassrule', verbose_name='transferable pass'),
        ),
        migrations.AddField(
            model_name='visaletter',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='visaletter',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visa_letters', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='visaletter',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visa_letters', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='visaletter',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='zone',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zones', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='transferablepassrule',
            name='zones',
            field=models.ManyToManyField(blank=True, related_name='+', to='delegations.zone', verbose_name='zones'),
        ),
        migrations.AddField(
            model_name='category',
            name='zones',
            field=models.ManyToManyField(blank=True, related_name='+', to='delegations.zone', verbose_name='zones'),
        ),
        migrations.AddConstraint(
            model_name='declarationkind',
            constraint=models.UniqueConstraint(fields=('summit', 'name'), name='declaration_kind_once', violation_error_message='A declaration type with this name already exists.'),
        ),
        migrations.AddConstraint(
            model_name='duplicatecandidate',
            constraint=models.UniqueConstraint(fields=('person', 'other'), name='duplicate_candidate_once'),
        ),
        migrations.AddConstraint(
            model_name='duplicatecandidate',
            constraint=models.CheckConstraint(condition=models.Q(('person', models.F('other')), _negated=True), name='duplicate_candidate_of_two'),
        ),
        migrations.AddConstraint(
            model_name='duplicatecandidate',
            constraint=models.CheckConstraint(condition=models.Q(('why__in', ['passport', 'birth', 'name', 'email'])), name='duplicate_candidate_why_known'),
        ),
        migrations.AddConstraint(
            model_name='duplicatecandidate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='duplicate_candidate_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='callnote',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['coming', 'call_back', 'nobody', 'wrong', 'answered'])), name='call_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='invitationlink',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('invitation', 'address'), name='link_live_once'),
        ),
        migrations.AddConstraint(
            model_name='lettertemplate',
            constraint=models.UniqueConstraint(fields=('summit', 'purpose', 'language'), name='letter_template_once', violation_error_message='There is already a letter for this purpose in this language. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='lettertemplate',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['delegation', 'organisation', 'guest', 'occasion', 'reminder', 'visa'])), name='letter_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='participantlist',
            constraint=models.UniqueConstraint(fields=('summit', 'number'), name='participant_list_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(fields=('summit', 'name'), name='party_name_once', violation_error_message='Another delegation in this summit has this name. Choose another name.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(('is_host', True)), fields=('summit',), name='party_host_once', violation_error_message='The summit already has a host. There can be only one.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['country', 'substate', 'international', 'organisation', 'guest'])), name='party_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('iso_code', ''), ('kind', 'country'), _connector='OR'), name='party_code_is_countrys'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('flag__in', ['own', 'none', 'neutral'])), name='party_flag_known'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('level', ''), ('level__in', ['state', 'government', 'deputy', 'minister', 'vice_minister', 'official', 'ambassador', 'executive', 'representative']), _connector='OR'), name='party_level_known'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('recognised', True), models.Q(('flag', 'own'), _negated=True), _connector='OR'), name='party_flag_of_recognised', violation_error_message='The host doesn’t recognise this delegation. Choose no flag or a neutral flag.'),
        ),
        migrations.AddConstraint(
            model_name='particulars',
            constraint=models.CheckConstraint(condition=models.Q(('arrives_at__isnull', True), ('departs_at__isnull', True), ('departs_at__gte', models.F('arrives_at')), _connector='OR'), name='particulars_departs_after_arrival', violation_error_message='Enter a departure after the arrival.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('capacity', 'head')), fields=('party',), name='membership_head_once', violation_error_message='The delegation already has a head. Replace that person, or choose another category.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__in', ['head', 'alternate', 'delegate', 'adviser', 'security', 'interpreter', 'spouse', 'media', 'liaison', 'representative', 'guest', 'workforce', 'staff'])), name='membership_capacity_known'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('revoked', 'superseded')), _negated=True), fields=('party', 'occasion'), name='invitation_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'approved', 'sent', 'answered', 'revoked', 'superseded'])), name='invitation_state_known'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state', 'answered'), models.Q(('answer', ''), _negated=True), models.Q(('answered_by', ''), _negated=True)), models.Q(('answer', ''), ('answered_at__isnull', True), ('state__in', ['draft', 'approved', 'sent'])), ('state__in', ('revoked', 'superseded')), _connector='OR'), name='invitation_answered_whole'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='invitation_approved_has_approver'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('answer', ''), ('answer__in', ['attending', 'represented', 'regrets']), _connector='OR'), name='invitation_answer_known'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('level', ''), ('level__in', ['state', 'government', 'deputy', 'minister', 'vice_minister', 'official', 'ambassador', 'executive', 'representative']), _connector='OR'), name='invitation_level_known'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('numbered_in', 'number'), name='invitation_number_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', True), ('numbered_in__isnull', True)), models.Q(('number__gte', 1), ('numbered_in__isnull', False)), _connector='OR'), name='invitation_number_of_summit'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sent', 'answered']), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='invitation_sent_has_time'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('giver', 'what', 'key'), name='handover_open_once'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'passed', 'dropped'])), name='handover_state_known'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='handover_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='formermember',
            constraint=models.CheckConstraint(condition=models.Q(('why__in', ['withdrawn', 'replaced'])), name='former_member_why_known'),
        ),
        migrations.AddConstraint(
            model_name='formermember',
            constraint=models.CheckConstraint(condition=models.Q(('successor__isnull', True), ('why', 'replaced'), _connector='OR'), name='former_member_successor_replaces'),
        ),
        migrations.AddConstraint(
            model_name='focalpointrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'approved', 'refused', 'withdrawn'])), name='focal_request_state_known'),
        ),
        migrations.AddConstraint(
            model_name='focalpointrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', True), ('state', 'withdrawn')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['approved', 'refused'])), _connector='OR'), name='focal_request_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='focalpointrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='focal_request_refused_says_why'),
        ),
        migrations.AddConstraint(
            model_name='focalpointrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('party', 'email'), name='focal_request_open_once'),
        ),
        migrations.AddConstraint(
            model_name='focalpoint',
            constraint=models.UniqueConstraint(fields=('party', 'person'), name='focal_point_once', violation_error_message='This person is already a focal point for the delegation.'),
        ),
        migrations.AddConstraint(
            model_name='externalid',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('party__isnull', False), ('person__isnull', True)), models.Q(('party__isnull', True), ('person__isnull', False)), _connector='OR'), name='external_id_of_one', violation_error_message='An external ID belongs to either a delegation or a person. Choose one.'),
        ),
        migrations.AddConstraint(
            model_name='externalid',
            constraint=models.UniqueConstraint(condition=models.Q(('party__isnull', False)), fields=('summit', 'system', 'value'), name='external_id_of_party_once', violation_error_message='Another delegation has this ID in this system.'),
        ),
        migrations.AddConstraint(
            model_name='externalid',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('summit', 'system', 'value'), name='external_id_of_person_once', violation_error_message='Another person has this ID in this system.'),
        ),
        migrations.AddConstraint(
            model_name='externalid',
            constraint=models.UniqueConstraint(condition=models.Q(('party__isnull', False)), fields=('party', 'system'), name='external_id_once_for_party', violation_error_message='The delegation already has an ID in this system. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='externalid',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('person', 'system'), name='external_id_once_for_person', violation_error_message='The person already has an ID in this system. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='delegationimportfile',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['parties', 'people'])), name='import_file_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['declared', 'permitted', 'refused'])), name='declaration_state_known'),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'declared')), models.Q(models.Q(('state', 'declared'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='declaration_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='declaration_refused_says_why'),
        ),
        migrations.AddConstraint(
            model_name='badge',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person',), name='badge_live_once'),
        ),
        migrations.AddConstraint(
            model_name='badge',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('why', ''), _negated=True), _connector='OR'), name='badge_dead_says_why'),
        ),
        migrations.AddConstraint(
            model_name='partygroup',
            constraint=models.UniqueConstraint(fields=('summit', 'name'), name='party_group_name_once', violation_error_message='Another group has this name. Choose another name.'),
        ),
        migrations.AddConstraint(
            model_name='partyname',
            constraint=models.UniqueConstraint(fields=('party', 'language'), name='party_name_in_language_once', violation_error_message='The delegation already has a name in this language. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('name_by__isnull', True), ('confirm_by__isnull', True), ('confirm_by__gte', models.F('name_by')), _connector='OR'), name='policy_confirmed_after_named', violation_error_message='Set the confirmation deadline after the naming deadline.'),
        ),
        migrations.AddConstraint(
            model_name='portalsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('link__isnull', False), ('mailbox', ''), ('person__isnull', True)), models.Q(('link__isnull', True), ('person__isnull', False), models.Q(('mailbox', ''), _negated=True)), _connector='OR'), name='portal_session_by_one_way'),
        ),
        migrations.AddConstraint(
            model_name='quota',
            constraint=models.UniqueConstraint(fields=('party', 'category'), name='quota_once'),
        ),
        migrations.AddConstraint(
            model_name='quota',
            constraint=models.UniqueConstraint(condition=models.Q(('category__isnull', True)), fields=('party',), name='quota_total_once'),
        ),
        migrations.AddConstraint(
            model_name='quota',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='quota_says_why'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('answer__in', ['attending', 'represented', 'regrets'])), name='reply_answer_known'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('level', ''), ('level__in', ['state', 'government', 'deputy', 'minister', 'vice_minister', 'official', 'ambassador', 'executive', 'representative']), _connector='OR'), name='reply_level_known'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['link', 'portal', 'note_verbale', 'letter', 'telephone', 'email', 'in_person'])), name='reply_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='reply_names_somebody'),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.UniqueConstraint(fields=('summit', 'what', 'category'), name='retention_once', violation_error_message='There is already a retention period for this data. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.UniqueConstraint(condition=models.Q(('category__isnull', True)), fields=('summit', 'what'), name='retention_usual_once', violation_error_message='There is already a retention period for this data. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['passport', 'needs', 'travel', 'photo', 'declarations', 'visa', 'scans', 'mail', 'contact', 'person'])), name='retention_what_known'),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.CheckConstraint(condition=models.Q(('days__isnull', True), ('days__lte', 36525), _connector='OR'), name='retention_days_at_most', violation_error_message='Enter at most 36525 days (100 years). Leave blank to keep the data.'),
        ),
        migrations.AddConstraint(
            model_name='transferablepass',
            constraint=models.UniqueConstraint(fields=('rule', 'party', 'number'), name='transferable_pass_once'),
        ),
        migrations.AddConstraint(
            model_name='transferablepass',
            constraint=models.UniqueConstraint(condition=models.Q(('holder__isnull', False)), fields=('rule', 'holder'), name='transferable_pass_carried_once'),
        ),
        migrations.AddConstraint(
            model_name='transferablepass',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='transferable_pass_numbered_from_one'),
        ),
        migrations.AddConstraint(
            model_name='visaletter',
            constraint=models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('summit', 'number'), name='visa_number_once'),
        ),
        migrations.AddConstraint(
            model_name='visaletter',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'issued'])), fields=('person',), name='visa_letter_standing_once'),
        ),
        migrations.AddConstraint(
            model_name='visaletter',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'issued', 'refused', 'void'])), name='visa_state_known'),
        ),
        migrations.AddConstraint(
            model_name='visaletter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'issued'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('number__isnull', False)), _connector='OR'), name='visa_issued_whole'),
        ),
        migrations.AddConstraint(
            model_name='visaletter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='visa_refused_says_why'),
        ),
        migrations.AddConstraint(
            model_name='zone',
            constraint=models.UniqueConstraint(fields=('summit', 'code'), name='zone_code_once', violation_error_message='Another zone has this code. Choose another code.'),
        ),
        migrations.AddConstraint(
            model_name='transferablepassrule',
            constraint=models.UniqueConstraint(fields=('summit', 'name'), name='transferable_pass_name_once', violation_error_message='Another transferable pass has this name. Choose another name.'),
        ),
        migrations.AddConstraint(
            model_name='transferablepassrule',
            constraint=models.CheckConstraint(condition=models.Q(('passes__gte', 1), ('people__gte', models.F('passes'))), name='transferable_pass_for_somebody', violation_error_message='Enter at least one pass, and at least as many people as passes.'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('summit', 'code'), name='category_code_once', violation_error_message='Another category has this code. Choose another code.'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__in', ['head', 'alternate', 'delegate', 'adviser', 'security', 'interpreter', 'spouse', 'media', 'liaison', 'representative', 'guest', 'workforce', 'staff'])), name='category_capacity_known'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('name_by__isnull', True), ('confirm_by__isnull', True), ('confirm_by__gte', models.F('name_by')), _connector='OR'), name='category_confirmed_after_named', violation_error_message='Set the confirmation deadline after the naming deadline.'),
        ),
    ]
