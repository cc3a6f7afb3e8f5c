"""What a delivery says never changes."""

from django.db import migrations

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("hooks", "0001_endpoints_and_deliveries"), ("summit", "0002_guards")]

    operations = [
        FreezeColumns(
            "hooks_delivery",
            ["public_id", "endpoint_id", "event", "subject_key", "version", "data", "created_at"],
        ),
    ]
