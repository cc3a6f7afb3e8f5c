"""How parties are named is noted when it changes: public pages show it."""

from django.db import migrations

from summit.core.migration_operations import NoteChanges


class Migration(migrations.Migration):
    dependencies = [
        ("delegations", "0014_keys_of_handovers_are_not_entered"),
        ("summit", "0010_public_changes"),
    ]

    operations = [
        NoteChanges("delegations_party", "{row}.summit_id"),
        NoteChanges(
            "delegations_partyname", "(SELECT summit_id FROM delegations_party WHERE id = {row}.party_id)"
        ),
        NoteChanges("delegations_policy", "{row}.summit_id"),
    ]
