"""Personal data beyond the name: passports, needs, journeys and photographs.

Only users who need a group of fields can see it. What follows from the declaration of a field is listed in
docs/adding.md.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.core.roles import SEE_TRAVEL, WRITERS
from delegations.parties.models.parties import Party
from summit.core.encrypted_fields import EncryptedBytesField, EncryptedDateField, EncryptedTextField
from summit.core.personal_data import (
    Content,
    DataSubject,
    PersonalDataKind,
    PersonalList,
    ProcessingActivity,
    Text,
    entered_columns,
    personal,
)
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.permissions.models import Role


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldGroup(ProcessingActivity):
    """Fields of a person that share a purpose, a retention time and the permissions to see and to change them.

    `viewers` and `changers` are the roles at the desks that see and change the fields; the focal points of the
    person's party do both. `each_logged` is whether the access log has an entry for each access. For other groups it
    has one an hour.
    """

    name: str
    title: Text
    viewers: tuple[Role, ...]
    changers: tuple[Role, ...]
    each_logged: bool = False
    subjects: DataSubject = DataSubject.PARTICIPANTS
    view: str = field(init=False)
    change: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "view", f"delegations.{self.name}.view")
        object.__setattr__(self, "change", f"delegations.{self.name}.change")

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the group's fields. The photograph is one field, in a table of its own."""
        return ("photo",) if self is PHOTO else tuple(entered_columns(Particulars, self))


