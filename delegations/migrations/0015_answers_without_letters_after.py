"""Only an invitation that awaits its answer must have been sent."""

from django.db import migrations, models

from summit.core.migration_operations import AddTableConstraint


class Migration(migrations.Migration):
    phase = "after"

    dependencies = [
        ("delegations", "0014_answers_without_letters_before"),
    ]

    operations = [
        AddTableConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "sent"), _negated=True) | models.Q(("sent_at__isnull", False)),
                name="invitation_sent_has_time",
            ),
        ),
    ]
