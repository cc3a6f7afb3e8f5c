"""A time for which data are kept is a hundred years at most: a day further away could not be reckoned."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import migrations, models

MOST = 36525
AT_MOST = "Write 36525 days, a hundred years, at most; leave it empty to keep it."


def shorten(apps: Any, schema_editor: Any) -> None:
    """Take what is longer for a hundred years."""
    apps.get_model("delegations", "Retention").objects.filter(days__gt=MOST).update(days=MOST)


class Migration(migrations.Migration):
    """Bounds the days."""

    dependencies = [
        ("delegations", "0017_no_more_passes_than_people"),
    ]

    operations = [
        migrations.RunPython(shorten, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="retention",
            name="days",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: it is kept.",
                null=True,
                validators=[MaxValueValidator(MOST, AT_MOST)],
                verbose_name="days after the summit",
            ),
        ),
        migrations.AddConstraint(
            model_name="retention",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__isnull", True), ("days__lte", MOST), _connector="OR"),
                name="retention_days_at_most",
                violation_error_message=AT_MOST,
            ),
        ),
    ]
