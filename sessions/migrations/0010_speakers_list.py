"""The speakers' list: an opening, the time of a speech, requests for the floor with what they are about."""

import django.core.validators
from django.db import migrations, models

import summit.core.validators
from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0009_private_calendars'),
        ('summit', '0011_zones_of_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='floorrequest',
            name='subject',
            field=models.CharField(blank=True, max_length=200, validators=[summit.core.validators.validate_printable], verbose_name='subject'),
        ),
        migrations.AddField(
            model_name='releasedsession',
            name='opening',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes before the first speech'),
        ),
        migrations.AddField(
            model_name='session',
            name='opening',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes before the first speech'),
        ),
        migrations.AddField(
            model_name='session',
            name='requests_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='requests for the floor until'),
        ),
        migrations.AddField(
            model_name='session',
            name='speech_minutes',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minutes of a speech'),
        ),
        migrations.AddConstraint(
            model_name='floorrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='floor_request_declined_says_why'),
        ),
        FreezeColumns(
            "programme_releasedsession",
            [
                "public_id", "session_id", "sequence", "fingerprint", "kind", "kind_names", "title", "summary", "texts",
                "starts_at", "ends_at", "times_known", "room_key", "room_name", "venue_name", "visibility", "audiences",
                "media", "capacity", "sign_up", "opening", "languages", "documents", "seal", "created_at",
            ],
        ),
    ]
