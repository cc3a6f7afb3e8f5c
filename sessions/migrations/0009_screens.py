"""Screens in the foyer and at doors."""

import django.db.models.deletion
from django.db import migrations, models

import summit.core.models
import summit.core.validators


class Migration(migrations.Migration):

    dependencies = [
        ('agenda', '0008_speech_clocks'),
        ('summit', '0007_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='Screen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=summit.core.models.new_public_id, editable=False, max_length=16, unique=True)),
                ('name', models.CharField(help_text='Such as “Foyer, by the stairs”.', max_length=80, validators=[summit.core.validators.validate_printable], verbose_name='place')),
                ('audience', models.CharField(choices=[('public', 'everyone'), ('accredited', 'all delegations'), ('participants', 'participants of the session'), ('organisers', 'organisers only')], default='public', help_text='Everyone who passes can read the screen. Choose more only behind a controlled entrance.', max_length=20, verbose_name='shown to')),
                ('unreadable', models.CharField(blank=True, choices=[('private', '“Private meeting”, with its time and room'), ('nothing', 'nothing')], help_text='Leave blank for “Private meeting” at a door, and nothing for all rooms.', max_length=10, verbose_name='sessions that may not be read here')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('ar', 'العربية')], help_text='Leave blank to show the summit’s languages in turn.', max_length=10, verbose_name='language')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('opened_at', models.DateTimeField(editable=False, null=True, verbose_name='address created on')),
                ('seen_at', models.DateTimeField(editable=False, null=True, verbose_name='last connected')),
                ('room', models.ForeignKey(blank=True, help_text='For a screen at a door. Leave blank to show all rooms.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='summit.room', verbose_name='room')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='screens', to='summit.summit', verbose_name='summit')),
            ],
            options={
                'verbose_name': 'screen',
                'verbose_name_plural': 'screens',
                'ordering': ['summit', 'name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('summit', 'name'), name='screen_name_once', violation_error_message='There is already a screen at this place. Choose another name.'), models.UniqueConstraint(condition=models.Q(('digest', ''), _negated=True), fields=('digest',), name='screen_digest_once', violation_error_message='Create the address again: this one is taken.'), models.CheckConstraint(condition=models.Q(('audience__in', ['public', 'accredited', 'participants', 'organisers'])), name='screen_audience_known'), models.CheckConstraint(condition=models.Q(('unreadable__in', ['', 'private', 'nothing'])), name='screen_unreadable_known'), models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('opened_at__isnull', True)), models.Q(models.Q(('digest', ''), _negated=True), ('opened_at__isnull', False)), _connector='OR'), name='screen_opened_with_address')],
            },
        ),
    ]
