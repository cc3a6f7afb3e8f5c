"""What public pages show is noted when it changes."""

import django.db.models.functions.datetime
from django.db import migrations, models

from summit.core.migration_operations import NoteChanges


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0009_venue_hours'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('summit_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'noted change',
                'verbose_name_plural': 'noted changes',
                'indexes': [models.Index(fields=['summit_id', 'id'], name='public_change_of_summit')],
            },
        ),
        NoteChanges("summit_summit", "{row}.id"),
    ]
