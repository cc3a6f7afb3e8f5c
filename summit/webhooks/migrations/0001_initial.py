import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import summit.core.encrypted_fields
import summit.core.models
import summit.webhooks.addresses
import summit.webhooks.signing


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('summit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(choices=[('webhook', 'events'), ('hub', 'changed feeds')], default='webhook', max_length=10, verbose_name='receives')),
                ('name', models.CharField(help_text='A name to recognise it by, such as “Conference app”.', max_length=80, verbose_name='name')),
                ('url', models.CharField(help_text='The address that receives events by HTTPS, such as “https://app.example/events”.', max_length=500, validators=[summit.webhooks.addresses.validate_url], verbose_name='address')),
                ('events', models.JSONField(default=list, verbose_name='events')),
                ('secret', summit.core.encrypted_fields.EncryptedTextField(default=summit.webhooks.signing.new_secret, editable=True, max_length=120, verbose_name='secret')),
                ('secret_shown_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='secret shown')),
                ('former_secret', summit.core.encrypted_fields.EncryptedTextField(blank=True, default='', editable=True, max_length=120, verbose_name='previous secret')),
                ('former_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='previous secret valid until')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('enabled', models.BooleanField(default=True, verbose_name='on')),
                ('off_why', models.CharField(blank=True, choices=[('hand', 'turned off by a user'), ('gone', 'the receiver responded that it no longer exists (410)'), ('failing', 'no delivery succeeded for three days'), ('refusing', 'the receiver rejected too many deliveries in a row'), ('moved', 'imported with its summit from an archive')], max_length=10, verbose_name='reason for turning it off')),
                ('off_at', models.DateTimeField(blank=True, null=True, verbose_name='off since')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='failing since')),
                ('given_up', models.PositiveIntegerField(default=0, verbose_name='consecutive failures')),
                ('handed_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['name', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['webhook', 'hub'])), name='endpoint_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('enabled', True), ('off_at__isnull', True), ('off_why', '')), models.Q(('enabled', False), ('off_at__isnull', False), ('off_why__in', ['hand', 'gone', 'failing', 'refusing', 'moved'])), _connector='OR'), name='endpoint_off_says_why'), models.UniqueConstraint(condition=models.Q(('kind', 'hub')), fields=('summit',), name='endpoint_hub_once', violation_error_message='The summit already has a hub.')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('event', models.CharField(max_length=60, verbose_name='event')),
                ('subject_key', models.CharField(max_length=300, verbose_name='about')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('data', models.JSONField(default=dict, verbose_name='content')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created on')),
                ('state', models.CharField(choices=[('pending', 'waiting'), ('sent', 'sent'), ('failed', 'failed')], default='pending', max_length=10, verbose_name='state')),
                ('aside', models.BooleanField(default=False, verbose_name='out of order')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('claims', models.PositiveIntegerField(default=0, editable=False)),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next attempt')),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended on')),
                ('problem', models.CharField(blank=True, max_length=200, verbose_name='error')),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.endpoint', verbose_name='webhook')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['endpoint', 'id'], name='delivery_waiting')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'event', 'subject_key', 'version'), name='delivery_once'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'sent', 'failed'])), name='delivery_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'pending')), models.Q(models.Q(('state', 'pending'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='delivery_ended_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='delivery_failure_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='date and time')),
                ('ms', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='status')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('problem', models.CharField(blank=True, max_length=200, verbose_name='error')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='webhooks.delivery', verbose_name='delivery')),
            ],
            options={
                'verbose_name': 'attempt',
                'verbose_name_plural': 'attempts',
                'ordering': ['pk'],
            },
        ),
    ]
