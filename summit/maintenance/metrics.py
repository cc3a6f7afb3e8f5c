"""Gauges for /metrics about the installation: sweeps, the database's connections, the disk and the version."""

import functools
import shutil
from collections.abc import Iterable

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now

from summit.core.metrics import Gauge, source
from summit.maintenance import heartbeats
from summit.maintenance.models import Heartbeat
from summit.maintenance.sweeps import SWEEPS

# Of PostgreSQL's own processes, such as autovacuum, state is null.
_CONNECTIONS = (
    "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1"
)


@functools.cache
def _intervals() -> dict[str, float]:
    """Return the interval in seconds of each sweep by name. Web processes have loaded no tasks before."""
    current_app.loader.import_default_modules()
    return {name: each.every for name, each in SWEEPS.items()}


def _installed() -> float:
    """Return for how many seconds the installation has existed, by its first migration."""
    migrations = MigrationRecorder(connection).migration_qs.order_by("applied")
    now, began = migrations.values_list(Now(), "applied")[0]
    return max(float((now - began).total_seconds()), 0.0)


@source
def sweeps() -> Iterable[Gauge]:
    """Yield for each sweep the seconds since it began, and by how many it is late; and the age of the last backup.

    What has never happened is as old as the installation: a missing number alarms nobody.
    """
    known = {row.name: max((row.now - row.at).total_seconds(), 0.0) for row in Heartbeat.objects.annotate(now=Now())}
    intervals, installed = _intervals(), _installed()
    backup = known.pop(heartbeats.BACKUP, installed)
    ages = {**dict.fromkeys(intervals, installed), **known}
    since = [({"sweep": name}, age) for name, age in ages.items()]
    yield "summit_sweep_seconds", "Seconds since a sweep last ran: what tells of beat and the workers.", since
    late = [({"sweep": name}, max(age - intervals[name], 0.0)) for name, age in ages.items() if name in intervals]
    yield "summit_sweep_lag_seconds", "Seconds by which a sweep is later than its interval.", late
    yield "summit_backup_seconds", "Seconds since manage.py backup last made a whole backup.", [({}, backup)]


@source
def database() -> Iterable[Gauge]:
    """Yield the number of connections to the database by state, and how many it takes. SQLite counts none."""
    by_state: list[tuple[dict[str, str], float]] = []
    limit: list[tuple[dict[str, str], float]] = []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_CONNECTIONS)
            by_state = [({"state": state}, float(number)) for state, number in cursor.fetchall()]
            cursor.execute("SELECT setting::int FROM pg_settings WHERE name = 'max_connections'")
            limit = [({}, float(number)) for (number,) in cursor.fetchall()]
    yield "summit_database_connections", "Connections to this database by state, of all clients.", by_state
    yield "summit_database_connections_limit", "Connections that the database server takes at most.", limit


@source
def installation() -> Iterable[Gauge]:
    """Yield the version as a label, and the space on the disk of VAR_DIR, where SQLite has its file."""
    yield "summit_build_info", "The version that runs.", [({"version": settings.VERSION}, 1.0)]
    try:
        usage = shutil.disk_usage(settings.VAR_DIR)
    except OSError:
        return
    yield "summit_disk_free_bytes", "Free bytes on the disk of VAR_DIR.", [({}, float(usage.free))]
    yield "summit_disk_bytes", "Size of the disk of VAR_DIR.", [({}, float(usage.total))]
