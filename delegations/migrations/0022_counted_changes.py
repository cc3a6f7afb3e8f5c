"""Changes of how parties are called are counted: public pages name them."""

from django.db import migrations

from summit.core.change_counters import CountChanges


class Migration(migrations.Migration):
    dependencies = [("delegations", "0021_text_of_several_lines"), ("summit", "0020_counted_changes")]

    operations = [
        CountChanges("delegations_party", "{row}.summit_id"),
        CountChanges("delegations_partyname", "(SELECT summit_id FROM delegations_party WHERE id = {row}.party_id)"),
        CountChanges("delegations_policy", "{row}.summit_id"),
    ]
