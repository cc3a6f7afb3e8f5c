"""A summit's names in other languages; public pages show them, so that their changes are noted as before."""

from django.db import migrations, models

import summit.summits.translated_names
from summit.core.migration_operations import NoteChanges


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0011_zones_of_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='summit',
            name='names',
            field=models.JSONField(blank=True, default=dict, validators=[summit.summits.translated_names.validate_names], verbose_name='names in other languages'),
        ),
        NoteChanges("summit_summit", "{row}.id"),
    ]
