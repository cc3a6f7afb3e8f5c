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
def keep_sharing(**kwargs: object) -> None:
    """Leave what a worker has loaded out of the collector's sight, before it forks a process: that would have a copy
    of its own, thirty megabytes, once its collector has gone through it."""
    gc.collect()
    gc.freeze()


@signals.task_prerun.connect
@signals.task_postrun.connect
def keep_connection(sender: Any, **kwargs: object) -> None:
    """Keep a worker's connection to the database from task to task, as Django keeps that of a web process from
    request to request: until CONN_MAX_AGE is over or it no longer answers. Opening one takes longer than a sweep."""
    if not sender.request.is_eager:
        close_old_connections()


@signals.setup_logging.connect
def keep_logging(**kwargs: object) -> None:
    """Log as all other processes do, by LOG_LEVEL: without a receiver Celery sets up its own, which tells nothing
    below a warning and leaves tokens in."""
    logging.config.dictConfig(settings.LOGGING)


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_unsafe(**kwargs: object) -> None:
    """Keep a worker or beat from starting in an unsafe production. Raises SystemExit with what is wrong: Celery goes
    on after every other exception of a receiver."""
    try:
        checks.enforce()
    except ImproperlyConfigured as unsafe:
        raise SystemExit(str(unsafe)) from unsafe
