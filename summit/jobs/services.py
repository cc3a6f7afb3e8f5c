"""Start, cancel and retry jobs."""

import logging
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.jobs.job_kinds import KINDS
from summit.jobs.models.jobs import TRANSITIONS, UNFINISHED, Job, JobState
from summit.jobs.permissions import check_can_start, check_owns
from summit.summits.models import Summit
from summit.users.models import User

logger = logging.getLogger(__name__)
MOST_OF_KEY = 80


def _title(kind: str) -> str:
    return str(KINDS[kind].title) if kind in KINDS else kind


def _what(facts: Facts) -> dict[str, str]:
    return {"work": _title(str(facts.detail.get("kind", "")))}


START = audit_action(
    "jobs.start",
    lambda facts: _("started a background job: %(work)s") % _what(facts),
    label=gettext_lazy("started a background job"),
)
CANCEL = audit_action(
    "jobs.cancel",
    lambda facts: _("stopped a background job: %(work)s") % _what(facts),
    label=gettext_lazy("stopped a background job"),
)
RETRY = audit_action(
    "jobs.retry",
    lambda facts: _("resumed a background job: %(work)s") % _what(facts),
    label=gettext_lazy("resumed a background job"),
)


class JobProblem(ValueError):
    """The job's state doesn't allow the action. The message says why."""


def sources(target: str) -> list[str]:
    """Return the states from which a job may change to `target`. Every UPDATE to `target` filters by them."""
    return [state for state, following in TRANSITIONS.items() if target in following]


def _key(whole: str) -> str:
    """Return a job's key as it is stored: a key that is too long for the column is shortened and ends in a digest."""
    return whole if len(whole) <= MOST_OF_KEY else f"{whole[:47]}:{sha256(whole.encode()).hexdigest()[:32]}"


def start(*, kind: str, by: User, summit: Summit | None = None, params: dict[str, Any] | None = None) -> Job:
    """Store a job and return it. A worker begins with the job within seconds.

    If the same account has an unfinished job of the same kind, summit and `params`, return that job instead. `params`
    may have only keys and numbers, no personal data. Raises PermissionDenied, and KeyError if the kind isn't
    registered.
    """
    check_can_start(by, kind, summit)
    values = params or {}
    key = _key(
        f"{kind}:{summit.pk if summit else ''}:{':'.join(f'{name}={values[name]}' for name in sorted(values))}"
    )
    try:
        with transaction.atomic():
            job = Job(kind=kind, by=by, summit=summit, params=values, key=key)
            job.save(force_insert=True)
            audit.record(by=by, action=START, target=job, summit=summit, detail={"kind": kind})
    except IntegrityError:
        # The constraint job_once refused a second unfinished job.
        return Job.objects.get(by=by, key=key, state__in=UNFINISHED)
    # A worker logs the same id: so what it does is found from the request.
    logger.info("job %s (%s) is stored", job.public_id, kind)
    return job


def cancel(*, job: Job, by: User) -> None:
    """Stop a job after its current step. Raises PermissionDenied, or JobProblem if the job has ended."""
    check_owns(by, job)
    with transaction.atomic():
        rows = Job.objects.filter(pk=job.pk, state__in=sources(JobState.CANCELLED))
        if not rows.update(state=JobState.CANCELLED, lease_until=None, handed_until=None, finished_at=Now()):
            raise JobProblem(_("This job has already ended."))
        audit.record(by=by, action=CANCEL, target=job, summit=job.summit, detail={"kind": job.kind})


def retry(*, job: Job, by: User) -> None:
    """Let a failed or cancelled job continue after its last step.

    Raises PermissionDenied, or JobProblem if the job waits, runs or is done, or if the same work is under way.
    """
    check_owns(by, job)
    check_can_start(by, job.kind, job.summit)
    try:
        with transaction.atomic():
            rows = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED])
            # The pause doesn't count: the remaining time is estimated from how long the work itself has taken.
            started_at = job.started_at and Now() - ((job.heartbeat_at or job.started_at) - job.started_at)
            if not rows.update(
                state=JobState.WAITING, attempts=0, problem="", finished_at=None, started_at=started_at
            ):
                raise JobProblem(_("Only failed or stopped jobs can be resumed."))
            audit.record(by=by, action=RETRY, target=job, summit=job.summit, detail={"kind": job.kind})
    except IntegrityError:
        raise JobProblem(_("The same job is already running.")) from None
