"""Personal data beyond the name: passports, needs, journeys and photographs.

Only users who need a group of fields can see it.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.encrypted_fields import EncryptedBytesField, EncryptedDateField, EncryptedTextField
from summit.core.validators import validate_printable
from summit.people.models import Person


class Sex(models.TextChoices):
    """A person's sex, with the codes of passports (ICAO Doc 9303)."""

    FEMALE = "F", _("female")
    MALE = "M", _("male")
    UNSPECIFIED = "X", _("unspecified")


class PassportType(models.TextChoices):
    """The kind of a travel document."""

    ORDINARY = "ordinary", _("ordinary passport")
    DIPLOMATIC = "diplomatic", _("diplomatic passport")
    OFFICIAL = "official", _("official or service passport")
    LAISSEZ_PASSER = "laissez_passer", _("laissez-passer")
    OTHER = "other", _("other travel document")


class Particulars(models.Model):
    """A person's particulars, in three groups (delegations.members.field_groups): passport, needs, travel.

    Values that a focal point entered belong to the party in `entered_for`, and that party's focal points see them.
    They don't see the fields named in `withheld`, which a desk or another party entered.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="particulars", verbose_name=pgettext_lazy("label", "person")
    )
    entered_for = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered for")
    )
    withheld = models.JSONField(default=list, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    passport_name = EncryptedTextField(_("name as in the passport"), max_length=200, blank=True)
    sex = EncryptedTextField(_("sex"), max_length=1, choices=Sex.choices, blank=True)
    birth_date = EncryptedDateField(_("date of birth"), null=True, blank=True)
    birth_place = EncryptedTextField(_("place of birth"), max_length=200, blank=True)
    nationality = EncryptedTextField(_("nationality"), max_length=2, blank=True)
    passport_type = EncryptedTextField(_("kind of passport"), max_length=20, choices=PassportType.choices, blank=True)
    passport_number = EncryptedTextField(_("passport number"), max_length=30, blank=True)
    passport_issuer = EncryptedTextField(_("issued by"), max_length=200, blank=True)
    passport_expiry = EncryptedDateField(_("valid until"), null=True, blank=True)
    # HMACs, by which equal passports and dates of birth are found: encrypted values can't be compared.
    passport_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    birth_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    diet = EncryptedTextField(_("dietary needs"), max_length=500, blank=True)
    access = EncryptedTextField(_("access needs"), max_length=500, blank=True)

    speaks = models.CharField(_("languages spoken"), max_length=200, blank=True, validators=[validate_printable])
    arrives_at = models.DateTimeField(_("arrives"), null=True, blank=True)
    arrival_flight = models.CharField(
        _("arriving flight or train"), max_length=40, blank=True, validators=[validate_printable]
    )
    departs_at = models.DateTimeField(_("departs"), null=True, blank=True)
    departure_flight = models.CharField(
        _("departing flight or train"), max_length=40, blank=True, validators=[validate_printable]
    )
    hotel = models.CharField(_("hotel"), max_length=200, blank=True, validators=[validate_printable])
    vehicle = models.CharField(
        _("vehicle"), max_length=120, blank=True, validators=[validate_printable], help_text=_("Make and plate.")
    )

    class Meta:
        verbose_name = _("particulars")
        verbose_name_plural = _("particulars")
        constraints = [
            models.CheckConstraint(
                name="particulars_departs_after_arrival",
                condition=Q(arrives_at__isnull=True)
                | Q(departs_at__isnull=True)
                | Q(departs_at__gte=F("arrives_at")),
                violation_error_message=_("They would depart before they arrive. Give a later moment."),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class Photo(models.Model):
    """A person's photograph, as a JPEG without the camera's metadata."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="photo", verbose_name=pgettext_lazy("label", "person")
    )
    entered_for = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered for")
    )
    image = EncryptedBytesField(editable=False)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")

    def __str__(self) -> str:
        return str(self.person)
