"""The model of a request for an agreement to hand over a person's data."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.core.personal_data import BY_KEY, DataSubject, ProcessingActivity, personal
from summit.people.models import Person
from summit.users.models import User

SUBJECT_ACCESS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To give people a copy of their data."),
    view="summit.hand_over_person",
    stays=BY_KEY,
    logged=False,
)


class SubjectAccessRequest(PublicModel):
    """A request for an agreement to hand over a person's data, by an organiser who may not see all of the data.

    A user who may see the rest agrees. The agreement is for one file.
    """

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, SUBJECT_ACCESS)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by"))
    asked_at = models.DateTimeField(_("requested"), db_default=Now())
    agreed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by"), null=True
    )
    agreed_at = models.DateTimeField(_("approved on"), null=True)
    taken_at = models.DateTimeField(_("downloaded on"), null=True)

    class Meta:
        verbose_name = _("personal data export")
        verbose_name_plural = _("personal data exports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "asked_by"], condition=Q(taken_at__isnull=True), name="subject_access_asked_once"
            ),
            models.CheckConstraint(
                name="subject_access_agreed_by_somebody",
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="subject_access_agreed_by_another",
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="subject_access_taken_when_agreed",
                condition=Q(taken_at__isnull=True) | Q(agreed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
