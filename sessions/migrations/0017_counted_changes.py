"""Releases are counted, and say whether they take away what everybody could read; so is a name taken out of one."""

from django.db import migrations, models

from summit.core.change_counters import CountChanges
from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0016_sequence_by_rank'),
        ('summit', '0020_counted_changes'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='takes_away',
            field=models.BooleanField(default=True, editable=False),
        ),
        FreezeColumns(
            "programme_release",
            ["public_id", "summit_id", "number", "note", "released_at", "released_by_id", "takes_away"],
        ),
        CountChanges("programme_release", "{row}.summit_id", removes={"INSERT": "{row}.takes_away"}),
        CountChanges(
            "programme_releasedparticipant",
            "(SELECT s.summit_id FROM programme_releasedsession r JOIN programme_session s ON s.id = r.session_id "
            "WHERE r.id = {row}.released_session_id)",
            events=("DELETE",),
        ),
    ]
