"""A job: work that takes longer than a page may."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.summits.models import Summit
from summit.users.models import User


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("waits for a worker")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", pgettext_lazy("long work", "failed")
    CANCELLED = "cancelled", pgettext_lazy("long work", "cancelled")


# The one table of what may follow what; services.py and running.py write states by these rows alone.
TRANSITIONS: dict[str, frozenset[str]] = {
    JobState.WAITING: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # Taken up again by another worker, put back for others to have their turn, or at its end.
    JobState.RUNNING: frozenset(
        {JobState.RUNNING, JobState.WAITING, JobState.DONE, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.DONE: frozenset(),
    # Asked for again.
    JobState.FAILED: frozenset({JobState.WAITING}),
    JobState.CANCELLED: frozenset({JobState.WAITING}),
}

UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs."""

    def due(self) -> "JobQuerySet":
        """Return those that wait, and those whose worker has let its lease run out, on the database's clock."""
        return self.filter(Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lte=Now()))


class Job(PublicModel):
    """Work that somebody asked for, done in steps. Holds keys and numbers, no personal value.

    Each step is a transaction that also stores how far it came (`checkpoint`), so that whoever takes up the work of a
    killed worker goes on from there. `claims` is the fencing token: what a worker stores is stored only while nobody
    else has claimed the job since.
    """

    kind = models.CharField(_("kind"), max_length=40)
    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked for by"))
    params = models.JSONField(_("of what"), default=dict)
    # What makes it the same work: asked for twice, it is done once.
    key = models.CharField(_("key"), max_length=80)

    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    total = models.PositiveBigIntegerField(_("to do"), default=0)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    checkpoint = models.JSONField(_("how far it is"), default=dict)
    # What came of it, as a code and its values: its words are made when somebody looks.
    result = models.CharField(_("result"), max_length=40, blank=True)
    result_params = models.JSONField(_("values of the result"), default=dict)
    problem = models.CharField(_("what went wrong"), max_length=200, blank=True)

    # Claims since the last step that came to its end.
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    claims = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True, editable=False)
    handed_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("asked for"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="job_state_known", condition=Q(state__in=JobState.values)),
            models.UniqueConstraint(
                fields=["by", "key"], name="job_once", condition=Q(state__in=[JobState.WAITING, JobState.RUNNING])
            ),
            models.CheckConstraint(
                name="job_running_is_held",
                condition=Q(state=JobState.RUNNING, lease_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="job_finished_has_time",
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING], finished_at__isnull=True)
                | Q(state__in=[JobState.DONE, JobState.FAILED, JobState.CANCELLED], finished_at__isnull=False),
            ),
            models.CheckConstraint(name="job_failure_says_why", condition=~Q(state="failed") | ~Q(problem="")),
            models.CheckConstraint(name="job_done_has_result", condition=~Q(state="done") | ~Q(result="")),
        ]
        indexes = [
            models.Index(fields=["id"], name="job_due", condition=Q(state__in=["waiting", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def unfinished(self) -> bool:
        """Whether it waits or is under way."""
        return self.state in UNFINISHED
