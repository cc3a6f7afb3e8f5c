"""Asking for work, stopping it, and asking again."""

from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from summit.audit import services as audit
from summit.jobs.models.jobs import TRANSITIONS, UNFINISHED, Job, JobState
from summit.jobs.permissions import check_can_start, check_owns
from summit.summits.models import Summit
from summit.users.models import User

MOST_OF_KEY = 80


class JobProblem(ValueError):
    """It can't be done as the work stands; the text says why."""


def sources(target: str) -> list[str]:
    """Return the states from which a job may become `target`: the condition of every UPDATE that does it."""
    return [state for state, following in TRANSITIONS.items() if target in following]


def _key(whole: str) -> str:
    """Return what makes it the same work, as long as its column is: two long lists that begin alike are two."""
    return whole if len(whole) <= MOST_OF_KEY else f"{whole[:47]}:{sha256(whole.encode()).hexdigest()[:32]}"


def start(*, kind: str, by: User, summit: Summit | None = None, params: dict[str, Any] | None = None) -> Job:
    """Store a job; a worker takes it up within seconds. Asked for twice by the same account, it is done once: then
    the job that waits or runs is returned.

    `params` are keys and numbers. Raises PermissionDenied, and KeyError for a kind that nobody registered.
    """
    check_can_start(by, kind, summit)
    given = params or {}
    key = _key(f"{kind}:{summit.pk if summit else ''}:{':'.join(f'{name}={given[name]}' for name in sorted(given))}")
    try:
        with transaction.atomic():
            job = Job(kind=kind, by=by, summit=summit, params=given, key=key)
            job.save(force_insert=True)
            audit.record(by=by, action="jobs.start", target=job, summit=summit, detail={"kind": kind})
    except IntegrityError:
        # The constraint job_once is the last word.
        return Job.objects.get(by=by, key=key, state__in=UNFINISHED)
    return job


def cancel(*, job: Job, by: User) -> None:
    """Stop a job after the step that it is in. Raises PermissionDenied, or JobProblem where it has ended."""
    check_owns(by, job)
    with transaction.atomic():
        rows = Job.objects.filter(pk=job.pk, state__in=sources(JobState.CANCELLED))
        if not rows.update(state=JobState.CANCELLED, lease_until=None, handed_until=None, finished_at=Now()):
            raise JobProblem(_("This work had ended before."))
        audit.record(by=by, action="jobs.cancel", target=job, summit=job.summit, detail={"kind": job.kind})


def retry(*, job: Job, by: User) -> None:
    """Go on with a job that failed or was cancelled, from where it was. Raises PermissionDenied, or JobProblem where
    it can't go on: it waits, runs or is done, or the same work is under way."""
    check_owns(by, job)
    check_can_start(by, job.kind, job.summit)
    try:
        with transaction.atomic():
            rows = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED])
            # The pause doesn't count: what is left is told from how long the work itself has taken.
            began = job.started_at and Now() - ((job.heartbeat_at or job.started_at) - job.started_at)
            if not rows.update(state=JobState.WAITING, attempts=0, problem="", finished_at=None, started_at=began):
                raise JobProblem(_("Only work that failed or was cancelled goes on."))
            audit.record(by=by, action="jobs.retry", target=job, summit=job.summit, detail={"kind": job.kind})
    except IntegrityError:
        raise JobProblem(_("The same work is under way already.")) from None
