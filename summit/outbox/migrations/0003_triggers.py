"""Freeze the columns of a stored message, except its state and the columns that delivery changes."""

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
