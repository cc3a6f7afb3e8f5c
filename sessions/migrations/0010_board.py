"""What the board can undo, what a summit does about conflicts, and rooms that the database holds for one session."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sessions.conflicts.room_holds import HoldRooms
from summit.core.change_counters import CountChanges


class Migration(migrations.Migration):

    dependencies = [
        ('agenda', '0009_screens'),
        ('summit', '0007_saved_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BoardStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sitting', models.CharField(max_length=64, verbose_name='sitting')),
                ('act', models.CharField(choices=[('move', 'Move'), ('swap', 'Swap'), ('shift', 'Shift'), ('duplicate', 'Duplicate')], max_length=10, verbose_name='action')),
                ('changes', models.JSONField(verbose_name='changes')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='date and time')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone on')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'step on the board',
                'verbose_name_plural': 'steps on the board',
                'ordering': ['id'],
                'indexes': [models.Index(fields=['summit', 'by', 'sitting'], name='board_step_sitting'), models.Index(fields=['at'], name='board_step_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('act__in', ['move', 'swap', 'shift', 'duplicate'])), name='board_step_act_known')],
            },
        ),
        migrations.CreateModel(
            name='ConflictPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=20, verbose_name='conflict')),
                ('action', models.CharField(choices=[('block', 'Block'), ('warn', 'Warn'), ('ignore', 'Ignore')], default='warn', max_length=10, verbose_name='action')),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='minutes between venues')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'conflict rule',
                'verbose_name_plural': 'conflict rules',
                'constraints': [models.UniqueConstraint(fields=('summit', 'rule'), name='conflict_policy_once'), models.CheckConstraint(condition=models.Q(('rule__in', ['room', 'person', 'head', 'interpreter', 'delegation', 'way', 'seats', 'hours', 'days', 'before', 'after', 'speeches'])), name='conflict_policy_rule_known'), models.CheckConstraint(condition=models.Q(('action__in', ['block', 'warn', 'ignore'])), name='conflict_policy_action_known'), models.CheckConstraint(condition=models.Q(('minutes__isnull', True), ('rule', 'way'), _connector='OR'), name='conflict_policy_minutes_of_way')],
            },
        ),
        migrations.CreateModel(
            name='RoomHold',
            fields=[
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='agenda.session', verbose_name='session')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.room', verbose_name='room')),
            ],
            options={
                'verbose_name': 'room hold',
                'verbose_name_plural': 'room holds',
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='room_hold_ends_after_start')],
            },
        ),
        HoldRooms(),
        CountChanges(
            "agenda_conflictpolicy",
            "{row}.summit_id",
            counter="agenda_draftversion",
            count="agenda_count_draft",
            called="drafted",
        ),
    ]
