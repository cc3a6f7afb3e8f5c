"""Beside a sweep stands whether the clock of whoever ran it is right."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0017_hand_over_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='heartbeat',
            name='drift',
            field=models.FloatField(default=0.0),
        ),
    ]
