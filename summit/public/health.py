"""Health checks and metrics for monitoring: whether the process is alive and ready, and the gauges of all apps."""

import shutil
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from summit.core.metrics import exposition
from summit.core.transient_errors import is_disk_full
from summit.maintenance import heartbeats, upgrades
from summit.permissions.route_access import Gate, route

PLAIN = "text/plain; charset=utf-8"
# A database in a file needs this many free bytes on the disk to store a request's rows.
LEAST_FREE = 8 * 1024 * 1024
# With little memory PostgreSQL sorts this megabyte in a file: that needs room on the disk and leaves nothing.
_SORT = "SELECT count(*) FROM (SELECT repeat('x', 200) || n AS line FROM generate_series(1, 4000) n ORDER BY 1) lines"
LOOPBACK = ("127.0.0.1", "::1")


@route(Gate.EVERYBODY)
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 while the process is alive. The check depends on no other service."""
    return HttpResponse("ok\n", content_type=PLAIN, headers={"Cache-Control": "no-store"})


@route(Gate.EVERYBODY)
def readyz(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database is reachable, migrated, and has free space on its disk, otherwise 503.

    The broker isn't checked, because the web process
    doesn't need it. If the clock of a worker or of beat is wrong, the response says so and is still a 200.
    """
    try:
        reason, message = _not_ready(), ""
        if not reason and (drift := heartbeats.drifting()):
            message = f"a worker's or beat's clock differs by {drift:+.0f} s from the database's\n"
    except DatabaseError:
        reason = "no database\n"
    status, content = (503, reason) if reason else (200, f"ok\n{message}")
    return HttpResponse(content, status=status, content_type=PLAIN, headers={"Cache-Control": "no-store"})


def _not_ready() -> str:
    """Return why the database can't be used, or "". Raises DatabaseError if it can't be reached."""
    if _is_full():
        return "the disk is full: nothing can be written to the database\n"
    # Those for after an upgrade wait while this code runs.
    found = upgrades.waiting()
    waiting = len([*found.before, *found.held])
    return f"{waiting} migrations wait: run manage.py upgrade before\n" if waiting else ""


def _is_full() -> bool:
    """Return whether the disk of the database is full. Raises DatabaseError if that can't be asked."""
    if connection.vendor == "sqlite":
        with suppress(OSError):
            return shutil.disk_usage(settings.VAR_DIR).free < LEAST_FREE
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64kB'")
            cursor.execute(_SORT)
    except OperationalError as problem:
        if is_disk_full(problem):
            return True
        raise
    return False


@route(Gate.EVERYBODY)
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics in Prometheus' text format to requests with METRICS_TOKEN. Raises Http404 for others.

    If no token is set, requests from loopback get the metrics. Behind a proxy a token is always needed: there all
    requests come from loopback, and not every proxy names the client.
    """
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    has_token = bool(settings.METRICS_TOKEN) and constant_time_compare(token, settings.METRICS_TOKEN)
    # The header reveals a proxy that isn't in the settings.
    proxied = settings.BEHIND_PROXY or "X-Forwarded-For" in request.headers
    direct = not proxied and request.META.get("REMOTE_ADDR") in LOOPBACK
    if not (has_token or (direct and not settings.METRICS_TOKEN)):
        raise Http404
    metrics_text = exposition(several_processes=bool(request.META.get("wsgi.multiprocess")))
    return HttpResponse(metrics_text, content_type="text/plain; version=0.0.4; charset=utf-8")
