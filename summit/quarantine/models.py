"""The checks of uploaded files for viruses."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.users.models import User


class ScanState(models.TextChoices):
    """The state of a file's check for viruses. A file without a check was stored while none was set up."""

    WAITING = "waiting", pgettext_lazy("virus check", "waiting")
    SCANNING = "scanning", pgettext_lazy("virus check", "being checked")
    CLEAN = "clean", pgettext_lazy("virus check", "clean")
    INFECTED = "infected", pgettext_lazy("virus check", "virus found")
    FAILED = "failed", pgettext_lazy("virus check", "could not be checked")


# The allowed changes of state. Every UPDATE to a state filters by its sources.
TRANSITIONS: dict[str, frozenset[str]] = {
    ScanState.WAITING: frozenset({ScanState.SCANNING, ScanState.WAITING}),
    # Claimed again by another worker, put back because the scanner was away, replaced by another file, or finished.
    ScanState.SCANNING: frozenset(
        {ScanState.SCANNING, ScanState.WAITING, ScanState.CLEAN, ScanState.INFECTED, ScanState.FAILED}
    ),
    # Another file in its place, or scanned again.
    ScanState.CLEAN: frozenset({ScanState.WAITING}),
    ScanState.INFECTED: frozenset({ScanState.WAITING}),
    ScanState.FAILED: frozenset({ScanState.WAITING}),
}
PENDING = (ScanState.WAITING, ScanState.SCANNING)
FINISHED = (ScanState.CLEAN, ScanState.INFECTED, ScanState.FAILED)


def sources(target: str) -> list[str]:
    """Return the states from which a check may change to `target`."""
    return [state for state, following in TRANSITIONS.items() if target in following]


class FileScanQuerySet(models.QuerySet["FileScan"]):
    """Querysets of checks."""

    def held(self) -> "FileScanQuerySet":
        """Return the checks of the files that nobody may get. This is the only place that decides it."""
        return self.filter(Q(state=ScanState.INFECTED) | (Q(holds=True) & ~Q(state=ScanState.CLEAN)))

    def due(self) -> "FileScanQuerySet":
        """Return the checks that a worker may claim, by the database's clock."""
        return self.filter(
            Q(state=ScanState.WAITING, due_at__lte=Now()) | Q(state=ScanState.SCANNING, lease_until__lte=Now())
        )


class FileScan(models.Model):
    """The check of one uploaded file: of the row `object_id` of the model `kind`.

    It is stored in the transaction that stores the file. `claims` is the fencing token: it rises with each claim and
    with each new file in the row, so that no result is stored for another file than was scanned.
    """

    summit = models.ForeignKey(
        "summit.Summit", on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("type"), max_length=80)
    object_id = models.PositiveBigIntegerField(_("file"))
    state = models.CharField(_("state"), max_length=10, choices=ScanState, default=ScanState.WAITING)
    # False for files that were stored earlier and are scanned afterwards: they are served unless a virus is found.
    holds = models.BooleanField(default=True, editable=False)
    signature = models.CharField(_("virus"), max_length=200, blank=True)
    problem = models.CharField(_("error"), max_length=200, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    claims = models.PositiveIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    lease_until = models.DateTimeField(_("reserved until"), null=True, blank=True, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), db_default=Now())
    uploaded_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )
    # Of somebody without an account: the actor as the audit names it, such as "mailbox:k3…".
    uploader = models.CharField(max_length=80, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = FileScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("virus check")
        verbose_name_plural = _("virus checks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="filescan_once"),
            models.CheckConstraint(name="filescan_state_known", condition=Q(state__in=ScanState.values)),
            models.CheckConstraint(
                name="filescan_scanning_is_held",
                condition=Q(state="scanning", lease_until__isnull=False)
                | (~Q(state="scanning") & Q(lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="filescan_finished_has_time",
                condition=Q(state__in=["waiting", "scanning"], finished_at__isnull=True)
                | Q(state__in=["clean", "infected", "failed"], finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="filescan_virus_has_name",
                condition=(Q(state="infected") & ~Q(signature="")) | (~Q(state="infected") & Q(signature="")),
            ),
            models.CheckConstraint(name="filescan_failure_says_why", condition=~Q(state="failed") | ~Q(problem="")),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="filescan_due", condition=Q(state__in=["waiting", "scanning"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"

    @property
    def is_pending(self) -> bool:
        """Whether the file still waits for its result."""
        return self.state in PENDING

    @property
    def sentence(self) -> str:
        """Say why nobody gets the file now, and what to do."""
        if self.is_pending:
            return str(_("Being checked for viruses. Reload this page in a minute."))
        if self.state == ScanState.INFECTED:
            message = _("Refused: a virus was found (%(signature)s). The file has been deleted. Choose another file.")
            return str(message % {"signature": self.signature})
        return str(_("This file couldn’t be checked for viruses. The organisers have been told."))
