"""The Celery application. Start it with `celery -A summit worker` and `celery -A summit beat`."""

import gc
import logging.config
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

from summit import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")

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


@signals.task_prerun.connect
@signals.task_postrun.connect
def close_stale_connections(sender: Any, **kwargs: object) -> None:
    """Close a worker's database connection between tasks if it no longer works or is older than CONN_MAX_AGE.

    Django does the same between requests. Otherwise the connection stays open, because opening a new one takes longer
    than a sweep.
    """
    if not sender.request.is_eager:
        close_old_connections()


@signals.setup_logging.connect
def configure_logging(**kwargs: object) -> None:
    """Set up logging as LOGGING says, like in all other processes.

    If nothing received this signal, Celery would set up its own logging, which drops everything below a warning and
    doesn't hide tokens.
    """
    logging.config.dictConfig(settings.LOGGING)


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
