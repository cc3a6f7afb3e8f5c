"""Sweeps: functions that run at intervals and do the work that is due.

Beat sends one task each second (`summit.tasks.sweep`), which runs each sweep that is due. The database's clock, which
all workers share, decides when a sweep is due. So a task has the same effect if it arrives late, or if the clock of
beat or of the worker is wrong.

A sweep that fails doesn't keep the others from running. The sweeps that have waited longest run first. If the
database is busy, full or unreachable, the work is left to the next run. Then the log has a line without a traceback.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from celery import signals
from celery.utils.log import get_logger
from django.db import OperationalError

from summit.core.transient_errors import is_transient
from summit.maintenance import heartbeats

# The task header that holds when the message was sent to the broker, by the sender's clock.
SENT_AT = "sent_at"
# The number of things that a sweep did; None where it doesn't count them.
Did = int | None
logger = get_logger(__name__)


@signals.before_task_publish.connect
def set_sent_at_header(headers: dict[str, object] | None = None, **kwargs: object) -> None:
    """Store in a task's headers when the task is sent, by the sender's clock, in seconds since 1970."""
    if headers is not None:
        headers[SENT_AT] = time.time()


@dataclass(frozen=True)
class Sweep:
    """A function that does the work that is due, with the name of its heartbeat and its interval in seconds."""

    name: str
    every: float
    function: Callable[[], Did]

    def run(self, *, drift: float = 0.0) -> None:
        """Run the sweep, unless it has begun recently (see `heartbeats.begin`). Errors are logged and not raised."""
        try:
            result = self.function() if heartbeats.begin(self.name, every=self.every, drift=drift) else None
        except Exception as problem:
            if isinstance(problem, OperationalError) and is_transient(problem):
                logger.warning("The sweep %s leaves its work to the next: %s", self.name, problem)
            else:
                logger.exception("The sweep %s failed.", self.name)
            return
        if result:
            logger.info("The sweep %s did %s.", self.name, result)


SWEEPS: dict[str, Sweep] = {}


def sweep(name: str, *, every: float) -> Callable[[Callable[[], Did]], Callable[[], Did]]:
    """Return a decorator that registers a function as a sweep, to be run each `every` seconds.

    The decorator returns the function unchanged.
    """

    def add(function: Callable[[], Did]) -> Callable[[], Did]:
        SWEEPS[name] = Sweep(name, every, function)
        return function

    return add


def run_due(*, sent_at: float | None) -> None:
    """Run each sweep that is due.

    `sent_at` is when the task was sent, by the sender's clock, in seconds since 1970; None if it is unknown.
    """
    try:
        names, now = heartbeats.due({each.name: each.every for each in SWEEPS.values()})
    except OperationalError as problem:
        if not is_transient(problem):
            raise
        logger.warning("The sweeps leave their work to the next: %s", problem)
        return
    drift = heartbeats.drift(now, sent_at)
    for name in names:
        SWEEPS[name].run(drift=drift)
