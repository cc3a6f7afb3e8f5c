"""SEQUENCE counts by rank what changed; two releases may say the same by the same one."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from summit.core.migration_operations import FreezeColumns, NoteChanges

NOTED = NoteChanges(
    "programme_releasedparticipant",
    "(SELECT s.summit_id FROM programme_releasedsession r JOIN programme_session s ON s.id = r.session_id "
    "WHERE r.id = {row}.released_session_id)",
    events=("DELETE",),
)


def let_go(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the trigger that reads the table: SQLite renames no table, to rebuild it, of which a trigger speaks."""
    NOTED.database_backwards("programme", schema_editor, apps, apps)


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0015_cancelled_speeches'),
    ]

    operations = [
        migrations.RunPython(let_go, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='releasedsession',
            name='released_session_once',
        ),
        migrations.AddConstraint(
            model_name='releasedsession',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gte', 1)), name='released_sequence_from_one'),
        ),
        NOTED,
        FreezeColumns(
            "programme_releasedsession",
            [
                "public_id", "session_id", "sequence", "fingerprint", "kind", "kind_names", "title", "summary", "texts",
                "starts_at", "ends_at", "times_known", "room_key", "room_name", "venue_name", "visibility", "audiences",
                "media", "capacity", "sign_up", "opening", "languages", "documents", "carried", "seal", "created_at",
            ],
        ),
    ]
