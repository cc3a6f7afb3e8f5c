"""Freeze the content of a stored delivery; only its state may change."""

from django.db import migrations

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        FreezeColumns(
            "webhooks_delivery",
            ["public_id", "endpoint_id", "event", "subject_key", "version", "data", "created_at"],
        )
    ]
