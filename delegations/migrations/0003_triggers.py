"""What never changes, and what counts changes of how parties are named: public pages name them."""

from django.db import migrations

from summit.core.change_counters import CountChanges
from summit.core.migration_operations import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("delegations", "0002_relations"), ("summit", "0002_triggers")]

    operations = [
        FreezeColumns("delegations_category", ["summit_id", "capacity"]),
        FreezeColumns(
            "delegations_reply",
            [
                *("public_id", "invitation_id", "at", "answer", "level", "channel", "reference", "dated"),
                "recorded_by_id",
            ],
        ),
        FreezeColumns(
            "delegations_participantlist",
            ["public_id", "summit_id", "number", "final", "made_at", "made_by_id", "content"],
        ),
        CountChanges("delegations_party", "{row}.summit_id"),
        CountChanges("delegations_partyname", "(SELECT summit_id FROM delegations_party WHERE id = {row}.party_id)"),
        CountChanges("delegations_policy", "{row}.summit_id"),
    ]
