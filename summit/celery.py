"""The Celery application: `celery -A summit worker`, `celery -A summit beat`."""

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

    Otherwise the first collection in the new process would copy their memory, about thirty megabytes.
    """
    gc.collect()
    gc.freeze()


@signals.task_prerun.connect
@signals.task_postrun.connect
def close_stale_connections(sender: Any, **kwargs: object) -> None:
    """Keep a worker's database connection between tasks, until CONN_MAX_AGE is over or it no longer works.

    Django does the same between requests. Opening a connection takes longer than a sweep.
    """
    if not sender.request.is_eager:
        close_old_connections()


@signals.setup_logging.connect
def configure_logging(**kwargs: object) -> None:
    """Set up logging by the settings, as in all other processes.

    Without a receiver, Celery sets up its own logging, which drops everything below a warning and doesn't hide
    tokens.
    """
    logging.config.dictConfig(settings.LOGGING)


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_unsafe(**kwargs: object) -> None:
    """Run the production checks before a worker or beat starts. Raises SystemExit with the problems.

    After any other exception of a receiver, Celery would go on.
    """
    try:
        checks.enforce()
    except ImproperlyConfigured as unsafe:
        raise SystemExit(str(unsafe)) from unsafe
