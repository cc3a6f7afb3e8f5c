"""The state of speeches while their session runs, and the intervals in which their clocks ran."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agenda', '0007_presence'),
        ('delegations', '0008_invitation_state_labels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SpeechInterval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('speech', 'speech'), ('point_of_order', 'point of order')], default='speech', max_length=14, verbose_name='kind')),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='started')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delegations.party', verbose_name='delegation')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agenda.session', verbose_name='session')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='intervals', to='agenda.slot', verbose_name='speech')),
            ],
            options={
                'verbose_name': 'interval of a speech',
                'verbose_name_plural': 'intervals of speeches',
                'ordering': ['started_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['speech', 'point_of_order'])), name='speech_interval_kind_known'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('session',), name='speech_interval_one_runs'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='speech_interval_ends_after_start'), models.CheckConstraint(condition=models.Q(('party__isnull', True), ('kind', 'point_of_order'), _connector='OR'), name='speech_interval_party_raises_point')],
            },
        ),
        migrations.CreateModel(
            name='SpeechRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('speaking', 'has the floor'), ('interrupted', 'point of order'), ('paused', 'paused'), ('delivered', 'delivered'), ('not_delivered', 'not delivered')], default='waiting', max_length=14, verbose_name='state')),
                ('place', models.FloatField(blank=True, null=True, verbose_name='place in the running order')),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='changed')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agenda.session', verbose_name='session')),
                ('slot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='run', to='agenda.slot', verbose_name='speech')),
            ],
            options={
                'verbose_name': 'course of a speech',
                'verbose_name_plural': 'courses of speeches',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'speaking', 'interrupted', 'paused', 'delivered', 'not_delivered'])), name='speech_run_state_known'), models.UniqueConstraint(condition=models.Q(('state__in', ('speaking', 'interrupted', 'paused'))), fields=('session',), name='speech_run_one_has_floor')],
            },
        ),
    ]
