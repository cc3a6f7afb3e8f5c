from django.db import migrations, models

from summit.core.migration_operations import AddIndexUnlocked


class Migration(migrations.Migration):
    phase = "before"
    atomic = False

    dependencies = [
        ("press", "0005_edition_by_decision"),
    ]

    operations = [
        AddIndexUnlocked("text", models.Index(fields=["summit", "withdrawn_at"], name="text_of_summit_by_withdrawal")),
    ]
