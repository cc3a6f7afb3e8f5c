"""Changes of venues are counted: the summit's public home names them."""

from django.db import migrations

from summit.core.change_counters import CountChanges


class Migration(migrations.Migration):
    dependencies = [
        ("summit", "0020_counted_changes"),
    ]

    operations = [CountChanges("summit_venue", "{row}.summit_id", removes={"INSERT": "FALSE"})]
