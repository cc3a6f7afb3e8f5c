"""What letters say of whoever writes them, in other languages; changes are noted as before."""

from django.db import migrations, models

import delegations.parties.models.policy
from summit.core.migration_operations import NoteChanges


class Migration(migrations.Migration):
    dependencies = [("delegations", "0015_changes_are_noted"), ("summit", "0012_names_by_language")]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="letter_words",
            field=models.JSONField(
                blank=True,
                default=dict,
                validators=[delegations.parties.models.policy.validate_letter_words],
                verbose_name="letterhead and who signs, in other languages",
            ),
        ),
        NoteChanges("delegations_policy", "{row}.summit_id"),
    ]
