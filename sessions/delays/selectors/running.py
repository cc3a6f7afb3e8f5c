"""How the sessions of a day stand: which have started, ended, or run late."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from django.db.models import Exists, Max, OuterRef

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.release_scopes import takes_place_on
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.delays.models import DelayNotice, Retiming, RetimingState, SessionRun
from sessions.draft.models.participants import Slot
from sessions.draft.selectors.progress import OVERRUN
from summit.summits.models import Summit


class RunState(StrEnum):
    """Where a session stands at a moment."""

    AHEAD = "ahead"
    # Its start is past, and nobody has started it.
    DUE = "due"
    # As DUE, and it is announced as late: it is ahead, and its new time follows.
    LATE = "late"
    RUNNING = "running"
    # Its end is past, and nobody has ended it.
    OVER = "over"
    ENDED = "ended"
    # Its end is past, and nobody has recorded its start.
    PAST = "past"


# The states of the sessions that are on: the same that pages of readers have as on (sessions.public.on_now).
ON = (RunState.DUE, RunState.RUNNING, RunState.OVER)


@dataclass(frozen=True)
class RunningSession:
    """A session with its run and its open delay notice, if there are any, at the moment `now`."""

    session: Snapshot
    run: SessionRun | None
    notice: DelayNotice | None
    now: datetime
    has_drafted_speeches: bool = False

    @property
    def state(self) -> RunState:
        """Where the session stands."""
        ends_at = self.session.ends_at
        if self.run is not None:
            if self.run.ended_at is not None or self.now >= ends_at + OVERRUN:
                return RunState.ENDED
            return RunState.RUNNING if self.now < ends_at else RunState.OVER
        if self.now < self.session.starts_at:
            return RunState.AHEAD
        if self.notice is not None and self.now < ends_at + OVERRUN:
            return RunState.LATE
        return RunState.DUE if self.now < ends_at else RunState.PAST

    @property
    def has_speeches(self) -> bool:
        """Whether the session has a speakers' list to run, be it released or not."""
        return self.has_drafted_speeches or bool(self.session.by_role(ReleasedRole.SPEAKER))

    @property
    def minutes_late(self) -> int:
        """Whole minutes since a session that hasn't started was due, or since one that hasn't ended should have."""
        starts_at, ends_at = self.session.starts_at, self.session.ends_at
        since = {RunState.DUE: starts_at, RunState.LATE: starts_at, RunState.OVER: ends_at}.get(self.state, self.now)
        return int((self.now - since) / timedelta(minutes=1))


def open_notices(summit: Summit) -> dict[int, DelayNotice]:
    """Return a dict from the primary key of each session that is announced as late to its notice. Makes one query."""
    rows = DelayNotice.objects.filter(session__summit=summit, ended_at=None)
    return {row.session_id: row for row in rows}


def late_sessions(summit: Summit) -> frozenset[int]:
    """Return the primary keys of the sessions that are announced as late. Makes one query."""
    rows = DelayNotice.objects.filter(session__summit=summit, ended_at=None)
    return frozenset(rows.values_list("session_id", flat=True))


class Listed(Protocol):
    """A released session in a list."""

    late: bool

    @property
    def session_id(self) -> int:
        """The primary key of the session."""

    @property
    def times_known(self) -> bool:
        """Whether the reader may know the times."""


def mark_late(summit: Summit, rows: Iterable[Listed]) -> None:
    """Set `late` on the sessions that are announced as late, unless the reader may not know their times.

    Makes one query.
    """
    late = late_sessions(summit)
    for row in rows:
        row.late = row.times_known and row.session_id in late


def is_late(session: str) -> Exists:
    """Return the expression that a row's session is announced as late. `session` is the column with its key."""
    return Exists(DelayNotice.objects.filter(session=OuterRef(session), ended_at=None))


def last_announced(sessions: Iterable[int]) -> datetime | None:
    """Return when an announcement that one of these sessions runs late was last made or ended, or None.

    `sessions` are primary keys. Makes one query.
    """
    rows = DelayNotice.objects.filter(session__in=list(sessions))
    found = rows.aggregate(made=Max("announced_at"), ended=Max("ended_at"))
    return max(filter(None, found.values()), default=None)


def runs(summit: Summit, since: datetime | None = None) -> dict[int, bool]:
    """Return a dict from each session that was started, after a moment, to whether it has ended, by primary key.

    Makes one query.
    """
    rows = SessionRun.objects.filter(session__summit=summit)
    if since is not None:
        rows = rows.filter(started_at__gt=since)
    return {session: ended is not None for session, ended in rows.values_list("session_id", "ended_at")}


class Run(Protocol):
    """A released session in a list, with what was recorded of it."""

    ended: bool | None

    @property
    def session_id(self) -> int:
        """The primary key of the session."""

    @property
    def times_known(self) -> bool:
        """Whether the reader may know the times."""


def mark_runs(summit: Summit, rows: Iterable[Run]) -> None:
    """Set `ended` on the sessions that were started, unless the reader may not know their times.

    It is whether they have ended, and None for the others. Makes one query.
    """
    known = runs(summit)
    for row in rows:
        row.ended = known.get(row.session_id) if row.times_known else None


def running(summit: Summit, sessions: Collection[Snapshot], now: datetime) -> list[RunningSession]:
    """Return how these sessions stand, in order of time. Makes three queries."""
    keys = [session.session_id for session in sessions]
    runs = {run.session_id: run for run in SessionRun.objects.filter(session__in=keys).select_related("started_by")}
    drafted = set(Slot.objects.filter(session__in=keys).order_by().values_list("session_id", flat=True).distinct())
    notices = open_notices(summit)
    ordered = sorted(sessions, key=lambda each: (each.starts_at, each.ends_at, each.session_id))
    return [
        RunningSession(each, runs.get(each.session_id), notices.get(each.session_id), now, each.session_id in drafted)
        for each in ordered
    ]


def of_day(summit: Summit, sessions: Iterable[Snapshot], day: date, now: datetime) -> list[RunningSession]:
    """Return how the sessions of a day stand, in order of time. Makes three queries.

    Today has those of another day too that are on or late: begun before midnight and not ended, or begun early.
    """
    is_today = day == now.astimezone(summit.zone).date()
    near = [
        session
        for session in sessions
        if takes_place_on(session, day)
        or (is_today and session.starts_at - OVERRUN <= now < session.ends_at + OVERRUN)
    ]
    rows = running(summit, near, now)
    return [row for row in rows if row.state in (*ON, RunState.LATE) or takes_place_on(row.session, day)]


def released_on(summit: Summit, day: date) -> list[Retiming]:
    """Return the new times that were released on a day at the venue, the latest first. Makes one query."""
    starts = datetime.combine(day, time(), tzinfo=summit.zone)
    rows = Retiming.objects.filter(
        summit=summit,
        state=RetimingState.RELEASED,
        decided_at__gte=starts,
        decided_at__lt=datetime.combine(day + timedelta(days=1), time(), tzinfo=summit.zone),
    )
    return list(rows.order_by("-decided_at", "-pk"))


def waiting(summit: Summit) -> list[Retiming]:
    """Return the new times that wait for an organiser's consent, the oldest first. Makes one query."""
    rows = Retiming.objects.filter(summit=summit, state=RetimingState.WAITING)
    return list(rows.select_related("asked_by").order_by("pk"))
