"""What must be cleared away from time to time, and signs of life."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.core.cache import cache
from django.db.models.functions import Now

from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.maintenance.models import Heartbeat

# Beat's own clock trembles: a sweep begins after this share of its interval.
SHARE = 0.8
# Seconds by which a clock may differ from the database's before somebody is told.
DRIFT = 60.0
# What was noted before that says nothing of the workers that run now.
LATELY = timedelta(minutes=15)
# What else has an end, in the apps above.
_clears: Registry[Callable[[], None]] = Registry()
clears = _clears.register


def clear_expired() -> None:
    """Delete expired sessions of browsers and what the apps above say, and touch the cache, which culls itself when
    it is written."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    for clear in _clears:
        clear()
    cache.set("upkeep", 1)


@dataclass(frozen=True)
class Beats:
    """When each sweep began last, the one that waits longest first, and the database's present moment."""

    rows: Sequence[Heartbeat]
    now: datetime


def beats() -> Beats:
    """Return when each sweep began last. One query, two where none ever has."""
    rows = Heartbeat.objects.order_by("at").annotate(now=Now())
    return Beats(list(rows), rows[0].now if rows else db_now())


def due(intervals: Mapping[str, float]) -> tuple[list[str], datetime]:
    """Return which sweeps may begin, given their intervals in seconds: none has in most of theirs. Those that wait
    longest come first. Beside them the database's present moment."""
    found = beats()
    waited = {row.name: (found.now - row.at).total_seconds() for row in found.rows}
    never = [name for name in intervals if name not in waited]
    again = [name for name, long in waited.items() if name in intervals and long >= intervals[name] * SHARE]
    return never + again, found.now


def begin(name: str, *, every: float, drift: float = 0.0) -> bool:
    """Return whether a sweep begins now, and note it, on the database's clock: none has in most of the last `every`
    seconds. Of two that ask at once one begins. `drift` is noted beside it."""
    free = Heartbeat.objects.filter(pk=name, at__lte=Now() - timedelta(seconds=every * SHARE))
    if free.update(at=Now(), drift=drift):
        return True
    _row, made = Heartbeat.objects.get_or_create(pk=name, defaults={"drift": drift})
    return made


def drift(now: datetime, sent_at: float | None) -> float:
    """Return by how many seconds a clock differs from the database's `now`: this process's, or that of whoever sent a
    task at `sent_at`, in seconds since 1970. What was sent a while ago may have waited, so that only a sender that is
    ahead can be told from one that is right."""
    moment = now.timestamp()
    own, sender = time.time() - moment, 0.0 if sent_at is None else max(0.0, sent_at - moment)
    return max(own, sender, key=abs)


def drifting() -> float:
    """Return by how many seconds the clock of a worker or of beat differs from the database's, 0 where it is near
    enough. One query."""
    return worst_of(Heartbeat.objects.filter(at__gte=Now() - LATELY).order_by().values_list("drift", flat=True))


def worst_of(drifts: Iterable[float]) -> float:
    """Return the largest of some differences in seconds, 0 where all are small enough."""
    worst = max(drifts, key=abs, default=0.0)
    return worst if abs(worst) > DRIFT else 0.0
