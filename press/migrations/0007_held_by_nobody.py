"""The system itself may hold what goes out, when a speech is moved or cancelled by a command."""

from django.db import migrations, models

from summit.core.migration_operations import NoteChanges


class Migration(migrations.Migration):
    dependencies = [("press", "0006_marks_of_what_was_spoken")]

    operations = [
        migrations.RemoveConstraint(model_name="lift", name="lift_held_whole"),
        migrations.AddConstraint(
            model_name="lift",
            constraint=models.CheckConstraint(
                name="lift_held_whole",
                condition=models.Q(held_at__isnull=True, held_by__isnull=True, hold_reason="")
                | (models.Q(held_at__isnull=False) & ~models.Q(hold_reason="")),
            ),
        ),
        # SQLite dropped the triggers when it rebuilt the table.
        NoteChanges("press_lift", "{row}.summit_id"),
    ]
