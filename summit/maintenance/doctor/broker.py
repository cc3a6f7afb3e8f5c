"""Checks of the broker, and of who takes tasks from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from summit.maintenance.doctor.findings import Finding, fail, first_line, ok, warn

# Seconds for which workers may take to answer.
PATIENCE = 1.5
UNREACHABLE = (OSError, OperationalError)


def _open() -> Any:
    """Return a connection to the broker, which has answered. Raises one of UNREACHABLE."""
    found = current_app.connection_for_write(connect_timeout=2)
    return found.ensure_connection(max_retries=1, timeout=4)


def version_of(found: Any) -> str:
    """Return the name and the version of the broker behind an open connection."""
    if found.transport.driver_type == "redis":
        told = found.default_channel.client.info("server")
        name = str(told.get("server_name") or "redis")
        return f"{name.capitalize()} {told.get(f'{name}_version') or told.get('redis_version') or '?'}"
    properties = found.connection.server_properties
    return f"{properties.get('product', 'AMQP')} {properties.get('version', '')}".strip()


def reachable() -> list[Finding]:
    """The broker answers."""
    if not settings.REDIS_URL and not (settings.BROKER_SOCKET and settings.BROKER_SOCKET.exists()):
        return [warn("the embedded broker isn't running", "Start it with make run, or set REDIS_URL.")]
    try:
        with _open() as found:
            return [ok(f"{version_of(found)} answers")]
    except UNREACHABLE as problem:
        todo = "Start it, or correct REDIS_URL. Nothing is lost meanwhile."
        return [fail(f"no answer: {first_line(problem)}", todo)]


def queues() -> list[Finding]:
    """Each queue has a worker that takes from it."""
    try:
        found = _active()
    except UNREACHABLE:
        return [fail("the broker doesn't answer, so that none can be asked", "See to the broker first.")]
    names = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    missing = sorted(names - {queue["name"] for queues in found.values() for queue in queues})
    if missing:
        return [fail(f"none takes from {', '.join(missing)}", "Start a worker for each queue.")]
    return [ok(f"{len(found)} of them take from {', '.join(sorted(names))}")]


def _active() -> Mapping[str, Sequence[Any]]:
    if not settings.REDIS_URL and not (settings.BROKER_SOCKET and settings.BROKER_SOCKET.exists()):
        return {}
    with _open() as found:
        return current_app.control.inspect(connection=found, timeout=PATIENCE).active_queues() or {}
