"""Releases are noted, and when a name is taken out of one: public pages show them."""

from django.db import migrations

from summit.core.migration_operations import NoteChanges

SUMMIT = (
    "(SELECT s.summit_id FROM programme_releasedsession r JOIN programme_session s ON s.id = r.session_id "
    "WHERE r.id = {row}.released_session_id)"
)


class Migration(migrations.Migration):
    dependencies = [("programme", "0007_looks_and_sign_ups"), ("summit", "0010_public_changes")]

    operations = [
        NoteChanges("programme_release", "{row}.summit_id"),
        NoteChanges("programme_releasedparticipant", SUMMIT, events=("DELETE",)),
    ]
