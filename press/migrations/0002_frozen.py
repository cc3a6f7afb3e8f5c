"""An edition's words never change."""

from django.db import migrations

from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("press", "0001_initial"), ("summit", "0002_guards")]

    operations = [
        FreezeColumns(
            "press_edition",
            ["public_id", "version_id", "number", "title", "summary", "body", "change_note", "author_id", "created_at"],
        ),
    ]