PASSPORT = FieldGroup(
    name="passport",
    title=_("the passport"),
    purpose=_("To vet people and support their visa applications."),
    viewers=(Role.VETTING,),
    changers=(Role.VETTING,),
    kept_as=PersonalDataKind.PASSPORT,
    each_logged=True,
)
NEEDS = FieldGroup(
    name="needs",
    title=_("needs"),
    purpose=_("To provide suitable food and accessible rooms."),
    viewers=(*WRITERS, Role.CONFERENCE_OFFICER),
    changers=(*WRITERS, Role.CONFERENCE_OFFICER),
    kept_as=PersonalDataKind.NEEDS,
)
TRAVEL = FieldGroup(
    name="travel",
    title=_("travel"),
    purpose=_("To arrange airport transfers and accommodation."),
    viewers=SEE_TRAVEL,
    changers=SEE_TRAVEL,
    also_view=("delegations.assist",),
    kept_as=PersonalDataKind.TRAVEL,
)
PHOTO = FieldGroup(
    name="photo",
    title=_("the photograph"),
    purpose=_("To print badges and identify people at the entrances."),
    viewers=SEE_TRAVEL,
    changers=SEE_TRAVEL,
    kept_as=PersonalDataKind.PHOTO,
    each_logged=True,
)


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
    """A person's particulars, in three groups: passport, needs, travel.

    Values that a focal point entered belong to the party in `entered_for`, and that party's focal points see them.
    They don't see the fields named in `withheld`, which a desk or another party entered.
    """

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="particulars", verbose_name=pgettext_lazy("label", "person")
    )
    entered_for = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded for")
    )
    withheld = models.JSONField(default=list, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    passport_name = personal(
        EncryptedTextField(_("name in the passport"), max_length=200, blank=True),
        PASSPORT,
        headings="name as in the passport, passport name, nom figurant sur le passeport, الاسم كما في جواز السفر",
        example="EXAMPLE ADA",
        accepts=_("In Latin letters, as in the two lines at the bottom of the passport page."),
    )
    sex = personal(
        EncryptedTextField(_("sex"), max_length=1, choices=Sex.choices, blank=True),
        PASSPORT,
        headings="sex, gender, sexe, الجنس",
    )
    birth_date = personal(
        EncryptedDateField(_("date of birth"), null=True, blank=True),
        PASSPORT,
        headings="date of birth, birth date, born, date de naissance, né le, تاريخ الميلاد",
        example="1970-12-31",
    )
    birth_place = personal(
        EncryptedTextField(_("place of birth"), max_length=200, blank=True),
        PASSPORT,
        headings="place of birth, birth place, lieu de naissance, مكان الميلاد",
    )
    nationality = personal(
        EncryptedTextField(_("nationality"), max_length=2, blank=True),
        PASSPORT,
        headings="nationality, citizenship, nationalité, الجنسية",
        example="IT",
        content=Content.COUNTRY_CODE,
    )
    passport_type = personal(
        EncryptedTextField(_("passport type"), max_length=20, choices=PassportType.choices, blank=True),
        PASSPORT,
        headings="kind of passport, passport type, type de passeport, نوع جواز السفر",
    )
    passport_number = personal(
        EncryptedTextField(_("passport number"), max_length=30, blank=True),
        PASSPORT,
        headings="passport number, passport no, passport, numéro de passeport, n° de passeport, رقم جواز السفر",
        example="AB123456",
    )
    passport_issuer = personal(
        EncryptedTextField(_("issued by"), max_length=200, blank=True),
        PASSPORT,
        headings="issued by, passport issuer, délivré par, جهة الإصدار",
        content=Content.COUNTRY_NAME,
    )
    passport_expiry = personal(
        EncryptedDateField(_("valid until"), null=True, blank=True),
        PASSPORT,
        headings="valid until, passport expiry, expiry date, date d’expiration, valable jusqu’au, تاريخ الانتهاء",
        example="2030-12-31",
    )
    # HMACs, by which equal passports and dates of birth are found: encrypted values can't be compared.
    passport_digest = personal(
        models.CharField(max_length=64, blank=True, editable=False, db_index=True),
        PASSPORT,
        label=_("digest of the passport number"),
        purpose=_("To find duplicate records of people."),
        logged=False,
    )
    birth_digest = personal(
        models.CharField(max_length=64, blank=True, editable=False, db_index=True),
        PASSPORT,
        label=_("digest of the date of birth"),
        purpose=_("To find duplicate records of people."),
        logged=False,
    )

    diet = personal(
        EncryptedTextField(_("dietary needs"), max_length=500, blank=True),
        NEEDS,
        headings="dietary needs, diet, dietary requirements, régime alimentaire, besoins alimentaires, "
        "الاحتياجات الغذائية",
        multiline=True,
        lists=(PersonalList.NEEDS,),
        counted=True,
    )
    access = personal(
        EncryptedTextField(_("access needs"), max_length=500, blank=True),
        NEEDS,
        headings="access needs, accessibility, besoins d’accessibilité, احتياجات الوصول",
        multiline=True,
        lists=(PersonalList.NEEDS,),
    )

    speaks = personal(
        models.CharField(_("languages spoken"), max_length=200, blank=True, validators=[validate_printable]),
        TRAVEL,
        headings="languages spoken, speaks, langues parlées, اللغات",
    )
    arrives_at = personal(
        models.DateTimeField(_("arrival"), null=True, blank=True),
        TRAVEL,
        headings="arrives, arrival, arrival date, arrivée, date d’arrivée, الوصول, موعد الوصول",
        example="2025-03-30 14:30",
    )
    arrival_flight = personal(
        models.CharField(_("arrival flight or train"), max_length=40, blank=True, validators=[validate_printable]),
        TRAVEL,
        headings="arriving flight, arriving flight or train, arrival flight, vol d’arrivée, رحلة الوصول",
        example="AF 1080",
    )
    departs_at = personal(
        models.DateTimeField(_("departure"), null=True, blank=True),
        TRAVEL,
        headings="departs, departure, departure date, départ, date de départ, المغادرة, موعد المغادرة",
        example="2025-04-01 18:00",
    )
    departure_flight = personal(
        models.CharField(_("departure flight or train"), max_length=40, blank=True, validators=[validate_printable]),
        TRAVEL,
        headings="departing flight, departing flight or train, departure flight, vol de départ, رحلة المغادرة",
        example="AF 1081",
    )
    hotel = personal(
        models.CharField(_("hotel"), max_length=200, blank=True, validators=[validate_printable]),
        TRAVEL,
        headings="hotel, hôtel, الفندق",
    )
    vehicle = personal(
        models.CharField(
            _("vehicle"),
            max_length=120,
            blank=True,
            validators=[validate_printable],
            help_text=_("Make and registration plate."),
        ),
        TRAVEL,
        headings="vehicle, car, véhicule, المركبة",
    )

    class Meta:
        verbose_name = _("personal details")
        verbose_name_plural = _("personal details")
        constraints = [
            models.CheckConstraint(
                name="particulars_departs_after_arrival",
                condition=Q(arrives_at__isnull=True)
                | Q(departs_at__isnull=True)
                | Q(departs_at__gte=F("arrives_at")),
                violation_error_message=_("Enter a departure after the arrival."),
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
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded for")
    )
    image = personal(EncryptedBytesField(editable=False), PHOTO, label=_("photograph"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")

    def __str__(self) -> str:
        return str(self.person)
