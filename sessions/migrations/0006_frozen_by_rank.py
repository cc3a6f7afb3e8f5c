"""What was released, for whom and of what a paper consists never changes."""

import django.db.models.deletion
from django.db import migrations, models

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("programme", "0005_entries_by_rank"), ("summit", "0002_guards")]

    operations = [
        migrations.AlterField(
            model_name="releaseentry",
            name="full",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programme.releasedsession",
                verbose_name="whole released session",
            ),
        ),
        FreezeColumns(
            "programme_releasedsession",
            [
                "public_id", "session_id", "sequence", "fingerprint", "kind", "kind_names", "title", "summary", "texts",
                "starts_at", "ends_at", "times_known", "room_key", "room_name", "venue_name", "visibility", "audiences",
                "media", "capacity", "sign_up", "languages", "documents", "seal", "created_at",
            ],
        ),
        FreezeColumns(
            "programme_releasedparticipant",
            [
                "released_session_id", "role", "party_id", "person_id", "category_id", "level", "slot_key", "label",
                "party_label", "title", "minutes", "position",
            ],
        ),
        FreezeColumns(
            "programme_releaseentry", ["release_id", "session_id", "low", "high", "released_session_id", "full_id"]
        ),
        FreezeColumns(
            "programme_document",
            [
                "public_id", "session_id", "language", "file_name", "content_type", "size", "digest", "content",
                "added_at", "added_by_id",
            ],
        ),
    ]
