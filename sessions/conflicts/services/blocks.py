"""Refuses changes of the draft that make a conflict which the summit blocks."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext as _

from sessions.conflicts.models import WarningKind
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
def refuse_blocked(summit: Summit, sessions: list[int]) -> Iterator[None]:
    """Raise Blocked if the change makes a conflict that the summit blocks. Conflicts from before are no obstacle.

    Makes one query if the summit blocks nothing.
    """
    blocked = policies(summit).blocked
    if not blocked:
        yield
        return
    before = {_key(finding) for finding in _blocked(summit, sessions, blocked)}
    try:
        yield
    except IntegrityError as error:
        if not is_taken(error):
            raise
        raise Blocked(_("The room is taken at this time. Choose another room or another time.")) from error
    new = [finding for finding in _blocked(summit, sessions, blocked) if _key(finding) not in before]
    if new:
        raise Blocked([sentence(finding, summit) for finding in new])


def _blocked(summit: Summit, sessions: list[int], blocked: Collection[WarningKind]) -> list[Finding]:
    rows = Session.objects.filter(pk__in=sessions, cancelled_at=None)
    return [finding for finding in near(summit, rows) if finding.kind in blocked]


def _key(finding: Finding) -> _Key:
    return finding.kind, finding.who, frozenset(session.session_id for session in finding.sessions)
