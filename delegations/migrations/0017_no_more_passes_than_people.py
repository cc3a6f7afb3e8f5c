"""A kind of overpass gives no more passes than there are people for them."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q


def lower(apps: Any, schema_editor: Any) -> None:
    """Give one pass to each of the people, where there were more."""
    rules = apps.get_model("delegations", "OverpassRule").objects.using(schema_editor.connection.alias)
    rules.filter(passes__gt=F("people")).update(passes=F("people"))


class Migration(migrations.Migration):
    dependencies = [("delegations", "0016_letters_in_other_languages")]

    operations = [
        migrations.RunPython(lower, migrations.RunPython.noop),
        migrations.RemoveConstraint("overpassrule", "overpass_for_somebody"),
        migrations.AddConstraint(
            "overpassrule",
            models.CheckConstraint(
                condition=Q(passes__gte=1, people__gte=F("passes")),
                name="overpass_for_somebody",
                violation_error_message="Give one pass at least, for as many people or more.",
            ),
        ),
    ]
