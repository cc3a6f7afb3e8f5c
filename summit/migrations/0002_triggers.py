"""Create the audit chain's row and the cache's table, freeze audit entries, and count changes of public pages."""

from django.core.management import call_command
from django.db import migrations

from summit.core.change_counters import CountChanges, MakeCounter
from summit.core.migration_operations import FreezeColumns


def make_chain(apps, schema_editor):
    apps.get_model("summit", "AuditChain").objects.using(schema_editor.connection.alias).get_or_create(pk=1)


def make_cache(apps, schema_editor):
    call_command("createcachetable", "summit_cache", database=schema_editor.connection.alias, verbosity=0)


def drop_cache(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS summit_cache")


class Migration(migrations.Migration):
    dependencies = [("summit", "0001_initial")]

    operations = [
        migrations.RunPython(make_chain, migrations.RunPython.noop),
        migrations.RunPython(make_cache, drop_cache),
        FreezeColumns(
            "summit_auditentry",
            [
                *("id", "summit_id", "at", "by_id", "by_label", "action"),
                *("object_type", "object_key", "part_of", "fields", "detail"),
            ],
            rows=True,
        ),
        MakeCounter("summit_publicversion", "summit_count_change"),
        CountChanges("summit_summit", "{row}.id"),
        # A new venue removes nothing that the public could read before.
        CountChanges("summit_venue", "{row}.summit_id", removes={"INSERT": "FALSE"}),
    ]
