"""Run jobs: claim a job, then do steps and store their progress until the job is done or its turn is over.

`run` is safe to run twice, late, never, or two at once. The claim is a conditional UPDATE with a lease. The number of
claims is the fencing token: a step is stored only if that number hasn't changed. If a worker is killed, its job is
claimed again when the lease ends, and continues after the last stored step.
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
from summit.jobs.job_kinds import KINDS, JobStep
from summit.jobs.models.jobs import Job, JobQuerySet, JobState
from summit.jobs.services import sources

logger = logging.getLogger(__name__)

# A worker that shows no sign of life for this long counts as killed. A step takes a fraction of it.
LEASE = timedelta(seconds=30)
# No lock protects what a kind prepares before the transaction of a step, however long that takes.
PREPARING = timedelta(minutes=5)
# Seconds after which a worker puts a job back, so that messages and other jobs have their turn. Must be less than the
# broker's visibility timeout, after which it gives the task to another worker.
TURN = 5.0
# A queued job isn't queued again for this long. After that its task counts as lost.
HANDED = timedelta(seconds=15)
# The number of claims without a finished step after which a job fails.
MOST_ATTEMPTS = 5


class Lost(Exception):
    """This worker no longer holds the job, because another worker claimed it or a user cancelled it."""


def claim(pk: int) -> Job | None:
    """Claim the job with primary key `pk` and return it, or None if it isn't due or another worker holds it."""
    with transaction.atomic():
        updated = (
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
        return Job.objects.select_related("by", "summit").get(pk=pk) if updated else None


def run(pk: int) -> None:
    """Claim the job with primary key `pk` and do its steps for one turn. Does nothing if the job can't be claimed."""
    job = claim(pk)
    if job is None:
        return
    if job.attempts > MOST_ATTEMPTS:
        _end(job, JobState.FAILED, problem="worn")
        return
    started, turns = time.monotonic(), Turns()
    try:
        while not step(job):
            turns.yield_if_due()
            if time.monotonic() - started > TURN:
                release(job)
                return
        logger.info("job %s (%s) is done, %d of %d", job.public_id, job.kind, job.done, job.total or job.done)
    except Lost:
        logger.info("job %s is somebody else's now", job.public_id)
    except DatabaseError:
        # The job is claimed again when its lease ends, and continues after its last step.
        raise
    except Exception as problem:  # one broken job must not stop the others
        logger.exception("job %s failed", job.public_id)
        _end(job, JobState.FAILED, problem=type(problem).__name__)


def step(job: Job) -> bool:
    """Do one step of a job and store the progress, in one transaction. Return whether the job is done.

    What the job's kind prepares is done before.

    Raises Lost, with nothing stored, if this worker no longer holds the job. The job's row is locked first. If two
    workers do a step at once, the second waits for the first one and then does no step.
    """
    kind, outcome = KINDS[job.kind], None
    if kind.prepare is not None:
        _renew(job, PREPARING)
        outcome = kind.prepare(job)
    with transaction.atomic():
        _renew(job, LEASE)
        if outcome is None:
            outcome = kind.step(job)
        values: dict[str, Any] = {
            "done": outcome.done,
            "total": outcome.total,
            "checkpoint": outcome.checkpoint,
            "attempts": 0,
        }
        if outcome.result is not None:
            values |= _result(outcome)
        if not claimed_rows(job).update(**values):
            raise Lost
    job.done, job.total, job.checkpoint = outcome.done, outcome.total, outcome.checkpoint
    return outcome.result is not None


def _renew(job: Job, lease: timedelta) -> None:
    if not claimed_rows(job).update(lease_until=Now() + lease, heartbeat_at=Now()):
        raise Lost


def _result(outcome: JobStep) -> dict[str, Any]:
    assert outcome.result is not None  # noqa: S101 - asked for by the caller
    return {
        "state": JobState.DONE,
        "result": outcome.result.code,
        "result_params": outcome.result.params,
        "lease_until": None,
        "handed_until": None,
        "finished_at": Now(),
    }


def claimed_rows(job: Job) -> JobQuerySet:
    """Return a queryset with the job's row. It is empty if this worker no longer holds the job."""
    return Job.objects.filter(pk=job.pk, claims=job.claims, state=JobState.RUNNING)


def release(job: Job) -> None:
    """Put a running job back among the waiting ones, so that other jobs have their turn.

    The job continues later after its last step.
    """
    claimed_rows(job).update(state=JobState.WAITING, lease_until=None, handed_until=None, attempts=0)


def _end(job: Job, state: JobState, *, problem: str) -> None:
    claimed_rows(job).update(
        state=state, problem=problem[:200], lease_until=None, handed_until=None, finished_at=Now()
    )


def hand_out(*, limit: int = 50) -> Sequence[int]:
    """Return the primary keys of the jobs that are due, at most `limit`, for the sweep to queue.

    Each job is marked as queued. The next sweeps don't return it again until HANDED has passed.
    """
    not_queued = Q(handed_until__isnull=True) | Q(handed_until__lte=Now())
    with transaction.atomic():
        keys = list(Job.objects.due().filter(not_queued).order_by("id").values_list("pk", flat=True)[:limit])
        Job.objects.filter(pk__in=keys).update(handed_until=Now() + HANDED)
    return keys
