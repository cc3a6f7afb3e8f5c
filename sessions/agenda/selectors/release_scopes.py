"""The scope of a release: the whole draft, one day at the venue, or new times and rooms of some sessions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sessions.agenda.selectors.snapshots import Agenda, Snapshot


@dataclass(frozen=True)
class Placement:
    """The time and room of a session. The fields are those of a snapshot; without a room, the names are empty."""

    starts_at: datetime
    ends_at: datetime
    room_key: str
    room_name: str
    venue_name: str


def placement_of(session: Snapshot) -> Placement:
    """Return the time and room of a session."""
    return Placement(session.starts_at, session.ends_at, session.room_key, session.room_name, session.venue_name)


def placed(session: Snapshot, placement: Placement) -> Snapshot:
    """Return a session at another time or in another room."""
    return replace(
        session,
        starts_at=placement.starts_at,
        ends_at=placement.ends_at,
        room_key=placement.room_key,
        room_name=placement.room_name,
        venue_name=placement.venue_name,
    )


def retimed(old: Agenda, placements: Mapping[int, Placement]) -> Agenda:
    """Return the agenda `old` with these sessions, by their primary keys, at other times or in other rooms.

    Nothing else changes, whatever the draft says. Raises KeyError for a session that `old` doesn't have.
    """
    return old | {key: placed(old[key], placement) for key, placement in placements.items()}


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
