import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('outbox', '0001_initial'),
        ('summit', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='summit.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='message',
            name='summit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['next_attempt_at', 'id'], name='message_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['summit', 'kind', 'state'], name='message_by_kind'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['subject_key'], name='message_by_subject'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('kind', 'subject_key', 'version', 'recipient_key', 'address'), name='message_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'sent', 'failed', 'dropped'])), name='message_state_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='message_sent_has_time'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('returned_at__isnull', True), ('state', 'sent'), _connector='OR'), name='message_returned_was_sent'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'dropped']), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='message_failure_says_why'),
        ),
    ]
