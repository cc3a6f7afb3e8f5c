"""The scope of a release: the whole draft, or one day at the venue."""

from collections.abc import Iterable
from datetime import date

from sessions.agenda.selectors.snapshots import Agenda, Snapshot


def takes_place_on(session: Snapshot, day: date) -> bool:
    """Return whether at least a part of a session is on this day at its venue."""
    first, last = session.days
    return first <= day <= last


def agenda_to_release(*, old: Agenda, new: Agenda, day: date | None) -> Agenda:
    """Return the agenda of a release of one day: `old`, with the sessions of `day` taken from the draft `new`.

    If `day` is None, return the whole draft. Sessions that are on this day in `old` or in `new` are taken from the
    draft, even if they move from or to another day.
    """
    if day is None:
        return new
    states = [*old.values(), *new.values()]
    on_day = {session.session_id for session in states if takes_place_on(session, day)}
    others = {key: session for key, session in old.items() if key not in on_day}
    return others | {key: session for key, session in new.items() if key in on_day}


def days(sessions: Iterable[Snapshot]) -> list[date]:
    """Return the days on which at least one of these sessions begins, in order."""
    return sorted({session.days[0] for session in sessions})
