import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import summit.core.encrypted_fields
import summit.core.models
import summit.outbox.models.messages


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('summit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(max_length=40, verbose_name='type')),
                ('subject_key', models.CharField(max_length=80, verbose_name='about')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('recipient_key', models.CharField(help_text='Delegation, person or subscriber.', max_length=80, verbose_name='sent for')),
                ('address', models.EmailField(max_length=254, verbose_name='email address')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('facts', models.JSONField(default=dict, verbose_name='data')),
                ('nonce', models.CharField(default=summit.outbox.models.messages.new_nonce, editable=False, max_length=32, unique=True)),
                ('message_id', models.CharField(editable=False, max_length=120, unique=True, verbose_name='Message-ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created on')),
                ('state', models.CharField(choices=[('pending', 'waiting'), ('sent', 'sent'), ('failed', 'failed'), ('dropped', 'no longer needed')], default='pending', max_length=10, verbose_name='state')),
                ('rendered', summit.core.encrypted_fields.EncryptedBytesField(null=True)),
                ('rendered_subject', models.CharField(blank=True, editable=False, max_length=255, verbose_name='subject')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('claims', models.PositiveIntegerField(default=0, editable=False)),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next attempt')),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reserved until')),
                ('handed_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('problem', models.TextField(blank=True, verbose_name='error')),
                ('returned_at', models.DateTimeField(blank=True, null=True, verbose_name='bounced')),
                ('returned_why', models.CharField(blank=True, max_length=300, verbose_name='bounce reason')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='summit.person', verbose_name='person')),
                ('summit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['next_attempt_at', 'id'], name='message_due'), models.Index(fields=['summit', 'kind', 'state'], name='message_by_kind'), models.Index(fields=['subject_key'], name='message_by_subject')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'subject_key', 'version', 'recipient_key', 'address'), name='message_once'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'sent', 'failed', 'dropped'])), name='message_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='message_sent_has_time'), models.CheckConstraint(condition=models.Q(('returned_at__isnull', True), ('state', 'sent'), _connector='OR'), name='message_returned_was_sent'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'dropped']), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='message_failure_says_why')],
            },
        ),
    ]
