"""Writes new times and rooms of several sessions into the working draft, as they are released."""

from collections.abc import Mapping
from typing import Any

from sessions.draft.change_guards import guarded
from sessions.draft.models.sessions import Session
from sessions.draft.services.cancel_and_move import MOVE, leave_rooms
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from summit.audit import services as audit
from summit.summits.models import Summit
from summit.users.models import User


def place(*, summit: Summit, by: User, sessions: Mapping[int, Mapping[str, Any]]) -> int:
    """Write new times and rooms of draft sessions, by their primary keys. Return how many sessions changed.

    Each mapping has the new values of `starts_at`, `ends_at` and `room`; what it leaves out stays as the draft has
    it. The caller has checked the permission, and holds the lock of the agenda in an open transaction. Pins aren't
    asked. Raises Blocked if a conflict arises that the summit blocks.
    """
    rows = list(Session.objects.select_related("room").filter(summit=summit, pk__in=sessions))
    with guarded(summit, list(sessions), rows), watching(by=by, sessions=list(sessions), retimed=True):
        changes = [(row, values) for row in rows if (values := _changed(row, sessions[row.pk]))]
        leave_rooms([row for row, _values in changes])
        for row, values in changes:
            for name, (_before, after) in values.items():
                setattr(row, name, after)
            row.save(update_fields=[*values, "room", "updated_at"])
            detail = audit.values(Session, values)
            audit.record(by=by, action=MOVE, target=row, summit=summit, fields=values, detail=detail)
            rise(row.pk)
    return len(changes)


def _changed(row: Session, place: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return a dict from field to (before, after) for what another place changes."""
    return {name: (getattr(row, name), new) for name, new in place.items() if getattr(row, name) != new}
