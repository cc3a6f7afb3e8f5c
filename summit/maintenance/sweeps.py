"""Sweeps: what looks again and again for what is due.

Beat asks once a second for one task (`summit.tasks.sweep`), which does each sweep whose time has come. How often one
begins is decided by the database, which all workers share, and by nobody's clock: a task that is handed out late, or
by a beat or to a worker whose clock is wrong, does the same as any other. One that fails keeps none of the others
from their turn: those that wait longest come first. One that meets a database that is busy, full or away leaves its
work to the next: a line in the log, and no traceback.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from celery import signals
from celery.utils.log import get_logger
from django.db import OperationalError

from summit.core.transient_errors import is_transient
from summit.maintenance import heartbeats

# When a message was handed to the broker, by the clock of whoever did.
SENT_AT = "sent_at"
# How much a sweep did; nothing where it doesn't count.
Did = int | None
logger = get_logger(__name__)


@signals.before_task_publish.connect
def note_when_sent(headers: dict[str, object] | None = None, **kwargs: object) -> None:
    """Let a task say when it was sent, by its sender's clock."""
    if headers is not None:
        headers[SENT_AT] = time.time()


@dataclass(frozen=True)
class Sweep:
    """A function that looks for what is due, the name under which it is noted when it began, and after how many
    seconds it begins again."""

    name: str
    every: float
    function: Callable[[], Did]

    def run(self, *, drift: float = 0.0) -> None:
        """Do it, unless another has begun in most of its interval. Logs how much it did, and why it did not."""
        try:
            did = self.function() if heartbeats.begin(self.name, every=self.every, drift=drift) else None
        except Exception as problem:
            if isinstance(problem, OperationalError) and is_transient(problem):
                logger.warning("The sweep %s leaves its work to the next: %s", self.name, problem)
            else:
                logger.exception("The sweep %s failed.", self.name)
            return
        if did:
            logger.info("The sweep %s did %s.", self.name, did)


SWEEPS: dict[str, Sweep] = {}


def sweep(name: str, *, every: float) -> Callable[[Callable[[], Did]], Callable[[], Did]]:
    """Have a function done each `every` seconds; a decorator. Returns the function as it is."""

    def add(function: Callable[[], Did]) -> Callable[[], Did]:
        SWEEPS[name] = Sweep(name, every, function)
        return function

    return add


def run_due(*, sent_at: float | None) -> None:
    """Do each sweep whose time has come. `sent_at` is when somebody asked for it, by their clock."""
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
