"""What is over, on now and next in the agenda, by what was recorded and else by the times; when cached pages change.

Each page and the API ask `state_of`. Screens, which go on without a network, decide the same in their script.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.selectors.progress import OVERRUN
from summit.core.compiled_query import Prepared
from summit.core.database_values import as_moment
from summit.summits.models import Summit

PAST, NOW = "past", "now"
# Seconds after which a page with a line at the present time is made anew.
SLOT = 300
# The present time is told to nobody who looks longer ahead than this.
AHEAD = timedelta(hours=24)


class Timed(Protocol):
    """A session's row with its times and its state on the page.

    `ended` is whether a session that was started has ended, and None for others
    (sessions.delays.selectors.running.mark_runs).
    """

    state: str
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
    started is on at its times.
    """
    if not row.times_known:
        return ""
    if row.ended is not None:
        return PAST if row.ended or now >= row.ends_at + OVERRUN else NOW
    if now < row.starts_at:
        return ""
    return NOW if now < row.ends_at else PAST


def mark(rows: Iterable[Timed], now: datetime) -> None:
    """Set `state` on the rows that are over and on those that are on now. Other rows keep theirs."""
    for row in rows:
        row.state = state_of(row, now) or row.state


def now_and_next(rows: Sequence[Row], now: datetime) -> tuple[list[Row], list[Row]]:
    """Return the rows that are on now, and those that start next, all at the same time, in the given order."""
    current = [row for row in rows if state_of(row, now) == NOW]
    ahead = [row for row in rows if row.times_known and not state_of(row, now)]
    start = min((row.starts_at for row in ahead), default=None)
    return current, [row for row in ahead if row.starts_at == start]


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


def _passed(slug: str) -> QuerySet[Summit, tuple[Any, ...]]:
    rows = ReleasedSession.objects.filter(session__summit=OuterRef("pk")).order_by()
    started = rows.filter(starts_at__lte=Now()).order_by("-starts_at").values("starts_at")[:1]
    ended = rows.filter(ends_at__lte=Now()).order_by("-ends_at").values("ends_at")[:1]
    coming = rows.filter(ends_at__gt=Now()).values("pk")[:1]
    found = Summit.objects.filter(slug=slug).annotate(
        now=Now(), started=Subquery(started), ended=Subquery(ended), coming=Subquery(coming)
    )
    return found.order_by().values_list("now", "time_zone", "started", "ended", "coming")


_PASSED = Prepared(_passed)


def _state(slug: str) -> tuple[Hashable, int | None]:
    """Return a key of what has passed, and the number of the present slot while a summit's sessions are on."""
    for now, zone, started, ended, coming in _PASSED.rows(slug=slug):
        moment = as_moment(now)
        day = moment.astimezone(Summit(time_zone=zone).zone).date()
        is_on = started is not None and coming is not None
        return (str(started), str(ended), day), int(moment.timestamp() // SLOT) if is_on else None
    return None, None


def passed(*, summit: str) -> Hashable:
    """Return a value that changes when a session of a summit starts or ends, and at midnight. Makes one query.

    `summit` is the slug. Cached pages that mark what is on now depend on it.
    """
    return _state(summit)[0]


def passed_slot(*, summit: str) -> Hashable:
    """Return the value of `passed`, which also changes each SLOT seconds while the summit's sessions are on."""
    return _state(summit)
