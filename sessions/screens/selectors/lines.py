"""What a screen shows: the sessions of today and of the next day that has any, as its audience may read them.

The screen itself finds what is on now and next, by the server's time, so that it goes on without a connection.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sessions.agenda.selectors import release_cache, release_changes
from sessions.agenda.selectors.differences import Nature
from sessions.agenda.selectors.release_cache import Current
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.delays.selectors import running
from sessions.draft.selectors.progress import OVERRUN
from sessions.screens.models import Screen
from sessions.visibility.models import DESK, EVERYBODY, RANKS
from summit.summits.directions import directions_by_room
from summit.summits.models import Summit

# For how long a screen says that a session has moved or is cancelled.
TOLD = timedelta(hours=24)
# How long no session runs.
RUN = timedelta(hours=24)


@dataclass(frozen=True)
class Line:
    """A session on a screen. `session` is None for a “Private meeting”, of which only the time and place are told.

    `was` is the session before its time or room changed, or None. `away` says that the session was to be behind this
    door and is elsewhere now. `directions` say by language how one gets to the room.
    """

    starts_at: datetime
    ends_at: datetime
    room: str
    venue: str
    session: Snapshot | None = None
    late: bool = False
    # Whether the session was started and goes on (False), or has ended (True); None if nobody has started it.
    ended: bool | None = None
    was: Snapshot | None = None
    away: bool = False
    cancelled: bool = False
    directions: Mapping[str, str] = field(default_factory=dict)

    @property
    def old_times(self) -> tuple[datetime, datetime] | None:
        """The times before they changed, or None."""
        if self.was is None or (self.was.starts_at, self.was.ends_at) == (self.starts_at, self.ends_at):
            return None
        return self.was.starts_at, self.was.ends_at

    @property
    def old_room(self) -> str:
        """The room before it changed, or ""."""
        return self.was.room_name if self.was is not None and self.was.room_name != self.room else ""


@dataclass(frozen=True)
class Day:
    """How the day runs: the sessions that are announced as late, and of those that were started whether they ended.

    Sessions are primary keys.
    """

    late: frozenset[int] = frozenset()
    ended: frozenset[tuple[int, bool]] = frozenset()


def day(summit: Summit, now: datetime) -> Day:
    """Return how the day runs at a moment. Makes two queries."""
    return Day(running.late_sessions(summit), frozenset(running.runs(summit, now - RUN).items()))


def lines(screen: Screen, at: Current, runs: Day) -> list[Line]:
    """Return the lines of a screen, ordered by time.

    The number of queries doesn't depend on the number of sessions.
    """
    summit, rank = screen.summit, RANKS[screen.audience]
    door = screen.room.public_id if screen.room is not None else ""
    known = [row for row in _sessions(summit, at, rank) if row.times_known]
    before, cancelled = _changes(summit, at, rank)
    directions = directions_by_room(summit)
    found, told = [], set()
    for row in known:
        line = _line(row, before.get(row.session_id), runs, door)
        if line is not None:
            found.append(replace(line, directions=directions.get(row.room_key, {})))
        if not door or row.room_key == door:
            told.add(row.session_id)
    here = {row.session_id for row in known}
    found += [
        Line(each.starts_at, each.ends_at, each.room_name, each.venue_name, each, cancelled=True)
        for key, each in cancelled.items()
        if key not in here and each.times_known and door in ("", each.room_key)
    ]
    if screen.tells_private and rank < DESK:
        found += [
            Line(
                *(row.starts_at, row.ends_at, row.room_name, row.venue_name),
                directions=directions.get(row.room_key, {}),
            )
            for row in _sessions(summit, at, DESK)
            if row.session_id not in told and (row.room_key == door if door else row.room_key)
        ]
    return _of_days(summit, at.moment, sorted(found, key=_order))


def _order(line: Line) -> tuple[datetime, datetime, str, str]:
    return line.starts_at, line.ends_at, line.room, line.session.key if line.session else ""


def _sessions(summit: Summit, at: Current, rank: int) -> list[Snapshot]:
    keys = release_cache.at_rank(at.release, rank)
    read = release_cache.public_rows if rank == EVERYBODY else release_cache.rows
    return [cached.snapshot for cached in read(summit, keys, at.stamp).values()]


def _line(session: Snapshot, was: Snapshot | None, runs: Day, door: str) -> Line | None:
    """Return the line of a session that the audience may read, or None if it doesn't belong to this door."""
    if was is not None and (not was.times_known or _place_and_time(was) == _place_and_time(session)):
        was = None
    away = bool(door) and session.room_key != door and was is not None and was.room_key == door
    if door and session.room_key != door and not away:
        return None
    return Line(
        session.starts_at,
        session.ends_at,
        session.room_name,
        session.venue_name,
        session,
        late=session.session_id in runs.late,
        ended=dict(runs.ended).get(session.session_id),
        was=was,
        away=away,
    )


def _place_and_time(session: Snapshot) -> tuple[datetime, datetime, str]:
    return session.starts_at, session.ends_at, session.room_name


def _changes(summit: Summit, at: Current, rank: int) -> tuple[dict[int, Snapshot], dict[int, Snapshot]]:
    """Return the sessions as they were before the changes of the last TOLD, and those that were cancelled in it.

    Both are dicts by the session's primary key, with what these readers may read now.
    """
    before: dict[int, Snapshot] = {}
    cancelled: dict[int, Snapshot] = {}
    # The newest release comes first, so the oldest state is the one that stays.
    for release_change in release_changes.changes_at(summit=summit, rank=rank):
        if release_change.release.released_at < at.moment - TOLD:
            break
        for change in release_change.changes:
            if change.before is None:
                continue
            before[change.before.session_id] = change.before
            if change.nature == Nature.CANCELLED:
                cancelled.setdefault(change.before.session_id, change.before)
    return before, cancelled


def _of_days(summit: Summit, now: datetime, found: Iterable[Line]) -> list[Line]:
    """Return the lines of today at the venue, and of the next day on which there are any.

    Today has those of yesterday too that go on past midnight, since nobody has ended them or they are late.
    """
    today = _local_day(summit, now)
    listed = [line for line in found if _local_day(summit, line.ends_at) >= today or _goes_on(line, now)]
    next_day = min((each for line in listed if (each := _local_day(summit, line.starts_at)) > today), default=today)
    return [line for line in listed if _local_day(summit, line.starts_at) <= next_day]


def _goes_on(line: Line, now: datetime) -> bool:
    return now < line.ends_at + OVERRUN and (line.ended is False or (line.late and line.ended is None))


def _local_day(summit: Summit, moment: datetime) -> date:
    return moment.astimezone(summit.zone).date()


def days(summit: Summit, now: datetime, found: Iterable[Line]) -> list[date]:
    """Return today at the venue and the days of these lines, in order, each once."""
    return sorted({_local_day(summit, now), *(_local_day(summit, line.starts_at) for line in found)})
