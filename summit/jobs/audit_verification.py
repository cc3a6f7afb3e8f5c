"""The kind of job that verifies the audit's chain. Each step verifies a slice of the entries.

`manage.py verify_audit` does the same without a job.
"""

from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.audit import verification, verification_messages
from summit.audit.verification import Broken, Mark, VerificationProgress
from summit.jobs.job_kinds import JobKind, JobStep, Result, register
from summit.jobs.models.jobs import Job
from summit.jobs.permissions import may_verify_audit

NAME = "verify_audit"
WHOLE, BROKEN = "whole", "broken"


def step(job: Job) -> JobStep:
    """Verify the next slice of the chain, and return the outcome of the step.

    The job ends at the entry that was the last one when the job began.
    """
    stored = job.checkpoint
    mark = Mark(stored["length"], stored["head"]) if stored else verification.end()
    reached = VerificationProgress(stored["position"], stored["digest"]) if stored else verification.begin()
    reached = verification.advance(reached, mark.length)
    checkpoint = {
        "length": mark.length,
        "head": mark.head,
        "position": reached.position,
        "digest": reached.digest,
    }
    result = None
    if reached.broken is not None or reached.position >= mark.length:
        result = _result(verification.finish(reached, mark), mark)
    return JobStep(reached.position, mark.length, checkpoint, result)


def _result(broken: Broken | None, mark: Mark) -> Result:
    if broken is None:
        return Result(WHOLE, {"length": mark.length, "mark": str(mark) if mark.length else ""})
    at = broken.at.isoformat() if broken.at else None
    return Result(BROKEN, {"position": broken.position, "problem": broken.problem, "key": broken.key, "at": at})


def progress(done: int, total: int) -> str:
    """Return a sentence with the number of entries checked so far."""
    message = ngettext("%(done)d of %(total)d entry checked", "%(done)d of %(total)d entries checked", total)
    return message % {"done": done, "total": total}


def result(job: Job) -> str:
    """Return sentences with the result of a finished verification, and what to do."""
    params = job.result_params
    if job.result == WHOLE:
        number = params["length"]
        message = ngettext("%(number)d entry verified.", "%(number)d entries verified.", number) % {"number": number}
        if not params["mark"]:
            return message
        noted = _("Keep the end of the chain elsewhere to compare it later: %(mark)s") % {"mark": params["mark"]}
        return f"{message} {noted}"
    message = _problem(job)
    todo = _("Don’t change the database. Ask the system administrator to compare it with a backup.")
    return f"{message} {todo}"


def _problem(job: Job) -> str:
    params = job.result_params
    at = datetime.fromisoformat(params["at"]) if params["at"] else None
    return verification_messages.broken(params["problem"], position=params["position"], key=params["key"], at=at)


def checked(job: Job, moment: str) -> str:
    """Return a sentence with the result of a finished verification and `moment`, the time of it in words."""
    params = job.result_params
    if job.result != WHOLE:
        problem = _problem(job)
        return _("%(problem)s Found on %(moment)s.") % {"problem": problem, "moment": moment}
    number = params["length"]
    message = ngettext(
        "%(number)s entry verified on %(moment)s.", "%(number)s entries verified on %(moment)s.", number
    )
    return message % {"number": formats.number_format(number, force_grouping=True), "moment": moment}


VERIFY = register(
    JobKind(
        name=NAME,
        title=gettext_lazy("Verification of the audit log"),
        step=step,
        may=may_verify_audit,
        progress=progress,
        result=result,
        bad=lambda job: job.result == BROKEN,
    )
)
