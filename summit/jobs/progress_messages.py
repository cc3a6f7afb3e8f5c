"""A job in words: its progress, its result, and what to do."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from summit.admin_base.progress_bar import Progress, time_left
from summit.jobs.job_kinds import KINDS
from summit.jobs.models.jobs import Job, JobState

SIGNS: dict[str, str] = {
    JobState.WAITING: "wait",
    JobState.RUNNING: "wait",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "off",
}


MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class JobProgress:
    """A job as the job's page and the lists of jobs show it.

    `said` is the job's result, or what went wrong and what to do. `word` is its state in a word, and `sign` says how
    that word is marked.
    """

    job: Job
    title: str
    word: str
    sign: str
    said: str
    progress: Progress

    @property
    def asked(self) -> str:
        """How long ago the user asked for the job, in words."""
        at = self.job.created_at
        return _("just now") if timezone.now() - at < MINUTE else _("%(since)s ago") % {"since": timesince(at)}


def job_progress(job: Job) -> JobProgress:
    """Return a job in words. If its kind isn't registered any more, the title is the kind's name."""
    kind = KINDS.get(job.kind)
    bad = job.state == JobState.FAILED or (job.state == JobState.DONE and kind is not None and kind.bad(job))
    message = kind.progress(job.done, job.total) if kind and job.total else ""
    if job.state == JobState.WAITING and not job.done:
        message = _("It starts within a few seconds.")
    state = "" if job.unfinished else "bad" if bad else "good" if job.state == JobState.DONE else "off"
    return JobProgress(
        job=job,
        title=str(kind.title) if kind else job.kind,
        word=str(job.get_state_display()),
        sign="bad" if bad else SIGNS[job.state],
        said=_outcome_message(job),
        progress=Progress(job.done, job.total, message, _remaining_time(job), state),
    )


def _remaining_time(job: Job) -> str:
    if job.state != JobState.RUNNING or job.started_at is None or job.heartbeat_at is None:
        return ""
    return time_left(job.done, job.total, (job.heartbeat_at - job.started_at).total_seconds())


def _outcome_message(job: Job) -> str:
    kind = KINDS.get(job.kind)
    if job.state == JobState.DONE:
        return kind.result(job) if kind else ""
    if job.state == JobState.CANCELLED:
        return _("You stopped this job. Its progress is saved and you can resume it.")
    if job.state != JobState.FAILED:
        return ""
    if job.problem == "worn":
        return _(
            "The worker stopped several times at the same step. Resume the job once. If it fails again, ask the "
            "system administrator to check the workers’ log."
        )
    return _(
        "An unexpected error stopped the job. Resume it once. If it fails again, ask the system administrator to "
        "check the workers’ log (%(problem)s)."
    ) % {"problem": job.problem}
