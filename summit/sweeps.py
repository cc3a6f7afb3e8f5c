"""Sweeps: tasks that beat asks for again and again, to look for what is due.

How often one begins is decided by the database, which all workers share, and by nobody's clock: a task that is handed
out late, or by a beat or to a worker whose clock is wrong, does the same as any other. One that finds that another
began less than its interval ago returns after one query. What has piled up in a queue is dropped by the worker that
takes it: of the same sweep it hands one to its processes in an interval. One that meets a database that is busy, full
or away leaves its work to the next: a line in the log, and no traceback.
"""

import functools
import time
from collections.abc import Callable
from typing import Any

from celery import Task, current_task, shared_task, signals
from celery.utils.log import get_logger
from celery.worker import strategy as usual
from django.db import OperationalError

from summit.db.transient import is_transient
from summit.domain import upkeep

# When a message was handed to the broker, by the clock of whoever did.
SENT_AT = "sent_at"
# How much a sweep did.
Did = int | None
logger = get_logger(__name__)


@signals.before_task_publish.connect
def note_when_sent(headers: dict[str, object] | None = None, **kwargs: object) -> None:
    """Let a task say when it was sent, by its sender's clock."""
    if headers is not None:
        headers[SENT_AT] = time.time()


def strategy(task: Any, app: Any, consumer: Any, **kwargs: Any) -> Callable[..., None]:
    """Return what a worker does with the message of a sweep: hands it to its processes, or drops it where it has done
    so in most of the last interval. It counts by a clock that nobody can set."""
    hand_on = usual.default(task, app, consumer, **kwargs)
    last: float | None = None

    def take(message: Any, body: Any, ack: Callable[..., None], *args: Any, **more: Any) -> None:
        nonlocal last
        now = time.monotonic()
        if last is not None and now - last < task.every * upkeep.SHARE:
            ack(logger, consumer.connection_errors)
            return
        last = now
        hand_on(message, body, ack, *args, **more)

    return take


class SweepTask(Task):  # type: ignore[type-arg]
    """A sweep, as Celery knows it."""

    Strategy = "summit.sweeps:strategy"
    every = 1.0


def sweep(name: str, *, beats: str, every: float) -> Callable[[Callable[[], Did]], Callable[[], Did]]:
    """Make a task of a function, under a name; a decorator. It runs unless another has begun in most of the last
    `every` seconds, and notes under `beats` that it has. What it returns is logged, where it did something."""

    def add(function: Callable[[], Did]) -> Callable[[], Did]:
        @functools.wraps(function)
        def run() -> Did:
            sent = current_task.request.get(SENT_AT) if current_task else None
            try:
                return function() if upkeep.begins(beats, every=every, sent_at=sent) else None
            except OperationalError as problem:
                if not is_transient(problem):
                    raise
                logger.warning("%s leaves its work to the next: %s", name, problem)
                return None

        return shared_task(name=name, base=SweepTask, every=every)(run)

    return add
