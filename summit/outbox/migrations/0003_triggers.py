"""A message never changes once it is stored: only what became of it does."""

from django.db import migrations

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_relations")]

    operations = [
        FreezeColumns(
            "outbox_message",
            [
                *("public_id", "summit_id", "kind", "subject_key", "version", "recipient_key", "address"),
                *("language", "facts", "nonce", "message_id", "created_at"),
            ],
        )
    ]
