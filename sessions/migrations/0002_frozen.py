"""What has been released never changes."""

from django.db import migrations

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_initial"), ("summit", "0002_guards")]

    operations = [
        FreezeColumns(
            "programme_release", ["public_id", "summit_id", "number", "note", "released_at", "released_by_id"]
        ),
        FreezeColumns(
            "programme_releasedsession",
            [
                "public_id", "session_id", "sequence", "fingerprint", "kind", "title", "summary", "starts_at", "ends_at",
                "room_name", "venue_name", "visibility", "created_at",
            ],
        ),
        FreezeColumns(
            "programme_releasedparticipant",
            [
                "released_session_id", "role", "party_id", "person_id", "slot_key", "label", "party_label", "title",
                "minutes", "position",
            ],
        ),
        FreezeColumns("programme_releaseentry", ["release_id", "session_id", "released_session_id"]),
    ]
