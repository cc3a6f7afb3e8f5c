"""Kinds of declaration, and declarations of what people bring."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from delegations.parties.models.parties import Party
from summit.core.encrypted_fields import EncryptedTextField
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class DeclarationKind(models.Model):
    """A kind of item that people have to declare: weapons, radios, medicines."""

    summit = models.ForeignKey(
        Summit,
        on_delete=models.CASCADE,
        related_name="declaration_kinds",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    # By language. Without a name, `name` is used.
    names = models.JSONField(_("names"), default=dict, blank=True)
    asks = models.CharField(
        _("item to declare"),
        max_length=500,
        validators=[validate_printable],
        help_text=_("Such as “Make, calibre and serial number”."),
    )
    permit = models.BooleanField(_("needs a permit"), default=True)
    until = models.DateTimeField(_("declaration deadline"), null=True, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("declaration type")
        verbose_name_plural = _("declaration types")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="declaration_kind_once",
                violation_error_message=_("A declaration type with this name already exists."),
            )
        ]

    def __str__(self) -> str:
        return self.names.get(get_language() or "") or self.name


class DeclarationState(models.TextChoices):
    """The state of a declaration: declared, or decided by a desk in one of two ways."""

    DECLARED = "declared", _("declared")
    PERMITTED = "permitted", _("permitted")
    REFUSED = "refused", _("refused")


DECLARATIONS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To permit items that people bring with them."),
    view="delegations.declaration.view",
    change="delegations.declare",
    also_view=("delegations.assist",),
    kept_as=PersonalDataKind.DECLARATIONS,
)


class Declaration(PublicModel):
    """A person's declaration of an item that they bring."""

    kind = models.ForeignKey(
        DeclarationKind, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("type")
    )
    personal(kind, DECLARATIONS, logged=False)
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="declarations",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="declarations",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, DECLARATIONS)
    details = personal(EncryptedTextField(_("item"), max_length=1000), DECLARATIONS)
    declared_at = models.DateTimeField(_("declared"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=DeclarationState, default=DeclarationState.DECLARED)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = personal(
        models.CharField(_("reason"), max_length=500, blank=True, validators=[validate_printable]), DECLARATIONS
    )

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
