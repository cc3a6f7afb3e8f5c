"""Adding, changing and deleting a summit's own groups of parties."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from delegations.core.services import rows
from delegations.parties.models.groups import PartyGroup
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.partygroup.change"
FIELDS = ("name",)
PARTY_GROUP_ACTIONS = row_actions(
    "delegations.partygroup",
    add=gettext_lazy("created a group of delegations"),
    change=gettext_lazy("changed a group of delegations"),
    remove=gettext_lazy("deleted a group of delegations"),
)


def create(*, summit: Summit, values: Mapping[str, Any], by: User) -> PartyGroup:
    """Create a group of parties and return it. `values` may include the group's `parties`.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, summit)
    row = PartyGroup(summit=summit)
    rows.create(row, values, FIELDS, by=by, action=PARTY_GROUP_ACTIONS.add)
    return row


def change(*, group: PartyGroup, values: Mapping[str, Any], by: User) -> PartyGroup:
    """Change a group of parties and return it as it is now. If `values` includes `parties`, they replace the stored
    ones.

    Raises PermissionDenied, and ValidationError with the problems by field.
    """
    check(by, CHANGE, group.summit)
    stored: PartyGroup
    stored, _changed = rows.change(group, values, FIELDS, by=by, action=PARTY_GROUP_ACTIONS.change)
    return stored


def stops_removal(group: PartyGroup) -> str:
    """Return "", because nothing prevents the deletion of a group. The parties stay."""
    return ""


def remove(*, group: PartyGroup, by: User) -> None:
    """Delete a group; its parties stay. Raises PermissionDenied."""
    summit = group.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        detail = {"name": group.name}
        audit.record(by=by, action=PARTY_GROUP_ACTIONS.remove, target=group, summit=summit, detail=detail)
        group.delete()
