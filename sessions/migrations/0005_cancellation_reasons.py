"""Why a session is cancelled. Only a cancelled session has a reason."""

from django.db import migrations, models

import summit.core.validators
from summit.core.migration_operations import AddColumn, AddTableConstraint


class Migration(migrations.Migration):

    dependencies = [
        ("agenda", "0004_import_files"),
        ("summit", "0007_saved_views"),
    ]

    operations = [
        AddColumn(
            model_name="session",
            name="cancellation_reason",
            field=models.CharField(
                blank=True,
                help_text="Included in messages to people who learn that the session is cancelled.",
                max_length=300,
                validators=[summit.core.validators.validate_printable],
                verbose_name="reason for the cancellation",
            ),
        ),
        AddTableConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(("cancelled_at__isnull", False), ("cancellation_reason", ""), _connector="OR"),
                name="session_reason_if_cancelled",
                violation_error_message="Cancel the session before you give a reason for it.",
            ),
        ),
    ]
