"""What follows when sessions get new times: which others move, which would have to but are pinned.

A session moves only as far as it must: until its room is free again, and until the people who attend both sessions
have left the earlier one. Nothing moves to an earlier time, and nothing moves that doesn't meet a moved session.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions.agenda.selectors.release_scopes import Placement, placed, placement_of
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.conflicts.selectors.occupied_times import occupants
from sessions.conflicts.selectors.warning_context import Circumstances
from sessions.draft.models.kinds import SessionKind

# New times are whole multiples of this many minutes after the hour.
GRID = timedelta(minutes=5)
# A break that absorbs a delay keeps at least this length.
SHORTEST_BREAK = timedelta(minutes=10)


@dataclass(frozen=True)
class Cascade:
    """The result: by primary key, the sessions that move, each with its new time, and the pinned ones that stay.

    `moves` has the sessions that were asked for first, the others in order of time. `met` is a dict from each session
    that follows to the moved session that pushes it.
    """

    moves: dict[int, Snapshot]
    met: dict[int, int]
    stays: dict[int, int]


def cascade(
    agenda: Agenda,
    asked: Mapping[int, Placement],
    *,
    about: Circumstances,
    pinned: Collection[int] = (),
    shorten_breaks: bool = True,
    added: Collection[Snapshot] = (),
) -> Cascade:
    """Return what moves when the sessions in `asked` get new times or rooms.

    `pinned` are the primary keys of sessions that stay. With `shorten_breaks`, a break that would be pushed begins
    later and ends as planned, as long as SHORTEST_BREAK remains of it. `added` are sessions that the agenda doesn't
    have yet, such as the second part of one; they are among the moves.

    A session of another day than the ones in `asked`, before or after, never follows.
    """
    moves = {key: placed(agenda[key], placement) for key, placement in asked.items()}
    moves = {key: session for key, session in moves.items() if placement_of(session) != placement_of(agenda[key])}
    moves |= {session.session_id: session for session in added}
    agenda = {**agenda, **{session.session_id: session for session in added}}
    given = {*asked, *(session.session_id for session in added)}
    met: dict[int, int] = {}
    stays: dict[int, int] = {}
    days = {session.days[0] for key, session in moves.items()} | {agenda[key].days[0] for key in moves}
    for session in sorted(agenda.values(), key=lambda each: (each.starts_at, each.ends_at, each.session_id)):
        if session.session_id in given or session.days[0] not in days:
            continue
        start, by = _pushed(session, agenda, moves, about)
        if by is None:
            continue
        if session.session_id in pinned:
            stays[session.session_id] = by
            continue
        moves[session.session_id] = _from(session, start, shorten_breaks=shorten_breaks)
        met[session.session_id] = by
    return Cascade(moves, met, stays)


def _pushed(
    session: Snapshot, agenda: Agenda, moves: Mapping[int, Snapshot], about: Circumstances
) -> tuple[datetime, int | None]:
    """Return the earliest start at which a session meets none of the moved ones, and the one that pushed it last."""
    start, by = session.starts_at, None
    again = True
    while again:
        again = False
        for key, moved in moves.items():
            free = _free_at(moved, session, about)
            # A session that has begun before the moved one isn't pushed: the two are in conflict.
            if free is not None and _leads(moved, agenda[key], session) and moved.starts_at <= start < free:
                start, by, again = _rounded(free, session), key, True
    return start, by


def _leads(moved: Snapshot, before: Snapshot, session: Snapshot) -> bool:
    """Return whether a moved session comes before another one, by its old or by its new start."""
    return min(before.starts_at, moved.starts_at) <= session.starts_at


def _free_at(moved: Snapshot, session: Snapshot, about: Circumstances) -> datetime | None:
    """Return when a session can start after a moved one; None if they share neither room nor people."""
    moments = []
    if moved.room_key and moved.room_key == session.room_key:
        after = about.lead.get(moved.session_id, (timedelta(), timedelta()))[1]
        before = about.lead.get(session.session_id, (timedelta(), timedelta()))[0]
        moments.append(moved.ends_at + after + before)
    if occupants(moved, about) & occupants(session, about):
        moments.append(moved.ends_at)
    return max(moments, default=None)


def _rounded(moment: datetime, session: Snapshot) -> datetime:
    """Return the first moment from this one on that lies on the grid, counted from the session's own start."""
    steps = -((session.starts_at - moment) // GRID)
    return session.starts_at + steps * GRID


def _from(session: Snapshot, start: datetime, *, shorten_breaks: bool) -> Snapshot:
    """Return a session that begins at `start`. It keeps its length, or is a break that gives way."""
    ends_at = start + (session.ends_at - session.starts_at)
    if shorten_breaks and session.kind == SessionKind.BREAK:
        ends_at = max(session.ends_at, start + min(SHORTEST_BREAK, session.ends_at - session.starts_at))
    place = placement_of(session)
    return placed(session, Placement(start, ends_at, place.room_key, place.room_name, place.venue_name))
