"""Pairs of people who may be the same person, entered twice."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person
from summit.users.models import User


class DuplicateReason(models.TextChoices):
    """The reasons why two people may be the same, the strongest first."""

    PASSPORT = "passport", _("same passport")
    BIRTH = "birth", _("same date of birth and a similar name")
    NAME = "name", _("same name")
    EMAIL = "email", _("same email address and a similar name")


DUPLICATES = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To find duplicate records of people."),
    view="delegations.duplicatecandidate.view",
    change="delegations.duplicatecandidate.change",
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)


class DuplicateCandidate(models.Model):
    """A pair of people who may be the same person. Protocol decides.

    Pairs are stored because the user who entered `person` may not be allowed to learn of `other`.
    """

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="duplicate_candidates",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, DUPLICATES)
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("resembles"))
    personal(other, DUPLICATES)
    why = models.CharField(_("reason"), max_length=20, choices=DuplicateReason)
    noticed_at = models.DateTimeField(_("found on"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-noticed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="duplicate_candidate_once"),
            models.CheckConstraint(name="duplicate_candidate_of_two", condition=~Q(person=F("other"))),
            models.CheckConstraint(name="duplicate_candidate_why_known", condition=Q(why__in=DuplicateReason.values)),
            models.CheckConstraint(
                name="duplicate_candidate_decided_whole",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
