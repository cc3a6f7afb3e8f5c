import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import summit.core.encrypted_fields
import summit.core.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('summit', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(max_length=40, verbose_name='type')),
                ('params', models.JSONField(default=dict, verbose_name='parameters')),
                ('key', models.CharField(max_length=80, verbose_name='key')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='waiting', max_length=10, verbose_name='state')),
                ('total', models.PositiveBigIntegerField(default=0, verbose_name='to do')),
                ('done', models.PositiveBigIntegerField(default=0, verbose_name='done')),
                ('checkpoint', models.JSONField(default=dict, verbose_name='progress')),
                ('result', models.CharField(blank=True, max_length=40, verbose_name='result')),
                ('result_params', models.JSONField(default=dict, verbose_name='result values')),
                ('problem', models.CharField(blank=True, max_length=200, verbose_name='error')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('claims', models.PositiveIntegerField(default=0, editable=False)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reserved until')),
                ('handed_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='requested')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True, verbose_name='last activity')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
                ('summit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['id'], name='job_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed', 'cancelled'])), name='job_state_known'), models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('by', 'key'), name='job_once'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='job_running_is_held'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ['waiting', 'running'])), models.Q(('finished_at__isnull', False), ('state__in', ['done', 'failed', 'cancelled'])), _connector='OR'), name='job_finished_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='job_failure_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('result', ''), _negated=True), _connector='OR'), name='job_done_has_result')],
            },
        ),
        migrations.CreateModel(
            name='ExportedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('label', models.CharField(max_length=80, verbose_name='list')),
                ('ending', models.CharField(max_length=4, verbose_name='format')),
                ('language', models.CharField(max_length=15, verbose_name='language')),
                ('keys', models.JSONField(default=list)),
                ('columns', models.JSONField(default=list)),
                ('filters', models.JSONField(default=dict)),
                ('summits', models.JSONField(default=list)),
                ('personal', models.BooleanField(default=False)),
                ('until', models.DateTimeField(verbose_name='kept until')),
                ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='created')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='table', to='jobs.job', verbose_name='job')),
            ],
            options={
                'verbose_name': 'exported file',
                'verbose_name_plural': 'exported files',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ending__in', ['csv', 'xlsx', 'json'])), name='exported_file_ending_known')],
            },
        ),
        migrations.CreateModel(
            name='ExportedFilePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('content', summit.core.encrypted_fields.EncryptedBytesField()),
                ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='jobs.exportedfile')),
            ],
            options={
                'verbose_name': 'part of an exported file',
                'verbose_name_plural': 'parts of exported files',
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('table', 'number'), name='exported_file_part_once')],
            },
        ),
    ]
