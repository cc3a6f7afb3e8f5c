"""Two rooms of one name are refused in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Says what the constraint refuses."""

    dependencies = [
        ("summit", "0014_given_tables"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="room",
            name="room_name_once",
            constraint=models.UniqueConstraint(
                fields=("venue", "name"),
                name="room_name_once",
                violation_error_message="The venue has a room of this name already.",
            ),
        ),
    ]
