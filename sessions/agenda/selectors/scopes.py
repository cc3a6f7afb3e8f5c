"""What of the draft a release takes: all of it, or what stands on one day of the venue."""

from collections.abc import Iterable
from datetime import date

from sessions.agenda.selectors.snapshots import Agenda, Snapshot


def stands_on(session: Snapshot, day: date) -> bool:
    """Return whether a session is on a day of its venue, in part at least."""
    first, last = session.days
    return first <= day <= last


def taken(*, old: Agenda, new: Agenda, day: date | None) -> Agenda:
    """Return what a release would hold that takes one day of the draft `new` after `old`; all of it without a day.

    What stands on that day before or after goes with it, wherever it comes from or goes to.
    """
    if day is None:
        return new
    states = [*old.values(), *new.values()]
    moves = {session.session_id for session in states if stands_on(session, day)}
    kept = {key: session for key, session in old.items() if key not in moves}
    return kept | {key: session for key, session in new.items() if key in moves}


def days(sessions: Iterable[Snapshot]) -> list[date]:
    """Return the days on which one of these begins, in their order."""
    return sorted({session.days[0] for session in sessions})
