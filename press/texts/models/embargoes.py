"""Embargoes: when texts are published."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit
from summit.users.models import User

# In seconds. Shared caches may store each response until the next multiple of this time. A shorter time just before
# a moment would reveal the moment, so the desk sets moments on these multiples.
GRID = 5


class EmbargoMode(models.TextChoices):
    """What an embargo waits for: a moment, or that the press desk marks the speech as delivered."""

    MOMENT = "moment", _("at a set time")
    DELIVERED = "delivered", _("when delivered")


class Embargo(PublicModel):
    """The moment at which the texts that share it are published, and whether they are held.

    Only decisions are stored. In the mode "when delivered" the moment is empty until the press desk marks the speech
    as delivered.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="embargoes", verbose_name=pgettext_lazy("label", "summit")
    )
    mode = models.CharField(_("publication"), max_length=10, choices=EmbargoMode, default=EmbargoMode.MOMENT)
    moment = models.DateTimeField(_("publication time"), null=True, blank=True)
    fallback_at = models.DateTimeField(
        _("alert time"),
        null=True,
        blank=True,
        help_text=_(
            "The press desk is alerted if the speech is not marked as delivered by then. Nothing is published."
        ),
    )
    alarmed_at = models.DateTimeField(_("alert sent"), null=True, blank=True, editable=False)
    tied = models.BooleanField(
        _("joint publication"),
        default=False,
        help_text=_("Nothing is published until every text is approved in every language."),
    )
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("set by")
    )
    held_at = models.DateTimeField(_("on hold"), null=True, blank=True)
    held_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("put on hold by")
    )
    hold_reason = models.CharField(
        _("reason for the hold"), max_length=300, blank=True, validators=[validate_printable]
    )

    class Meta:
        verbose_name = _("embargo")
        verbose_name_plural = _("embargoes")
        ordering = ["moment", "id"]
        indexes = [
            models.Index(fields=["moment"], name="embargo_by_moment"),
            models.Index(fields=["summit", "moment"], name="embargo_of_summit_by_moment"),
        ]
        constraints = [
            models.CheckConstraint(name="embargo_mode_known", condition=Q(mode__in=EmbargoMode.values)),
            # `held_by` is empty if the system held the embargo, for example when a command imports a schedule.
            models.CheckConstraint(
                name="embargo_held_whole",
                condition=Q(held_at__isnull=True, held_by__isnull=True, hold_reason="")
                | (Q(held_at__isnull=False) & ~Q(hold_reason="")),
            ),
            # Only texts that wait for a speech can have an alarm, and an alarm is raised only if its time is set.
            models.CheckConstraint(
                name="embargo_fallback_of_delivery",
                condition=Q(fallback_at__isnull=True) | Q(mode=EmbargoMode.DELIVERED),
            ),
            models.CheckConstraint(
                name="embargo_alarm_of_fallback", condition=Q(alarmed_at__isnull=True) | Q(fallback_at__isnull=False)
            ),
            models.CheckConstraint(
                name="embargo_moment_has_officer", condition=Q(moment__isnull=True) | Q(decided_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.moment.isoformat() if self.moment else str(self.get_mode_display())
