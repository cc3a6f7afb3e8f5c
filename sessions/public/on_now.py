"""What is over, on now and next in the public agenda, and when cached pages that say so change."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from sessions.agenda.models.releases import ReleasedSession
from summit.core.compiled_query import Prepared
from summit.core.database_values import as_moment
from summit.summits.models import Summit

PAST, NOW = "past", "now"
# Seconds after which a page with a line at the present time is made anew.
SLOT = 300
# The present time is told to nobody who looks longer ahead than this.
AHEAD = timedelta(hours=24)


class Timed(Protocol):
    """A session's row with its times and its state on the page."""

    state: str

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


def mark(rows: Iterable[Timed], now: datetime) -> None:
    """Set `state` on the rows that are over and on those that are on now. Other rows keep theirs.

    Nothing is said of a session whose times the reader may not know.
    """
    for row in rows:
        if row.times_known and row.starts_at <= now:
            row.state = NOW if now < row.ends_at else PAST


def now_and_next(rows: Sequence[Row], now: datetime) -> tuple[list[Row], list[Row]]:
    """Return the rows that are on now, and those that start next, all at the same time, in the given order."""
    timed = [row for row in rows if row.times_known]
    current = [row for row in timed if row.starts_at <= now < row.ends_at]
    start = min((row.starts_at for row in timed if row.starts_at > now), default=None)
    return current, [row for row in timed if row.starts_at == start]


def is_on(summit: Summit, now: datetime) -> bool:
    """Return whether it is one of the summit's days at the venue. Open pages then follow each change at once."""
    return summit.starts_on <= now.astimezone(summit.zone).date() <= summit.ends_on


def next_change(rows: Iterable[Timed], now: datetime) -> datetime | None:
    """Return the next moment at which one of these sessions starts or ends, or None if it is more than a day away."""
    moments = (moment for row in rows if row.times_known for moment in (row.starts_at, row.ends_at))
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
