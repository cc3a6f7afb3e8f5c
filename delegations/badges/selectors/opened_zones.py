"""Selects which zones the badges of a summit's categories open, and the transferable passes that people carry."""

from dataclasses import dataclass

from django.db.models import F, IntegerField, Value

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.members.models.categories import Category
from summit.summits.models import Summit


@dataclass(frozen=True)
class OpenedZones:
    """The zones that categories of badges open, and those of the passes that people carry, all by primary key."""

    by_category: dict[int, set[int]]
    by_pass_holder: dict[int, set[int]]


def opened_zones(summit: Summit) -> OpenedZones:
    """Return the zones that all categories of a summit open, and the passes that people carry. Makes one query."""
    nobody = Value(None, output_field=IntegerField())
    categories = Category.objects.filter(summit=summit).order_by().values_list(F("pk"), nobody, F("zones__pk"))
    passes = (
        TransferablePass.objects.filter(party__summit=summit, holder__isnull=False)
        .order_by()
        .values_list(nobody, F("holder__person_id"), F("rule__zones__pk"))
    )
    found = OpenedZones({}, {})
    for category, person, zone in categories.union(passes):
        if person is None:
            zones = found.by_category.setdefault(category, set())
        else:
            zones = found.by_pass_holder.setdefault(person, set())
        if zone is not None:
            zones.add(zone)
    return found
