"""The groups of parties that the desks of a summit form."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from delegations.core.services import rows
from delegations.parties.models.groups import PartyGroup
from summit.audit import services as audit
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.partygroup.change"
FIELDS = ("name",)


def enter(*, summit: Summit, values: Mapping[str, Any], by: User) -> PartyGroup:
    """Form a group; its `parties` may be among the values. Raises PermissionDenied, ValidationError with what stops
    it by field."""
    check(by, CHANGE, summit)
    row = PartyGroup(summit=summit)
    rows.enter(row, values, FIELDS, by=by, action="delegations.partygroup.add")
    return row


def change(*, group: PartyGroup, values: Mapping[str, Any], by: User) -> PartyGroup:
    """Change a group and return it as it is now; its `parties` are set as a whole where they are given. Raises
    PermissionDenied, ValidationError with what stops it by field."""
    check(by, CHANGE, group.summit)
    now: PartyGroup
    now, _changed = rows.change(group, values, FIELDS, by=by, action="delegations.partygroup.change")
    return now


def stops_removal(group: PartyGroup) -> str:
    """Return "": nothing hangs on a group, and its parties stay."""
    return ""


def remove(*, group: PartyGroup, by: User) -> None:
    """Delete a group; its parties stay. Raises PermissionDenied."""
    summit = group.summit
    check(by, CHANGE, summit)
    with transaction.atomic():
        detail = {"name": group.name}
        audit.record(by=by, action="delegations.partygroup.remove", target=group, summit=summit, detail=detail)
        group.delete()
