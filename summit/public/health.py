"""Is it alive, is it ready, how does it do."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from summit.core.metrics import exposition
from summit.maintenance import heartbeats

PLAIN = "text/plain; charset=utf-8"
# Bytes that a database in a file needs at least to take a request's rows.
LEAST_FREE = 8 * 1024 * 1024
LOOPBACK = ("127.0.0.1", "::1")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive; asks nobody else."""
    return HttpResponse("ok\n", content_type=PLAIN, headers={"Cache-Control": "no-store"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether the database answers, is migrated and, where it is a file, has room to grow; the broker is no
    condition, since the web needs none. A clock of a worker or of beat that is wrong is told, and no condition
    either."""
    if _is_full():
        said = "the disk is full: nothing can be written to the database\n"
        return HttpResponse(said, status=503, content_type=PLAIN, headers={"Cache-Control": "no-store"})
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        drift = 0.0 if waiting else heartbeats.drifting()
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type=PLAIN, headers={"Cache-Control": "no-store"})
    if waiting:
        said = f"{len(waiting)} migrations wait: run manage.py migrate\n"
        return HttpResponse(said, status=503, content_type=PLAIN, headers={"Cache-Control": "no-store"})
    said = f"a worker's or beat's clock differs by {drift:+.0f} s from the database's\n" if drift else ""
    return HttpResponse(f"ok\n{said}", content_type=PLAIN, headers={"Cache-Control": "no-store"})


def _is_full() -> bool:
    """Return whether a database that is a file has no room left. A server knows of its own disk."""
    if connection.vendor != "sqlite":
        return False
    try:
        return shutil.disk_usage(settings.VAR_DIR).free < LEAST_FREE
    except OSError:
        return False


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the numbers in Prometheus' text format to whoever has METRICS_TOKEN, or without one to loopback.

    Behind a proxy all come from loopback, and not every proxy says for whom: there only the token opens.
    """
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = bool(settings.METRICS_TOKEN) and constant_time_compare(token, settings.METRICS_TOKEN)
    # A proxy that the settings know nothing of may still tell of itself.
    passed_on = settings.BEHIND_PROXY or "X-Forwarded-For" in request.headers
    direct = not passed_on and request.META.get("REMOTE_ADDR") in LOOPBACK
    if not (known or (direct and not settings.METRICS_TOKEN)):
        raise Http404
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")
