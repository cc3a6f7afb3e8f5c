"""Adding, changing, ordering and deleting the zones of a venue."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.zones.models import Zone
from summit.audit import services as audit
from summit.audit.actions import audit_action, row_actions
from summit.core.punctuation import comma
from summit.core.registry import Registry
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.zone.change"
FIELDS = ("code", "name")

# Models with a many-to-many field `zones`. A zone can't be deleted while one of their rows opens it.
_openers: Registry[type[Model]] = Registry()
ZONE_ACTIONS = row_actions(
    "delegations.zone",
    add=gettext_lazy("added a zone"),
    change=gettext_lazy("changed a zone"),
    remove=gettext_lazy("deleted a zone"),
)
ARRANGE = audit_action("delegations.zone.arrange", gettext_lazy("reordered the zones"))


def opens_zones(place: int, model: type[Model]) -> None:
    """Register a model with a many-to-many field `zones`, at a place in the order.

    A zone can't be deleted while a row of the model refers to it.
    """
    _openers.register(place)(model)


def create(*, summit: Summit, values: Mapping[str, Any], by: User) -> Zone:
    """Add a zone after the others and return it.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, summit)
    row = Zone(summit=summit)

    def ready(row: Zone) -> None:
        row.position = rows.last_place(Zone.objects.filter(summit=summit))

    rows.create(row, values, FIELDS, by=by, action=ZONE_ACTIONS.add, ready=ready)
    return row


def change(*, zone: Zone, values: Mapping[str, Any], by: User) -> Zone:
    """Change a zone and return it as it is now.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, zone.summit)
    stored: Zone
    stored, _changed = rows.change(zone, values, FIELDS, by=by, action=ZONE_ACTIONS.change)
    return stored


def opened_by(zone: Zone) -> list[str]:
    """Return the names of the categories and transferable passes that open a zone.

    Makes one query for each model registered with `opens_zones`.
    """
    return [str(row) for model in _openers for row in model._default_manager.filter(zones=zone)]


def stops_removal(zone: Zone) -> str:
    """Return why a zone can't be deleted and what to do instead, or "" if it can."""
    opened = opened_by(zone)
    if not opened:
        return ""
    message = _("“%(zone)s” is assigned to: %(names)s. Remove it from them first.")
    return message % {"zone": zone, "names": comma().join(opened)}


def remove(*, zone: Zone, by: User) -> None:
    """Delete a zone that no category or transferable pass opens.

    Raises PermissionDenied, and ValidationError with the reason why it can't be deleted.
    """
    summit = zone.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        rows.lock(summit)
        if stopped := stops_removal(zone):
            raise ValidationError(stopped)
        detail = {"code": zone.code}
        audit.record(by=by, action=ZONE_ACTIONS.remove, target=zone, summit=summit, detail=detail)
        zone.delete()


def arrange(*, summit: Summit, order: Sequence[int], by: User, expected: str = "") -> None:
    """Put a summit's zones in the order of these primary keys.

    `expected` is the `rows.mark` of the order that the user saw. Raises PermissionDenied, and OrderChanged if
    somebody else saved another order since.
    """
    check(by, CHANGE, summit)
    with transaction.atomic():
        rows.lock(summit)
        if moved := rows.arrange(list(Zone.objects.filter(summit=summit)), order, expected):
            detail = {"moved": moved}
            audit.record(by=by, action=ARRANGE, target=summit, summit=summit, detail=detail)
