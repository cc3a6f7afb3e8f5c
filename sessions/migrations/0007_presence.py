"""Who was seen where, who represents a delegation in a session, and who was told of a change by telephone."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import summit.core.models


class Migration(migrations.Migration):

    dependencies = [
        ('agenda', '0006_delays'),
        ('delegations', '0008_invitation_state_labels'),
        ('summit', '0007_saved_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PresenceMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='date and time')),
                ('taken_back_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back on')),
                ('place', models.CharField(choices=[('landed', 'landed'), ('door', 'at the door'), ('room', 'in the room')], max_length=10, verbose_name='place')),
                ('day', models.DateField(verbose_name='day')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delegations.party', verbose_name='delegation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='person')),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agenda.session', verbose_name='session')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.summit', verbose_name='summit')),
                ('taken_back_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by')),
            ],
            options={
                'verbose_name': 'presence',
                'verbose_name_plural': 'presence',
                'ordering': ['summit', '-at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('place__in', ['landed', 'door', 'room'])), name='presence_place_known'), models.CheckConstraint(condition=models.Q(models.Q(('place', 'room'), ('session__isnull', False)), models.Q(models.Q(('place', 'room'), _negated=True), ('session__isnull', True)), _connector='OR'), name='presence_room_of_session'), models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at__isnull', True), ('taken_back_by__isnull', True)), models.Q(('taken_back_at__isnull', False), ('taken_back_by__isnull', False)), _connector='OR'), name='presence_taken_back_whole'), models.UniqueConstraint(condition=models.Q(('place', 'landed'), ('taken_back_at__isnull', True)), fields=('person',), name='presence_landed_once'), models.UniqueConstraint(condition=models.Q(('place', 'door'), ('taken_back_at__isnull', True)), fields=('person', 'day'), name='presence_door_once_a_day'), models.UniqueConstraint(condition=models.Q(('place', 'room'), ('taken_back_at__isnull', True)), fields=('person', 'session'), name='presence_room_once')],
            },
        ),
        migrations.CreateModel(
            name='Representation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='date and time')),
                ('taken_back_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back on')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delegations.party', verbose_name='delegation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='person')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='representations', to='agenda.session', verbose_name='session')),
                ('taken_back_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by')),
            ],
            options={
                'verbose_name': 'representation',
                'verbose_name_plural': 'representations',
                'ordering': ['session', 'party', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('taken_back_at__isnull', False), ('taken_back_by__isnull', True), _connector='OR'), name='representation_taken_back_at'), models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('session', 'party'), name='representation_once')],
            },
        ),
        migrations.CreateModel(
            name='ToldByTelephone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='date and time')),
                ('taken_back_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back on')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delegations.party', verbose_name='delegation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.person', verbose_name='person')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agenda.release', verbose_name='release')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agenda.session', verbose_name='session')),
                ('taken_back_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by')),
            ],
            options={
                'verbose_name': 'telephone message',
                'verbose_name_plural': 'telephone messages',
                'ordering': ['-at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('party__isnull', False), ('person__isnull', True)), models.Q(('party__isnull', True), ('person__isnull', False)), _connector='OR'), name='told_party_or_person'), models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at__isnull', True), ('taken_back_by__isnull', True)), models.Q(('taken_back_at__isnull', False), ('taken_back_by__isnull', False)), _connector='OR'), name='told_taken_back_whole'), models.UniqueConstraint(condition=models.Q(('party__isnull', False), ('taken_back_at__isnull', True)), fields=('session', 'release', 'party'), name='told_party_once'), models.UniqueConstraint(condition=models.Q(('person__isnull', False), ('taken_back_at__isnull', True)), fields=('session', 'release', 'person'), name='told_person_once')],
            },
        ),
    ]
