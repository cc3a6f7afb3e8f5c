"""The model of badges. Each belongs to one person."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.models import PublicModel
from summit.core.personal_data import BY_KEY, DataSubject, ProcessingActivity, personal
from summit.people.models import Person
from summit.users.models import User


class BadgeQuerySet(models.QuerySet["Badge"]):
    """A QuerySet of badges."""

    def live(self) -> "BadgeQuerySet":
        """Return the badges that haven't been ended."""
        return self.filter(ended_at__isnull=True)


BADGES = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To control access to the zones of the venue."),
    view="delegations.badge.view",
    change="delegations.issue_badge",
    stays=BY_KEY,
)


class Badge(PublicModel):
    """A badge that was issued to a person. Its number is the public id. Once ended, it is never live again."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="badges", verbose_name=pgettext_lazy("label", "delegation")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="badges", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, BADGES)
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    ended_at = models.DateTimeField(pgettext_lazy("badge", "cancelled on"), null=True, blank=True)
    why = personal(models.CharField(_("reason"), max_length=200, blank=True), BADGES)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], name="badge_live_once", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(name="badge_dead_says_why", condition=Q(ended_at__isnull=True) | ~Q(why="")),
        ]

    def __str__(self) -> str:
        return self.person.label
