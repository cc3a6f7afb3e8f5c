"""What is over, on now and next in the agenda, by what was recorded and else by the times; when cached pages change.

Each page and the API ask `state_of`. Screens, which go on without a network, decide the same in their script.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.selectors.progress import OVERRUN
from summit.core.process_cache import Memory
from summit.public_base.page_version import Version
from summit.public_base.summits import get_summit
from summit.summits.models import Summit

PAST, NOW = "past", "now"
# Seconds after which a page with a line at the present time is made anew.
SLOT = 300
# The present time is told to nobody who looks longer ahead than this.
AHEAD = timedelta(hours=24)


class Timed(Protocol):
    """A session's row with its times and its state on the page.

    `ended` is whether a session that was started has ended, and None for others
    (sessions.delays.selectors.running.mark_runs). `late` is whether it is announced as running late (mark_late).
    """

    state: str
    late: bool
    ended: bool | None

    @property
    def starts_at(self) -> datetime:
        """The start."""

    @property
    def ends_at(self) -> datetime:
        """The end."""

    @property
    def times_known(self) -> bool:
        """Whether the reader may know the times."""


Row = TypeVar("Row", bound=Timed)


def state_of(row: Timed, now: datetime) -> str:
    """Return NOW, PAST, or "" for a session that is ahead or whose times the reader may not know.

    A session is on from when it is started until it is ended, however early or late that is. One that nobody has
    started is on at its times, unless it is announced as late: then it is ahead, since its new time follows.
    """
    if not row.times_known:
        return ""
    if row.ended is not None:
        return PAST if row.ended or now >= row.ends_at + OVERRUN else NOW
    if now < row.starts_at or (row.late and now < row.ends_at + OVERRUN):
        return ""
    return NOW if now < row.ends_at else PAST


def mark(rows: Iterable[Timed], now: datetime) -> None:
    """Set `state` on the rows that are over and on those that are on now. Other rows keep theirs."""
    for row in rows:
        row.state = state_of(row, now) or row.state


def now_and_next(rows: Sequence[Row], now: datetime) -> tuple[list[Row], list[Row]]:
    """Return the rows that are on now, and those that are next, in the given order.

    Next are those that start next, all at the same time, and those that should be on and are announced as late.
    """
    current = [row for row in rows if state_of(row, now) == NOW]
    ahead = [row for row in rows if row.times_known and not state_of(row, now)]
    start = min((row.starts_at for row in ahead if row.starts_at > now), default=None)
    return current, [row for row in ahead if row.starts_at == start or row.starts_at <= now]


def is_on(summit: Summit, now: datetime) -> bool:
    """Return whether it is one of the summit's days at the venue. Open pages then follow each change at once."""
    return summit.starts_on <= now.astimezone(summit.zone).date() <= summit.ends_on


def next_change(rows: Iterable[Timed], now: datetime) -> datetime | None:
    """Return the next moment at which one of these sessions starts or ends, or None if it is more than a day away.

    Sessions that were started have no such moment: their end is recorded.
    """
    timed = (row for row in rows if row.times_known and row.ended is None)
    moments = (moment for row in timed for moment in (row.starts_at, row.ends_at))
    return min((moment for moment in moments if now < moment <= now + AHEAD), default=None)


@dataclass(frozen=True)
class _Moments:
    """The moments at which the public sessions of a release start, end, or are taken to be over, in order.

    `first` and `last` are the first start and the last end. `zone` is the venue's time zone.
    """

    zone: ZoneInfo
    ordered: tuple[datetime, ...]
    first: datetime | None
    last: datetime | None


# Whatever changes a release or its summit changes the version, so each process reads them once for each version.
_MOMENTS: Memory[_Moments] = Memory(20)


def _moments(version: Version, slug: str) -> _Moments:
    return _MOMENTS.ask((slug, version.whole), lambda: _read(slug))


def _read(slug: str) -> _Moments:
    summit = get_summit(slug)
    times = list(ReleasedSession.objects.public(summit).order_by().values_list("starts_at", "ends_at"))
    moments = {moment for start, end in times for moment in (start, end, end + OVERRUN)}
    first, last = (min(start for start, _end in times), max(end for _start, end in times)) if times else (None, None)
    return _Moments(summit.zone, tuple(sorted(moments)), first, last)


def passed(version: Version, *, summit: str) -> Hashable:
    """Return a value that changes when a public session of a summit starts or ends, and at midnight.

    `summit` is the slug. `version` is the version of its public pages, by whose time it is decided. Cached pages that
    mark what is on now depend on it. Makes no query but two for each new version.
    """
    moments = _moments(version, summit)
    number = bisect_right(moments.ordered, version.now)
    newest = moments.ordered[number - 1] if number else None
    return str(newest), version.now.astimezone(moments.zone).date()


def passed_slot(version: Version, *, summit: str) -> Hashable:
    """Return the value of `passed`, which also changes each SLOT seconds while the summit's sessions are on."""
    moments = _moments(version, summit)
    is_on = moments.first and moments.last and moments.first <= version.now < moments.last
    slot = int(version.now.timestamp() // SLOT) if is_on else None
    return passed(version, summit=summit), slot
