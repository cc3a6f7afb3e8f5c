"""How the day runs: what has started and ended, which sessions are late, what can't move, and new times."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session, refuse_others
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit
from summit.users.models import User


def _by(label: Any, *, null: bool = False) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        User, on_delete=models.PROTECT, null=null, blank=null, related_name="+", verbose_name=label
    )


class SessionRun(models.Model):
    """When a session really started and ended. A session that nobody has started has no such row."""

    session = models.OneToOneField(
        Session, on_delete=models.CASCADE, related_name="run", verbose_name=pgettext_lazy("label", "session")
    )
    started_at = models.DateTimeField(_("started"), db_default=Now())
    started_by = _by(_("started by"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = _by(_("ended by"), null=True)

    class Meta:
        verbose_name = _("running session")
        verbose_name_plural = _("running sessions")
        constraints = [
            models.CheckConstraint(
                name="session_run_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="session_run_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.session)


class DelayNotice(models.Model):
    """The announcement that a session runs late, and that its new time follows. It is open until `ended_at`."""

    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        related_name="delay_notices",
        verbose_name=pgettext_lazy("label", "session"),
    )
    announced_at = models.DateTimeField(_("announced"), db_default=Now())
    announced_by = _by(_("announced by"))
    ended_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    ended_by = _by(_("withdrawn by"), null=True)

    class Meta:
        verbose_name = _("delay announcement")
        verbose_name_plural = _("delay announcements")
        ordering = ["session", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], name="delay_notice_open_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="delay_notice_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.session)


class FixedPointKind(models.TextChoices):
    """What can't move when the day does."""

    LEAVES = "leaves", _("must leave by")
    KITCHEN = "kitchen", _("kitchen serves at")
    BROADCAST = "broadcast", _("broadcast at")
    POOL_CALL = "pool_call", _("pool call at")
    INTERPRETERS = "interpreters", _("interpreters’ maximum")


# Which kinds are about a party, and which about a session.
OF_PARTY = (FixedPointKind.LEAVES.value,)
OF_SESSION = (FixedPointKind.KITCHEN.value, FixedPointKind.BROADCAST.value, FixedPointKind.POOL_CALL.value)


class FixedPoint(PublicModel):
    """Something that doesn't move when sessions do. New times that break it are shown and must be decided.

    LEAVES: the head of `party` must leave by `at`; why isn't said. KITCHEN: `session` can't start after `at`.
    BROADCAST and POOL_CALL: `session` starts at `at` and at no other time. INTERPRETERS: a team, named by its `booth`
    (all if empty), works at most `minutes` a day.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="fixed_points", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("type"), max_length=20, choices=FixedPointKind)
    at = models.DateTimeField(_("time"), null=True, blank=True)
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "delegation"),
        help_text=_("For “must leave by”."),
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="fixed_points",
        verbose_name=pgettext_lazy("label", "session"),
        help_text=_("For the kitchen, broadcasts and pool calls."),
    )
    booth = models.CharField(
        _("booth"),
        max_length=20,
        blank=True,
        validators=[validate_printable],
        help_text=_("For interpreters. Leave blank for every booth."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes a day"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("For interpreters.")
    )

    class Meta:
        verbose_name = _("fixed point")
        verbose_name_plural = _("fixed points")
        ordering = ["summit", "at", "id"]
        constraints = [
            models.CheckConstraint(name="fixed_point_kind_known", condition=Q(kind__in=FixedPointKind.values)),
            models.CheckConstraint(
                name="fixed_point_has_its_subject",
                condition=Q(kind__in=OF_PARTY, party__isnull=False, session__isnull=True, at__isnull=False)
                | Q(kind__in=OF_SESSION, session__isnull=False, party__isnull=True, at__isnull=False)
                | Q(kind="interpreters", party__isnull=True, session__isnull=True, at__isnull=True),
                violation_error_message=_(
                    "“Must leave by” needs a delegation and a time. The kitchen, a broadcast and a pool call need a "
                    "session and a time. Interpreters need neither."
                ),
            ),
            models.CheckConstraint(
                name="fixed_point_minutes_of_interpreters",
                condition=Q(kind="interpreters", minutes__isnull=False, minutes__gt=0)
                | (~Q(kind="interpreters") & Q(minutes__isnull=True, booth="")),
                violation_error_message=_(
                    "Only interpreters have minutes a day and a booth, and they need the minutes."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def clean(self) -> None:
        """Reject a party or session of another summit."""
        refuse_others(
            self.summit_id, party=(self.party_id, Party, "summit"), session=(self.session_id, Session, "summit")
        )


class RetimingState(models.TextChoices):
    """The state of new times for the day."""

    WAITING = "waiting", _("waiting for consent")
    RELEASED = "released", _("released")
    DECLINED = "declined", _("declined")


class Retiming(PublicModel):
    """New times and rooms of some sessions, as they were decided on the day.

    `plan` has a row for each session: its primary key, its old and its new placement. `accepted` has the conflicts in
    words that were accepted, in the summit's language. `digest` identifies the agenda to which the plan applies.

    `split` is empty, or has the session that goes on in a second part, the placement of that part, and the public ids
    of the speeches that are given there. Once it is released, it has the second part, too.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="retimings", verbose_name=pgettext_lazy("label", "summit")
    )
    state = models.CharField(_("state"), max_length=10, choices=RetimingState)
    reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[validate_printable])
    plan = models.JSONField(_("new times"))
    split = models.JSONField(_("second part"), default=dict, blank=True)
    accepted = models.JSONField(_("accepted conflicts"), default=list, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    asked_at = models.DateTimeField(_("proposed"), db_default=Now())
    asked_by = _by(_("proposed by"))
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = _by(_("decided by"), null=True)
    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="retiming", verbose_name=_("release")
    )

    class Meta:
        verbose_name = _("new times")
        verbose_name_plural = _("new times")
        ordering = ["summit", "-id"]
        constraints = [
            models.CheckConstraint(name="retiming_state_known", condition=Q(state__in=RetimingState.values)),
            models.CheckConstraint(
                name="retiming_decided_by_somebody",
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="retiming_released_has_release",
                condition=Q(state="released", release__isnull=False)
                | (~Q(state="released") & Q(release__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.summit.short_name}: {self.get_state_display()}"
