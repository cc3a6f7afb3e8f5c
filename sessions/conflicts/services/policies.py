"""Stores what a summit does about each kind of conflict."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.agenda.selectors.draft_snapshots import draft
from sessions.conflicts.models import ConflictAction, ConflictPolicy, WarningKind
from sessions.conflicts.room_holds import is_taken
from sessions.conflicts.selectors.policies import policies
from sessions.conflicts.selectors.warnings import warnings
from sessions.draft.services.agenda_lock import lock
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = audit_action("agenda.conflictpolicy.change", gettext_lazy("changed what happens at scheduling conflicts"))


def change(
    *, summit: Summit, actions: Mapping[WarningKind, ConflictAction], way_minutes: int | None = None, by: User
) -> bool:
    """Store what happens at each kind of conflict that `actions` names. Return whether anything changed.

    `way_minutes` is the time from one venue to another; None leaves it as it is. Raises PermissionDenied. Raises
    ValidationError if double-booked rooms are to be blocked and the draft still has one: the database then holds
    each room for one session.
    """
    check(by, "agenda.conflictpolicy.change", summit)
    with transaction.atomic():
        lock(summit)
        stored = policies(summit)
        changed = {kind: action for kind, action in actions.items() if stored.action(kind) != action}
        new_way = None if way_minutes == stored.way_minutes else way_minutes
        if not changed and new_way is None:
            return False
        if changed.get(WarningKind.ROOM) == ConflictAction.BLOCK:
            _check_rooms(summit)
        for kind, action in changed.items():
            _store(summit, kind, action=action)
        if new_way is not None:
            _store(summit, WarningKind.WAY, minutes=new_way)
        rules = [kind.value for kind in {*changed, *([WarningKind.WAY] if new_way is not None else [])}]
        audit.record(by=by, action=CHANGE, target=summit, summit=summit, detail={"rules": sorted(rules)})
    return True


def _store(summit: Summit, kind: WarningKind, **values: object) -> None:
    try:
        ConflictPolicy.objects.update_or_create(summit=summit, rule=kind.value, defaults=values)
    except IntegrityError as error:
        if not is_taken(error):
            raise
        raise ValidationError(_rooms_first()) from error


def _check_rooms(summit: Summit) -> None:
    if any(finding.kind == WarningKind.ROOM for finding in warnings(summit, draft(summit))):
        raise ValidationError(_rooms_first())


def _rooms_first() -> str:
    return _("Some rooms are double-booked. Resolve these conflicts, then block new ones.")
