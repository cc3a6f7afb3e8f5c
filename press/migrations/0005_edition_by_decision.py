from django.db import migrations, models

from summit.core.migration_operations import AddIndexUnlocked


class Migration(migrations.Migration):
    phase = "before"
    atomic = False

    dependencies = [
        ("press", "0004_import_files"),
    ]

    operations = [
        AddIndexUnlocked("edition", models.Index(fields=["decided_at"], name="edition_by_decision")),
    ]
