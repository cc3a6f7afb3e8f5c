"""The job that purges a summit before the nightly purge, a batch in each step."""

from django.utils.translation import gettext_lazy, ngettext

from delegations.privacy.services import retention
from summit.jobs.job_kinds import JobKind, JobStep, Result, register
from summit.jobs.models.jobs import Job
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit

NAME = "purge"
PURGED = "purged"


def step(job: Job) -> JobStep:
    """Purge the next batch of rows and return the job's state.

    Raises PermissionDenied if the job's owner may no longer purge the summit.
    """
    summit = job.summit
    if summit is None:
        raise ValueError("a purge is of a summit")
    checkpoint = job.checkpoint
    if not checkpoint:
        retained = retention.retained_rows(summit=summit, today=retention.today_at(summit))
        checkpoint = {"total": sum(each.due for each in retained), "done": 0}
    purged = retention.purge_batch(summit=summit, by=job.by)
    number = checkpoint["done"] + sum(purged.values())
    total = max(checkpoint["total"], number)
    result = None if purged else Result(PURGED, {"number": number})
    return JobStep(number, total, {"total": total, "done": number}, result)


def may_purge(actor: Actor, summit: Summit | None) -> bool:
    """Return whether somebody may purge a summit."""
    return summit is not None and allows(actor, retention.CHANGE, summit)


def progress(done: int, total: int) -> str:
    """Return a sentence that says how many rows are purged so far."""
    message = ngettext("%(done)d of %(total)d row purged", "%(done)d of %(total)d rows purged", total)
    return message % {"done": done, "total": total}


def result(job: Job) -> str:
    """Return a sentence that says how many rows were purged."""
    number = int(job.result_params["number"])
    return ngettext("%(number)d row purged.", "%(number)d rows purged.", number) % {"number": number}


PURGE = register(
    JobKind(
        name=NAME,
        title=gettext_lazy("Purging expired data"),
        step=step,
        may=may_purge,
        progress=progress,
        result=result,
        bad=lambda job: False,
    )
)
