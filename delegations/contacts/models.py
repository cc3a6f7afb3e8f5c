"""The model of contacts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable


class ContactRole(models.TextChoices):
    """What a contact is for, in the order of lists. Focal points are people with rights of their own."""

    PRIVATE_OFFICE = "private_office", _("private office")
    CHIEF_OF_PROTOCOL = "chief_of_protocol", _("chief of protocol")
    SECURITY = "security", pgettext_lazy("contact", "security")
    PRESS = "press", pgettext_lazy("contact", "press")
    DUTY_OFFICER = "duty_officer", _("duty officer of the mission")
    OTHER = "other", pgettext_lazy("contact", "other")


CONTACTS = ProcessingActivity(
    subjects=DataSubject.MISSIONS,
    purpose=_("To contact a delegation about a particular subject."),
    view="delegations.contact.view",
    change="delegations.contact.change",
    also_view=("delegations.assist", "agenda.run_day"),
    kept_as=PersonalDataKind.CONTACT,
)


class Contact(models.Model):
    """Somebody, or an office, who can be reached for a party in one role. A role may have several.

    A contact needs no name, because an office on duty has none, but a telephone number or an e-mail address.
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="contacts", verbose_name=pgettext_lazy("label", "delegation")
    )
    role = models.CharField(pgettext_lazy("contact", "role"), max_length=20, choices=ContactRole)
    name = personal(
        models.CharField(_("name"), max_length=200, blank=True, validators=[validate_printable]), CONTACTS
    )
    office = personal(
        models.CharField(_("office held"), max_length=200, blank=True, validators=[validate_printable]), CONTACTS
    )
    phone = personal(
        models.CharField(_("telephone"), max_length=60, blank=True, validators=[validate_printable]), CONTACTS
    )
    email = personal(models.EmailField(_("email"), blank=True), CONTACTS)
    note = personal(
        models.CharField(
            _("note"),
            max_length=300,
            blank=True,
            validators=[validate_printable],
            help_text=_("For example, “nights and weekends”."),
        ),
        CONTACTS,
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["party", "id"]
        constraints = [
            models.CheckConstraint(name="contact_role_known", condition=Q(role__in=ContactRole.values)),
            models.CheckConstraint(
                name="contact_can_be_reached",
                condition=~Q(phone="") | ~Q(email=""),
                violation_error_message=_("Enter a telephone number or an email address."),
            ),
            models.UniqueConstraint(
                fields=["party", "role", "name", "phone", "email"],
                name="contact_once",
                violation_error_message=_("This contact has already been entered."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name and office of the contact, or its role if it has neither."""
        return ", ".join(filter(None, (self.name, self.office))) or str(self.get_role_display())
