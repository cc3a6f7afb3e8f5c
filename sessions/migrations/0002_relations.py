import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agenda', '0001_initial'),
        ('delegations', '0001_initial'),
        ('summit', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='agendareadmark',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agenda_read_marks', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='holder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='created by'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='link',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delegations.invitationlink', verbose_name='link'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
        ),
        migrations.AddField(
            model_name='customkind',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='custom_kinds', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='document',
            name='added_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddConstraint(
            model_name='draftversion',
            constraint=models.UniqueConstraint(fields=('summit_id', 'writer'), name='draft_version_once'),
        ),
        migrations.AddField(
            model_name='floorrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='floorrequest',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='floorrequest',
            name='speaker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='speaker'),
        ),
        migrations.AddField(
            model_name='participant',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delegations.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='participant',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='participant',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='release',
            name='released_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='released by'),
        ),
        migrations.AddField(
            model_name='release',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='publicremoval',
            name='release',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='removals', to='agenda.release', verbose_name='release'),
        ),
        migrations.AddField(
            model_name='releasedparticipant',
            name='category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delegations.category', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='releasedparticipant',
            name='party',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='releasedparticipant',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='releasedparticipant',
            name='released_session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='agenda.releasedsession', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='releaseentry',
            name='full',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agenda.releasedsession', verbose_name='full released session'),
        ),
        migrations.AddField(
            model_name='releaseentry',
            name='release',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='agenda.release', verbose_name='release'),
        ),
        migrations.AddField(
            model_name='releaseentry',
            name='released_session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='agenda.releasedsession', verbose_name='released session'),
        ),
        migrations.AddField(
            model_name='scheduleimportfile',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schedule_files', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='scheduleimportfile',
            name='uploaded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by'),
        ),
        migrations.AddField(
            model_name='session',
            name='custom_kind',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='agenda.customkind', verbose_name='custom type'),
        ),
        migrations.AddField(
            model_name='session',
            name='room',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='summit.room', verbose_name='room'),
        ),
        migrations.AddField(
            model_name='session',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='releaseentry',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='releasedsession',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='publicremoval',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='removals', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='participant',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='interpretation',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interpretation', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='floorrequest',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='document',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='agendareadmark',
            name='session',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='sessiontext',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='signup',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ups', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='signup',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ups', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='slot',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='delegations.party', verbose_name='delegation'),
        ),
        migrations.AddField(
            model_name='slot',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='slot',
            name='speaker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='summit.person', verbose_name='speaker'),
        ),
        migrations.AddField(
            model_name='floorrequest',
            name='slot',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='request', to='agenda.slot', verbose_name='speech'),
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('party__isnull', True), ('person__isnull', False)), models.Q(('party__isnull', False), ('person__isnull', True)), _connector='OR'), name='calendar_feed_of_one'),
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('holder__isnull', True), ('link__isnull', True), ('mailbox', ''), ('user__isnull', False)), models.Q(('holder__isnull', True), ('link__isnull', False), ('mailbox', ''), ('user__isnull', True)), models.Q(('holder__isnull', False), ('link__isnull', True), ('user__isnull', True), models.Q(('mailbox', ''), _negated=True)), _connector='OR'), name='calendar_feed_by_one_way'),
        ),
        migrations.AddConstraint(
            model_name='customkind',
            constraint=models.UniqueConstraint(fields=('summit', 'name'), name='custom_kind_name_once', violation_error_message='The summit already has a session type with this name.'),
        ),
        migrations.AddConstraint(
            model_name='customkind',
            constraint=models.CheckConstraint(condition=models.Q(('like__in', ['arrivals', 'plenary', 'working_session', 'roundtable', 'working_lunch', 'retreat', 'bilateral', 'signing', 'press_conference', 'doorstep', 'reception', 'family_photo', 'drafting_group', 'walk_through', 'break', 'internal'])), name='custom_kind_like_known'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('summit', 'number'), name='release_number_once'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='release_number_from_one'),
        ),
        migrations.AddIndex(
            model_name='releasedparticipant',
            index=models.Index(fields=['party', 'released_session'], name='released_by_party'),
        ),
        migrations.AddIndex(
            model_name='releasedparticipant',
            index=models.Index(fields=['person', 'released_session'], name='released_by_person'),
        ),
        migrations.AddIndex(
            model_name='releasedparticipant',
            index=models.Index(fields=['category', 'released_session'], name='released_by_category'),
        ),
        migrations.AddConstraint(
            model_name='scheduleimportfile',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__in', ['public', 'accredited', 'participants', 'organisers'])), name='schedule_import_file_visibility_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['arrivals', 'plenary', 'working_session', 'roundtable', 'working_lunch', 'retreat', 'bilateral', 'signing', 'press_conference', 'doorstep', 'reception', 'family_photo', 'drafting_group', 'walk_through', 'break', 'internal'])), name='session_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__in', ['public', 'accredited', 'participants', 'organisers'])), name='session_visibility_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('media__in', ['closed', 'pooled', 'open'])), name='session_media_known'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__isnull', True), ('capacity__gt', 0), _connector='OR'), name='session_capacity_from_one', violation_error_message='Enter at least one place, or leave this blank.'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('sign_up', False), ('visibility__in', ['public', 'accredited']), _connector='OR'), name='session_sign_up_for_delegations', violation_error_message='Only sessions visible to all delegations can be open for sign-up. Make the session visible to them, or close sign-up.'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('title_to', ''), models.Q(('title_to__in', ['public', 'accredited', 'participants', 'organisers']), ('visibility', 'public')), models.Q(('title_to__in', ['accredited', 'participants', 'organisers']), ('visibility', 'accredited')), models.Q(('title_to__in', ['participants', 'organisers']), ('visibility', 'participants')), models.Q(('title_to__in', ['organisers']), ('visibility', 'organisers')), _connector='OR'), name='session_title_not_wider', violation_error_message='Part of a session can’t be visible to more people than the session itself. Show the session to more people, or the part to fewer.'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('room_to', ''), models.Q(('room_to__in', ['public', 'accredited', 'participants', 'organisers']), ('visibility', 'public')), models.Q(('room_to__in', ['accredited', 'participants', 'organisers']), ('visibility', 'accredited')), models.Q(('room_to__in', ['participants', 'organisers']), ('visibility', 'participants')), models.Q(('room_to__in', ['organisers']), ('visibility', 'organisers')), _connector='OR'), name='session_room_not_wider', violation_error_message='Part of a session can’t be visible to more people than the session itself. Show the session to more people, or the part to fewer.'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('times_to', ''), models.Q(('times_to__in', ['public', 'accredited', 'participants', 'organisers']), ('visibility', 'public')), models.Q(('times_to__in', ['accredited', 'participants', 'organisers']), ('visibility', 'accredited')), models.Q(('times_to__in', ['participants', 'organisers']), ('visibility', 'participants')), models.Q(('times_to__in', ['organisers']), ('visibility', 'organisers')), _connector='OR'), name='session_times_not_wider', violation_error_message='Part of a session can’t be visible to more people than the session itself. Show the session to more people, or the part to fewer.'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('participants_to', ''), models.Q(('participants_to__in', ['public', 'accredited', 'participants', 'organisers']), ('visibility', 'public')), models.Q(('participants_to__in', ['accredited', 'participants', 'organisers']), ('visibility', 'accredited')), models.Q(('participants_to__in', ['participants', 'organisers']), ('visibility', 'participants')), models.Q(('participants_to__in', ['organisers']), ('visibility', 'organisers')), _connector='OR'), name='session_participants_not_wider', violation_error_message='Part of a session can’t be visible to more people than the session itself. Show the session to more people, or the part to fewer.'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('documents_to', ''), models.Q(('documents_to__in', ['public', 'accredited', 'participants', 'organisers']), ('visibility', 'public')), models.Q(('documents_to__in', ['accredited', 'participants', 'organisers']), ('visibility', 'accredited')), models.Q(('documents_to__in', ['participants', 'organisers']), ('visibility', 'participants')), models.Q(('documents_to__in', ['organisers']), ('visibility', 'organisers')), _connector='OR'), name='session_documents_not_wider', violation_error_message='Part of a session can’t be visible to more people than the session itself. Show the session to more people, or the part to fewer.'),
        ),
        migrations.AddConstraint(
            model_name='releaseentry',
            constraint=models.UniqueConstraint(fields=('release', 'session', 'low'), name='release_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='releaseentry',
            constraint=models.CheckConstraint(condition=models.Q(('high__lte', 3), ('low__lte', models.F('high'))), name='release_entry_ranks'),
        ),
        migrations.AddConstraint(
            model_name='releasedsession',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gte', 1)), name='released_sequence_from_one'),
        ),
        migrations.AddConstraint(
            model_name='releasedsession',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='released_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='releasedsession',
            constraint=models.CheckConstraint(condition=models.Q(('visibility__in', ['public', 'accredited', 'participants', 'organisers'])), name='released_visibility_known'),
        ),
        migrations.AddConstraint(
            model_name='publicremoval',
            constraint=models.UniqueConstraint(fields=('release', 'session'), name='public_removal_once'),
        ),
        migrations.AddConstraint(
            model_name='publicremoval',
            constraint=models.CheckConstraint(condition=models.Q(('notice__in', ['cancelled', 'removed', 'none'])), name='public_removal_notice_known'),
        ),
        migrations.AddConstraint(
            model_name='publicremoval',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='public_removal_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category__isnull', True), ('party__isnull', False), ('person__isnull', True)), models.Q(('category__isnull', True), ('party__isnull', True), ('person__isnull', False)), models.Q(('category__isnull', False), ('party__isnull', True), ('person__isnull', True)), _connector='OR'), name='participant_of_one_sort', violation_error_message='Choose one of: a delegation, a person or a category.'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(('level', ''), models.Q(('level__in', ['head', 'head1', 'head2']), ('party__isnull', False)), _connector='OR'), name='participant_level_of_party', violation_error_message='Only delegations have a level. Leave the level blank.'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(('category__isnull', True), ('role', 'participant'), _connector='OR'), name='participant_category_only_takes_part', violation_error_message='A category can only participate. Choose a person to chair, moderate or interpret.'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(condition=models.Q(('party__isnull', False)), fields=('session', 'party'), name='participant_party_once', violation_error_message='This delegation is already in the session. Change that row.'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('session', 'person'), name='participant_person_once', violation_error_message='This person is already in the session. Change that row.'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(condition=models.Q(('category__isnull', False)), fields=('session', 'category'), name='participant_category_once', violation_error_message='This category is already in the session. Change that row.'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['chair', 'moderator', 'participant', 'interpreter'])), name='participant_role_known'),
        ),
        migrations.AddConstraint(
            model_name='interpretation',
            constraint=models.UniqueConstraint(fields=('session', 'source', 'target'), name='interpretation_once', violation_error_message='The session is already interpreted between these languages.'),
        ),
        migrations.AddConstraint(
            model_name='interpretation',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='interpretation_of_two_languages', violation_error_message='Choose two different languages.'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='document_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='agendareadmark',
            constraint=models.UniqueConstraint(fields=('person', 'session'), name='agenda_read_mark_once'),
        ),
        migrations.AddConstraint(
            model_name='agendareadmark',
            constraint=models.UniqueConstraint(condition=models.Q(('session__isnull', True)), fields=('person',), name='agenda_read_mark_at_all_once'),
        ),
        migrations.AddConstraint(
            model_name='sessiontext',
            constraint=models.UniqueConstraint(fields=('session', 'language'), name='session_text_language_once', violation_error_message='The session already has a title in this language. Change that one.'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.UniqueConstraint(fields=('session', 'person'), name='sign_up_once'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['place', 'waiting'])), name='sign_up_state_known'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='slot_has_minutes'),
        ),
        migrations.AddConstraint(
            model_name='floorrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'granted', 'declined', 'withdrawn'])), name='floor_request_state_known'),
        ),
        migrations.AddConstraint(
            model_name='floorrequest',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='floor_request_has_minutes', violation_error_message='Enter at least one minute.'),
        ),
        migrations.AddConstraint(
            model_name='floorrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('session', 'party'), name='floor_request_open_once', violation_error_message='The delegation has already asked to speak in this session.'),
        ),
        migrations.AddConstraint(
            model_name='floorrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['granted', 'declined']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='floor_request_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='floorrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='floor_request_declined_says_why'),
        ),
    ]
