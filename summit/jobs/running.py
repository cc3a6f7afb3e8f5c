"""Doing the work: claim a job, do a step, store how far it came; again, until it is done or others have their turn.

Safe to run twice, late, never, or two at once: the claim is a conditional UPDATE with a lease, and the number of
claims is the fencing token without which nothing is stored. A killed worker's job is claimed again when the lease is
over, and goes on from its last step.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from summit.core.lock_yielding import Turns
from summit.jobs.job_kinds import KINDS, Step
from summit.jobs.models.jobs import Job, JobQuerySet, JobState
from summit.jobs.services import sources

logger = logging.getLogger(__name__)

# A worker that gives no sign of life for so long counts as killed. A step takes a fraction of it.
LEASE = timedelta(seconds=30)
# Seconds after which a worker puts a job back, so that messages and other jobs have their turn; less than the time
# after which a broker hands a task to somebody else.
TURN = 5.0
# How long a job that was handed to a worker is not handed out again; then its queue counts as lost.
HANDED = timedelta(seconds=15)
# Claims without a step coming to its end, after which a job is given up.
MOST_ATTEMPTS = 5


class Lost(Exception):
    """The job isn't this worker's any more: somebody else has claimed or cancelled it."""


def claim(pk: int) -> Job | None:
    """Claim a job that is due and that nobody holds; None where there is none."""
    with transaction.atomic():
        taken = (
            Job.objects.due()
            .filter(pk=pk, state__in=sources(JobState.RUNNING))
            .update(
                state=JobState.RUNNING,
                lease_until=Now() + LEASE,
                attempts=F("attempts") + 1,
                claims=F("claims") + 1,
                started_at=Coalesce("started_at", Now()),
                heartbeat_at=Now(),
            )
        )
        return Job.objects.select_related("by", "summit").get(pk=pk) if taken else None


def run(pk: int) -> None:
    """Work at a job for a turn, if it is due and free."""
    job = claim(pk)
    if job is None:
        return
    if job.attempts > MOST_ATTEMPTS:
        _end(job, JobState.FAILED, problem="worn")
        return
    started, turns = time.monotonic(), Turns()
    try:
        while not step(job):
            turns.give_way()
            if time.monotonic() - started > TURN:
                put_back(job)
                return
        logger.info("job %s (%s) is done, %d of %d", job.public_id, job.kind, job.done, job.total or job.done)
    except Lost:
        logger.info("job %s is somebody else's now", job.public_id)
    except DatabaseError:
        # The lease runs out, and the job goes on where it was.
        raise
    except Exception as problem:  # one job that nobody can do must not stop the others
        logger.exception("job %s failed", job.public_id)
        _end(job, JobState.FAILED, problem=type(problem).__name__)


def step(job: Job) -> bool:
    """Do one step and store how far it came, in one transaction; return whether the job is done.

    Raises Lost, with nothing stored, where the job is somebody else's: the row is asked first, so that of two workers
    one waits for the other's step and then does none.
    """
    with transaction.atomic():
        if not held(job).update(lease_until=Now() + LEASE, heartbeat_at=Now()):
            raise Lost
        made = KINDS[job.kind].step(job)
        values: dict[str, Any] = {
            "done": made.done,
            "total": made.total,
            "checkpoint": made.checkpoint,
            "attempts": 0,
        }
        if made.result is not None:
            values |= _result(made)
        if not held(job).update(**values):
            raise Lost
    job.done, job.total, job.checkpoint = made.done, made.total, made.checkpoint
    return made.result is not None


def _result(made: Step) -> dict[str, Any]:
    assert made.result is not None  # noqa: S101 - asked for by the caller
    return {
        "state": JobState.DONE,
        "result": made.result.code,
        "result_params": made.result.params,
        "lease_until": None,
        "handed_until": None,
        "finished_at": Now(),
    }


def held(job: Job) -> JobQuerySet:
    """The row, if this claim still holds it."""
    return Job.objects.filter(pk=job.pk, claims=job.claims, state=JobState.RUNNING)


def put_back(job: Job) -> None:
    """Let others have their turn: the job waits, and goes on from its last step."""
    held(job).update(state=JobState.WAITING, lease_until=None, handed_until=None, attempts=0)


def _end(job: Job, state: JobState, *, problem: str) -> None:
    held(job).update(state=state, problem=problem[:200], lease_until=None, handed_until=None, finished_at=Now())


def hand_out(*, limit: int = 50) -> Sequence[int]:
    """Return the keys of the jobs that are due: what the sweep queues. Each is marked as handed for HANDED, so that
    the next sweep does not queue it again while a worker has it in its queue."""
    free = Q(handed_until__isnull=True) | Q(handed_until__lte=Now())
    with transaction.atomic():
        keys = list(Job.objects.due().filter(free).order_by("id").values_list("pk", flat=True)[:limit])
        Job.objects.filter(pk__in=keys).update(handed_until=Now() + HANDED)
    return keys
