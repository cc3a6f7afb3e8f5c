"""Health checks and metrics for monitoring: whether the process is alive and ready, and the gauges of all apps."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from summit.core.metrics import exposition
from summit.maintenance import heartbeats, upgrades
from summit.permissions.route_access import Gate, route

PLAIN = "text/plain; charset=utf-8"
# A database in a file needs this many free bytes on the disk to store a request's rows.
LEAST_FREE = 8 * 1024 * 1024
LOOPBACK = ("127.0.0.1", "::1")


@route(Gate.EVERYBODY)
def healthz(request: HttpRequest) -> HttpResponse:
    """Return 200 while the process is alive. The check depends on no other service."""
    return HttpResponse("ok\n", content_type=PLAIN, headers={"Cache-Control": "no-store"})


@route(Gate.EVERYBODY)
def readyz(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database is reachable and migrated, otherwise 503.

    For a database in a file, the disk must also have free space. The broker isn't checked, because the web process
    doesn't need it. If the clock of a worker or of beat is wrong, the response says so and is still a 200.
    """
    if _is_full():
        message = "the disk is full: nothing can be written to the database\n"
        return HttpResponse(message, status=503, content_type=PLAIN, headers={"Cache-Control": "no-store"})
    try:
        # Those for after an upgrade wait while this code runs.
        found = upgrades.waiting()
        waiting = [*found.before, *found.held]
        drift = 0.0 if waiting else heartbeats.drifting()
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type=PLAIN, headers={"Cache-Control": "no-store"})
    if waiting:
        message = f"{len(waiting)} migrations wait: run manage.py upgrade before\n"
        return HttpResponse(message, status=503, content_type=PLAIN, headers={"Cache-Control": "no-store"})
    message = f"a worker's or beat's clock differs by {drift:+.0f} s from the database's\n" if drift else ""
    return HttpResponse(f"ok\n{message}", content_type=PLAIN, headers={"Cache-Control": "no-store"})


def _is_full() -> bool:
    """Return whether the disk with the database's file is full. False for PostgreSQL, which checks its own disk."""
    if connection.vendor != "sqlite":
        return False
    try:
        return shutil.disk_usage(settings.VAR_DIR).free < LEAST_FREE
    except OSError:
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
