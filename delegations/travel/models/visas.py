"""Visa support letters."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.encrypted_fields import EncryptedTextField
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class VisaState(models.TextChoices):
    """The state of a visa support letter."""

    ASKED = "asked", _("requested")
    ISSUED = "issued", pgettext_lazy("letter", "issued")
    REFUSED = "refused", _("refused")
    VOID = "void", pgettext_lazy("letter", "cancelled")


VISA_LETTERS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To support visa applications."),
    view="delegations.visaletter.view",
    change="delegations.ask_visa",
    kept_as=PersonalDataKind.VISA,
)


class VisaLetter(PublicModel):
    """A letter with which the host supports a person's visa application."""

    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="visa_letters",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="visa_letters",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, VISA_LETTERS)
    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    embassy = personal(
        models.CharField(
            _("place of application"),
            max_length=200,
            validators=[validate_printable],
            help_text=_("The host’s embassy or consulate, such as “British Embassy in Tunis”."),
        ),
        VISA_LETTERS,
    )
    state = models.CharField(_("state"), max_length=10, choices=VisaState, default=VisaState.ASKED)
    asked_at = models.DateTimeField(_("requested on"), auto_now_add=True)
    # The letter gets its number when it is issued, from one in each summit. The letter's reference contains it.
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = personal(
        models.CharField(_("reason"), max_length=500, blank=True, validators=[validate_printable]), VISA_LETTERS
    )
    # The text of the letter as JSON, frozen so that it is the same whenever it is printed.
    content = personal(EncryptedTextField(editable=False), VISA_LETTERS, label=_("text of the letter"))

    class Meta:
        verbose_name = _("visa support letter")
        verbose_name_plural = _("visa support letters")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "number"], name="visa_number_once", condition=Q(number__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["person"], name="visa_letter_standing_once", condition=Q(state__in=["asked", "issued"])
            ),
            models.CheckConstraint(name="visa_state_known", condition=Q(state__in=VisaState.values)),
            models.CheckConstraint(
                name="visa_issued_whole",
                condition=~Q(state="issued")
                | Q(number__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(name="visa_refused_says_why", condition=~Q(state="refused") | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.person.label
