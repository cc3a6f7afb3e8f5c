"""The Celery application. Start it with `celery -A summit worker` and `celery -A summit beat`."""

import atexit
import gc
import logging.config
import os
import sys
from typing import Any

import celery.apps.worker
from celery import Celery, signals
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connections

from summit import checks
from summit.core import request_ids
from summit.maintenance import releases

__all__ = ["app", "releases"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")

# The task header with the id of the request or task that sent it.
REQUEST_ID = "request_id"

app = Celery("summit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_before_create_process.connect
def freeze_before_fork(**kwargs: object) -> None:
    """Exclude a worker's loaded objects from garbage collection before it forks a process.

    Otherwise the first garbage collection in the new process would copy the memory of these objects, about thirty
    megabytes.
    """
    gc.collect()
    gc.freeze()


@signals.celeryd_init.connect
@signals.beat_init.connect
def end_at_once(**kwargs: object) -> None:
    """Have a worker or beat leave its memory to the system when it ends.

    Otherwise Python looks for garbage among all loaded objects first, for a second of the processor. On a busy
    machine the supervisor then kills what hasn't ended in its time. Connections are closed before: SQLite writes its
    log into the database when the last one is.
    """
    # What was registered last runs first.
    atexit.register(gc.freeze)
    atexit.register(connections.close_all)


@signals.task_prerun.connect
@signals.task_postrun.connect
def close_stale_connections(sender: Any, **kwargs: object) -> None:
    """Close a worker's database connection between tasks if it no longer works or is older than CONN_MAX_AGE.

    Django does the same between requests. Otherwise the connection stays open, because opening a new one takes longer
    than a sweep.
    """
    if not sender.request.is_eager:
        close_old_connections()


@signals.before_task_publish.connect
def pass_request_id_on(headers: dict[str, object] | None = None, **kwargs: object) -> None:
    """Store the id of the request or task that sends a task in the task's headers."""
    request_id = request_ids.current_id()
    if headers is not None and request_id:
        headers[REQUEST_ID] = request_id


@signals.task_prerun.connect
def take_request_id_over(task_id: str, sender: Any, **kwargs: object) -> None:
    """Have everything that a task logs name the id that it was sent with, or its own id.

    A task that is called as a function keeps its caller's.
    """
    if not sender.request.is_eager:
        request_ids.bind(request_ids.accepted(str(sender.request.get(REQUEST_ID) or "")) or task_id)


@signals.task_postrun.connect
def drop_request_id(sender: Any, **kwargs: object) -> None:
    """Drop the id of a task that has ended."""
    if not sender.request.is_eager:
        request_ids.bind("")


@signals.setup_logging.connect
def configure_logging(**kwargs: object) -> None:
    """Set up logging as LOGGING says, like in all other processes.

    If nothing received this signal, Celery would set up its own logging, which drops everything below a warning and
    doesn't hide tokens.
    """
    logging.config.dictConfig(settings.LOGGING)
    # "Warm shutdown" would be the one line of a worker that is no log record.
    celery.apps.worker.safe_say = _log_in_signal_handler  # type: ignore[attr-defined]


def _log_in_signal_handler(message: str, _file: object = None) -> None:
    """Log a message of Celery. In a signal handler, the stream of the logger may be in the middle of a line."""
    record = logging.LogRecord("celery.apps.worker", logging.INFO, "", 0, message, None, None)
    for handler in logging.getLogger().handlers:
        os.write(sys.stderr.fileno(), f"{handler.format(record)}\n".encode())


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_unsafe(**kwargs: object) -> None:
    """Run the production checks before a worker or beat starts. Raises SystemExit with the problems.

    If a receiver of the signal raised any other exception, Celery would start all the same.
    """
    try:
        checks.enforce()
    except ImproperlyConfigured as unsafe:
        raise SystemExit(str(unsafe)) from unsafe
