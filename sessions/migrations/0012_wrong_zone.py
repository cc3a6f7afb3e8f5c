from django.db import migrations, models

from summit.core.change_counters import CountChanges
from summit.core.migration_operations import AddTableConstraint, RemoveTableConstraint

# Which badge opens which room counts as a change of the draft: the board then finds its conflicts anew.
OF_ZONE = "summit_id FROM delegations_zone WHERE id = {row}.zone_id"


class Migration(migrations.Migration):

    dependencies = [
        ('agenda', '0011_bilaterals'),
        ('delegations', '0009_rooms_in_zones'),
        ('summit', '0009_directions'),
    ]

    operations = [
        RemoveTableConstraint(
            model_name='conflictpolicy',
            name='conflict_policy_rule_known',
        ),
        AddTableConstraint(
            model_name='conflictpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('rule__in', ['room', 'person', 'head', 'interpreter', 'delegation', 'way', 'seats', 'hours', 'days', 'before', 'after', 'speeches', 'zone'])), name='conflict_policy_rule_known'),
        ),
        *(
            CountChanges(table, OF_ZONE, counter="agenda_draftversion", count="agenda_count_draft", called="drafted")
            for table in ("delegations_zone_rooms", "delegations_category_zones")
        ),
    ]
