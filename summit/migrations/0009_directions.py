from django.db import migrations, models

import summit.summits.translated_names
from summit.core.change_counters import CountChanges
from summit.core.migration_operations import AddColumn


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0008_file_scans'),
    ]

    operations = [
        AddColumn(
            model_name='room',
            name='directions',
            field=models.JSONField(blank=True, default=dict, validators=[summit.summits.translated_names.validate_directions], verbose_name='directions'),
        ),
        # Public pages of sessions tell the way to their rooms. Like that of a venue, a new row removes nothing.
        CountChanges(
            "summit_room",
            "(SELECT v.summit_id FROM summit_venue v WHERE v.id = {row}.venue_id)",
            removes={"INSERT": "FALSE"},
        ),
    ]
