"""Heartbeats: when each sweep began last and a backup was made last, and whether the clocks of workers are right.

`clear_expired` deletes expired rows.
"""

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

# Beat isn't exactly on time, so a sweep may begin after this share of its interval.
SHARE = 0.8
# Seconds by which a clock may differ from the database's before it is reported.
DRIFT = 60.0
# Only heartbeats of this age are compared: older ones say nothing about the workers that run now.
LATELY = timedelta(minutes=15)
# The heartbeat of backups: all others are of sweeps.
BACKUP = "backup"
# Functions of the apps above that delete expired rows.
_clears: Registry[Callable[[], None]] = Registry()
clears = _clears.register


def clear_expired() -> None:
    """Delete expired browser sessions, call the functions registered with `clears`, and cull the cache.

    The cache culls itself when something is stored in it.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    for clear in _clears:
        clear()
    cache.set("upkeep", 1)


@dataclass(frozen=True)
class Beats:
    """The heartbeats of all sweeps, the oldest first, and the database's current time."""

    rows: Sequence[Heartbeat]
    now: datetime


def beats() -> Beats:
    """Return the heartbeats of all sweeps. Makes one query, or two if no sweep has run yet."""
    rows = Heartbeat.objects.exclude(pk=BACKUP).order_by("at").annotate(now=Now())
    return Beats(list(rows), rows[0].now if rows else db_now())


def due(intervals: Mapping[str, float]) -> tuple[list[str], datetime]:
    """Return the names of the sweeps that are due, and the database's current time.

    `intervals` is a dict from the name of each sweep to its interval in seconds. A sweep is due if it last began at
    least SHARE × its interval ago, or never. The sweeps that have waited longest come first.
    """
    latest = beats()
    waited = {row.name: (latest.now - row.at).total_seconds() for row in latest.rows}
    never_run = [name for name in intervals if name not in waited]
    overdue = [name for name, long in waited.items() if name in intervals and long >= intervals[name] * SHARE]
    return never_run + overdue, latest.now


def begin(name: str, *, every: float, drift: float = 0.0) -> bool:
    """Return whether a sweep may begin now, and store its heartbeat with `drift` if it may.

    A sweep may begin if it last began at least SHARE × `every` seconds ago, by the database's clock, or never. Of two
    concurrent calls only one returns True.
    """
    startable = Heartbeat.objects.filter(pk=name, at__lte=Now() - timedelta(seconds=every * SHARE))
    if startable.update(at=Now(), drift=drift):
        return True
    _row, created = Heartbeat.objects.get_or_create(pk=name, defaults={"drift": drift})
    return created


def record_backup() -> None:
    """Store that a backup has been made now, by the database's clock."""
    Heartbeat.objects.update_or_create(pk=BACKUP, defaults={"at": Now()})


def last_backup() -> timedelta | None:
    """Return how long ago the last backup was made, or None if none has been made. Makes one query."""
    row = Heartbeat.objects.filter(pk=BACKUP).annotate(now=Now()).first()
    return row.now - row.at if row else None


def drift(now: datetime, sent_at: float | None) -> float:
    """Return by how many seconds this process's clock, or the task sender's, is ahead of the database's `now`.

    Of the two differences, the larger in absolute value is returned. This process's difference may be negative.
    `sent_at` is when the task was sent, by the sender's clock, in seconds since 1970. A sender's clock that is behind
    can't be detected, because the task may have waited.
    """
    moment = now.timestamp()
    own, sender = time.time() - moment, 0.0 if sent_at is None else max(0.0, sent_at - moment)
    return max(own, sender, key=abs)


def drifting() -> float:
    """Return the largest recent difference, in seconds, of a worker's or beat's clock from the database's.

    Returns 0 if all differences are within DRIFT. Makes one query.
    """
    return worst_of(Heartbeat.objects.filter(at__gte=Now() - LATELY).order_by().values_list("drift", flat=True))


def worst_of(drifts: Iterable[float]) -> float:
    """Return the largest in absolute value of some differences in seconds, or 0 if all are within DRIFT."""
    worst = max(drifts, key=abs, default=0.0)
    return worst if abs(worst) > DRIFT else 0.0
