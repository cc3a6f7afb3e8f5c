"""Refuses changes of the draft that make a conflict which the summit blocks."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sessions.agenda.selectors.change_descriptions import span
from sessions.conflicts.models import RoomHold, WarningKind
from sessions.conflicts.room_holds import is_taken
from sessions.conflicts.selectors.policies import policies
from sessions.conflicts.selectors.sentences import sentence
from sessions.conflicts.selectors.warnings import Finding, near
from sessions.draft.change_guards import Blocked, guards
from sessions.draft.models.sessions import Session
from summit.summits.models import Summit

# What identifies a conflict: its kind, whom it concerns, and its sessions.
_Key = tuple[WarningKind, str, frozenset[int]]


@guards.register(10)
@contextmanager
def refuse_blocked(summit: Summit, sessions: list[int], written: Collection[Session]) -> Iterator[None]:
    """Raise Blocked if the change makes a conflict that the summit blocks. Conflicts from before are no obstacle.

    Makes one query if the summit blocks nothing.
    """
    blocked = policies(summit).blocked
    if not blocked:
        yield
        return
    before = {_key(finding) for finding in _blocked(summit, sessions, blocked)}
    try:
        # After a refusal the database is asked who has the room, which PostgreSQL answers only after a savepoint.
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not is_taken(error):
            raise
        raise Blocked(_taken(summit, written)) from error
    new = [finding for finding in _blocked(summit, sessions, blocked) if _key(finding) not in before]
    if new:
        raise Blocked([sentence(finding, summit) for finding in new])


def _taken(summit: Summit, written: Collection[Session]) -> str:
    """Return the refusal of a room that is taken, with the session that has it.

    Whoever may change the draft may see each of its sessions. Makes one query.
    """
    placed = [row for row in written if row.room_id is not None and row.cancelled_at is None]
    keys = [row.pk for row in placed if row.pk is not None]
    holds = RoomHold.objects.filter(room__in=[row.room_id for row in placed]).exclude(session__in=keys)
    held = [
        *((row.room_id, row.starts_at, row.ends_at, row.session) for row in holds.select_related("session")),
        *((row.room_id, *_held(row), row) for row in placed),
    ]
    for row in placed:
        starts_at, ends_at = _held(row)
        for room, since, until, holder in held:
            if room == row.room_id and holder is not row and since < ends_at and starts_at < until:
                words = {"title": holder.title, "time": span(holder.starts_at, holder.ends_at, summit)}
                return (
                    _("The room is taken at this time by “%(title)s” (%(time)s). Choose another room or time.")
                    % words
                )
    return _("The room is taken at this time. Choose another room or another time.")


def _held(row: Session) -> tuple[datetime, datetime]:
    """Return the time for which a session holds its room, with set-up and clear-down."""
    return row.starts_at - timedelta(minutes=row.set_up), row.ends_at + timedelta(minutes=row.clear_down)


def _blocked(summit: Summit, sessions: list[int], blocked: Collection[WarningKind]) -> list[Finding]:
    rows = Session.objects.filter(pk__in=sessions, cancelled_at=None)
    return [finding for finding in near(summit, rows) if finding.kind in blocked]


def _key(finding: Finding) -> _Key:
    return finding.kind, finding.who, frozenset(session.session_id for session in finding.sessions)
