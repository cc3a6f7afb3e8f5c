"""Changes of what public pages show are counted in a few rows, and not noted in a log that readers count."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from summit.core.change_counters import CountChanges, MakeCounter


def note_no_more(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers that wrote the log."""
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                r"WHERE t.tgname LIKE '%%\_noted\_%%'",
                [],
            )
            for trigger, table in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{trigger}" ON "{table}"; DROP FUNCTION IF EXISTS {trigger}()')
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB '*_noted_*'")
            for (trigger,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{trigger}"')


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0019_text_of_several_lines'),
    ]

    operations = [
        migrations.RunPython(note_no_more),
        migrations.CreateModel(
            name='PublicVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('summit_id', models.BigIntegerField()),
                ('writer', models.PositiveIntegerField()),
                ('changes', models.BigIntegerField(default=0)),
                ('removals', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'version of public pages',
                'verbose_name_plural': 'versions of public pages',
            },
        ),
        migrations.AddConstraint(
            model_name='publicversion',
            constraint=models.UniqueConstraint(fields=('summit_id', 'writer'), name='public_version_once'),
        ),
        migrations.DeleteModel(
            name='PublicChange',
        ),
        MakeCounter("summit_publicversion", "summit_count_change"),
        CountChanges("summit_summit", "{row}.id"),
    ]
