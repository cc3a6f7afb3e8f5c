"""The model of a job: work that takes too long for a request."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.summits.models import Summit
from summit.users.models import User


class JobState(models.TextChoices):
    """The state of a job."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", pgettext_lazy("long work", "failed")
    CANCELLED = "cancelled", pgettext_lazy("long work", "cancelled")


# The allowed changes of state. services.py and running.py write states only according to this table.
TRANSITIONS: dict[str, frozenset[str]] = {
    JobState.WAITING: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    # Claimed again by another worker, put back so that other jobs have their turn, or ended.
    JobState.RUNNING: frozenset(
        {JobState.RUNNING, JobState.WAITING, JobState.DONE, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.DONE: frozenset(),
    # Retried.
    JobState.FAILED: frozenset({JobState.WAITING}),
    JobState.CANCELLED: frozenset({JobState.WAITING}),
}

UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Querysets of jobs, with a filter for the jobs that a worker may claim."""

    def due(self) -> "JobQuerySet":
        """Return the waiting jobs, and the running jobs with an expired lease, by the database's clock."""
        return self.filter(Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, lease_until__lte=Now()))


class Job(PublicModel):
    """Work that a user asked for, done in steps. It stores keys and numbers, no personal data.

    Each step is a transaction that also stores the progress (`checkpoint`). So another worker can continue the job if
    the first worker is killed. `claims` is the fencing token: a worker can store a step only if no other worker has
    claimed the job since.
    """

    kind = models.CharField(_("type"), max_length=40)
    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("requested by"))
    params = models.JSONField(_("parameters"), default=dict)
    # Identifies the work: a user has at most one unfinished job with the same key.
    key = models.CharField(_("key"), max_length=80)

    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    total = models.PositiveBigIntegerField(_("to do"), default=0)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    checkpoint = models.JSONField(_("progress"), default=dict)
    # The result as a code and its values. It is put into words when somebody looks at it.
    result = models.CharField(_("result"), max_length=40, blank=True)
    result_params = models.JSONField(_("result values"), default=dict)
    problem = models.CharField(_("error"), max_length=200, blank=True)

    # The number of claims since the last finished step.
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    claims = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(_("reserved until"), null=True, blank=True, editable=False)
    handed_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("requested"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last activity"), null=True, blank=True)
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
    def act(self) -> str:
        """The key of the act that undoes all that the job does (`summit.undo.services.grouped`)."""
        return f"job:{self.public_id}"

    @property
    def unfinished(self) -> bool:
        """Whether the job waits for a worker or is under way."""
        return self.state in UNFINISHED
