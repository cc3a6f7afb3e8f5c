"""What is asked of people and given to them on paper: declarations and visa support letters."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.models.parties import Party
from summit.core.encrypted_fields import EncryptedTextField
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class DeclarationKind(models.Model):
    """What the summit's policy asks people to declare: weapons, radios, medicines."""

    summit = models.ForeignKey(
        Summit,
        on_delete=models.CASCADE,
        related_name="declaration_kinds",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    # By language; where none is given, `name` stands.
    names = models.JSONField(_("names"), default=dict, blank=True)
    asks = models.CharField(
        _("what is to be declared"),
        max_length=500,
        validators=[validate_printable],
        help_text=_("Such as “Make, calibre and serial number”."),
    )
    permit = models.BooleanField(_("needs a permit"), default=True)
    until = models.DateTimeField(_("to be declared by"), null=True, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("kind of declaration")
        verbose_name_plural = _("kinds of declaration")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="declaration_kind_once",
                violation_error_message=_("This is declared already under this name."),
            )
        ]

    def __str__(self) -> str:
        return self.names.get(get_language() or "") or self.name


class DeclarationState(models.TextChoices):
    """What the desk says to a declaration."""

    DECLARED = "declared", _("declared")
    PERMITTED = "permitted", _("permitted")
    REFUSED = "refused", _("refused")


class Declaration(PublicModel):
    """Somebody declares something that they bring."""

    kind = models.ForeignKey(
        DeclarationKind, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("kind")
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="declarations", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="declarations", verbose_name=pgettext_lazy("label", "person")
    )
    details = EncryptedTextField(_("what"), max_length=1000)
    declared_at = models.DateTimeField(_("declared"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=DeclarationState, default=DeclarationState.DECLARED)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True, validators=[validate_printable])

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="declaration_state_known", condition=Q(state__in=DeclarationState.values)),
            models.CheckConstraint(
                name="declaration_decided_whole",
                condition=Q(state="declared", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="declared") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="declaration_refused_says_why", condition=~Q(state="refused") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.kind)


class VisaState(models.TextChoices):
    """What became of a visa support letter."""

    ASKED = "asked", _("asked for")
    ISSUED = "issued", pgettext_lazy("letter", "issued")
    REFUSED = "refused", _("refused")
    VOID = "void", pgettext_lazy("letter", "void")


class VisaLetter(PublicModel):
    """A letter by which the host supports somebody's application for a visa."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="visa_letters", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="visa_letters", verbose_name=pgettext_lazy("label", "person")
    )
    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    embassy = models.CharField(
        _("where they apply"),
        max_length=200,
        validators=[validate_printable],
        help_text=_("The host’s embassy or consulate, such as “British Embassy in Tunis”."),
    )
    state = models.CharField(_("state"), max_length=10, choices=VisaState, default=VisaState.ASKED)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    # Counted in each summit from one when it is issued; the reference is made of it.
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True, validators=[validate_printable])
    # What the letter says, as JSON: it reads the same whenever it is printed.
    content = EncryptedTextField(editable=False)

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
