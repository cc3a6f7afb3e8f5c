"""A message's facts never change."""

from django.db import migrations

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("summit", "0002_guards")]

    operations = [
        FreezeColumns(
            "outbox_message",
            [
                "public_id", "summit_id", "kind", "subject_key", "version", "recipient_key", "address", "language",
                "facts", "nonce", "message_id", "created_at",
            ],
        ),
    ]
