import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agenda', '0002_relations'),
        ('press', '0001_initial'),
        ('summit', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='added_by',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddField(
            model_name='edition',
            name='afterwards_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='later reviewed by'),
        ),
        migrations.AddField(
            model_name='edition',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by'),
        ),
        migrations.AddField(
            model_name='edition',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='edition',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='announcement', to='press.edition', verbose_name='edition'),
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
        migrations.AddField(
            model_name='embargo',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='set by'),
        ),
        migrations.AddField(
            model_name='embargo',
            name='held_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='put on hold by'),
        ),
        migrations.AddField(
            model_name='embargo',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='embargoes', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='passagecheck',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='passagecheck',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passage_checks', to='press.edition', verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='passagecheck',
            name='undoes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone', to='press.passagecheck', verbose_name='undoes'),
        ),
        migrations.AddField(
            model_name='searchentry',
            name='edition',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='search', to='press.edition', verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='searchword',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscribers', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='text',
            name='embargo',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='press.embargo', verbose_name='publication'),
        ),
        migrations.AddField(
            model_name='text',
            name='people',
            field=models.ManyToManyField(blank=True, related_name='texts', to='summit.person', verbose_name='people concerned'),
        ),
        migrations.AddField(
            model_name='text',
            name='prepared',
            field=models.ForeignKey(blank=True, help_text='For a text as delivered: the prepared text it is based on.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delivered', to='press.text', verbose_name='prepared text'),
        ),
        migrations.AddField(
            model_name='text',
            name='removed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='removed by'),
        ),
        migrations.AddField(
            model_name='text',
            name='session',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='press_texts', to='agenda.session', verbose_name='session'),
        ),
        migrations.AddField(
            model_name='text',
            name='slot',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='agenda.slot', verbose_name='speech'),
        ),
        migrations.AddField(
            model_name='text',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddField(
            model_name='text',
            name='withdrawn_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='text',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='press.text', verbose_name='text'),
        ),
        migrations.AddField(
            model_name='textversion',
            name='text',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='press.text', verbose_name='text'),
        ),
        migrations.AddField(
            model_name='edition',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editions', to='press.textversion', verbose_name='language version'),
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
            model_name='editionattachment',
            constraint=models.UniqueConstraint(fields=('edition', 'attachment'), name='attached_once'),
        ),
        migrations.AddIndex(
            model_name='embargo',
            index=models.Index(fields=['moment'], name='embargo_by_moment'),
        ),
        migrations.AddIndex(
            model_name='embargo',
            index=models.Index(fields=['summit', 'moment'], name='embargo_of_summit_by_moment'),
        ),
        migrations.AddConstraint(
            model_name='embargo',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['moment', 'delivered'])), name='embargo_mode_known'),
        ),
        migrations.AddConstraint(
            model_name='embargo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_at__isnull', True), ('held_by__isnull', True), ('hold_reason', '')), models.Q(('held_at__isnull', False), models.Q(('hold_reason', ''), _negated=True)), _connector='OR'), name='embargo_held_whole'),
        ),
        migrations.AddConstraint(
            model_name='embargo',
            constraint=models.CheckConstraint(condition=models.Q(('fallback_at__isnull', True), ('mode', 'delivered'), _connector='OR'), name='embargo_fallback_of_delivery'),
        ),
        migrations.AddConstraint(
            model_name='embargo',
            constraint=models.CheckConstraint(condition=models.Q(('alarmed_at__isnull', True), ('fallback_at__isnull', False), _connector='OR'), name='embargo_alarm_of_fallback'),
        ),
        migrations.AddConstraint(
            model_name='embargo',
            constraint=models.CheckConstraint(condition=models.Q(('moment__isnull', True), ('decided_by__isnull', False), _connector='OR'), name='embargo_moment_has_officer'),
        ),
        migrations.AddConstraint(
            model_name='passagecheck',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['accept', 'strike', 'change', 'insert', 'undo'])), name='passage_check_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='passagecheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('change', 'insert')), models.Q(('words', ''), _negated=True)), models.Q(models.Q(('kind__in', ('change', 'insert')), _negated=True), ('words', '')), _connector='OR'), name='passage_check_words_where_due'),
        ),
        migrations.AddConstraint(
            model_name='passagecheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('kind', 'undo'), _negated=True), ('undoes__isnull', True)), _connector='OR'), name='passage_check_undo_of_one'),
        ),
        migrations.AddConstraint(
            model_name='searchword',
            constraint=models.UniqueConstraint(fields=('summit', 'language', 'word'), name='search_word_once'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(fields=('summit', 'address'), name='subscriber_once'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='subscriber_address_small'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='attachment_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='textversion',
            constraint=models.UniqueConstraint(fields=('text', 'language'), name='version_language_once'),
        ),
        migrations.AddConstraint(
            model_name='textversion',
            constraint=models.UniqueConstraint(condition=models.Q(('authoritative', True)), fields=('text',), name='version_authoritative_once'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('version', 'number'), name='edition_number_once'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='edition_number_from_one'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'changes_asked', 'approved'])), name='edition_state_known'),
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
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('summit', 'name'), name='topic_name_once', violation_error_message='The summit already has a topic with this name.'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.UniqueConstraint(fields=('summit', 'slug'), name='text_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['transcript', 'statement', 'notice', 'joint', 'communique', 'summary', 'advisory'])), name='text_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='text',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='text_withdrawn_whole'),
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
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('prepared',), name='text_delivered_once', violation_error_message='This prepared text already has a text as delivered. Change that one.'),
        ),
    ]
