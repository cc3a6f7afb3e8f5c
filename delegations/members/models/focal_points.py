"""Focal points, who act for a party."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models import checks
from delegations.parties.models.parties import Party
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person

FOCAL_POINTS = ProcessingActivity(
    subjects=DataSubject.FOCAL_POINTS,
    purpose=_("To know who acts for which delegation."),
    view="delegations.focalpoint.view",
    change="delegations.focalpoint.change",
    also_view=("delegations.assist", "agenda.run_day"),
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)


class FocalPoint(models.Model):
    """A person who acts for a party in the portal, and to whom the host writes about the party.

    A focal point need not be a member of the delegation, and may act for several parties.
    """

    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="focal_points",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="focal_for", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, FOCAL_POINTS)
    created_at = models.DateTimeField(_("named on"), auto_now_add=True)

    class Meta:
        verbose_name = _("focal point")
        verbose_name_plural = _("focal points")
        ordering = ["party", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "person"],
                name="focal_point_once",
                violation_error_message=_("This person is already a focal point for the delegation."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    def clean(self) -> None:
        """Raise ValidationError if the person belongs to another summit than the party."""
        checks.check_same_summit(self.party_id, self.person_id)
