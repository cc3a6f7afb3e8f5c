"""Parties, which are invited to a summit, with their names and their ids in other systems."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable, validate_text
from summit.people.models import Person
from summit.summits.models import Summit


class PartyKind(models.TextChoices):
    """The kind of party, by what it represents."""

    COUNTRY = "country", _("country")
    SUBSTATE = "substate", _("sub-state government")
    INTERNATIONAL = "international", _("international organisation")
    ORGANISATION = "organisation", _("invited organisation")
    # A party with one person, so that letters, links and answers work as for other parties.
    GUEST = "guest", _("individual guest")


class FlagRule(models.TextChoices):
    """Which flag is shown beside a party's name."""

    OWN = "own", _("own flag")
    NONE = "none", _("none")
    NEUTRAL = "neutral", _("neutral flag")


class PublicListing(models.TextChoices):
    """What the public list of delegations says about a party.

    The name and the flag are listed unless the party objects. Its head and its size are listed only if it agrees.
    """

    NONE = "none", _("not listed")
    NAME = "name", _("name and flag")
    HEAD = "head", _("name, flag and head")
    SIZE = "size", _("name, flag and size")
    ALL = "all", _("name, flag, head and size")


# The values by which a party agrees to be listed with its head, and with its size.
LISTED_WITH_HEAD = (PublicListing.HEAD, PublicListing.ALL)
LISTED_WITH_SIZE = (PublicListing.SIZE, PublicListing.ALL)


class Level(models.TextChoices):
    """The level at which a party is represented, as invited or as answered, the highest first."""

    STATE = "state", _("head of state")
    GOVERNMENT = "government", _("head of government")
    DEPUTY = "deputy", _("deputy head of government")
    MINISTER = "minister", _("minister")
    VICE_MINISTER = "vice_minister", _("deputy minister or state secretary")
    OFFICIAL = "official", _("senior official")
    AMBASSADOR = "ambassador", _("ambassador or chargé d’affaires")
    EXECUTIVE = "executive", _("head of an organisation")
    REPRESENTATIVE = "representative", _("representative")


GUEST_NAMES = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To invite individual guests."),
    view="delegations.party.view",
    change="delegations.party.change",
    stays=_("The name of an invited guest stays in the list of delegations."),
    logged=False,
)

MISSIONS = ProcessingActivity(
    subjects=DataSubject.MISSIONS,
    purpose=_("To reach the missions of the delegations."),
    view="delegations.party.view",
    change="delegations.party.change",
    stays=_("Cleared when a person it names is erased."),
    logged=False,
)


class Party(PublicModel):
    """A party: a delegation, an invited organisation, or a single guest.

    A delegation is that of a country, a sub-state government or an international organisation. The summit's host has
    approved all names; a library of ISO countries only proposes names. The names here are in the summit's first
    language. `PartyName` has the names in other languages.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="parties", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("type"), max_length=20, choices=PartyKind, default=PartyKind.COUNTRY)
    is_host = models.BooleanField(_("host"), default=False)
    name = personal(models.CharField(_("short name"), max_length=120, validators=[validate_printable]), GUEST_NAMES)
    formal_name = personal(
        models.CharField(_("formal name"), max_length=200, validators=[validate_printable]), GUEST_NAMES
    )
    sort_key = personal(
        models.CharField(_("alphabetical key"), max_length=120, validators=[validate_printable]), GUEST_NAMES
    )
    salutation = personal(
        models.CharField(
            _("salutation"),
            max_length=200,
            blank=True,
            validators=[validate_printable],
            help_text=_("The opening of letters to this delegation. Leave blank to use the letter template."),
        ),
        GUEST_NAMES,
    )
    footnote = models.CharField(
        _("footnote"),
        max_length=500,
        blank=True,
        validators=[validate_printable],
        help_text=_("Shown below every list and document that names the delegation."),
    )
    recognised = models.BooleanField(
        _("recognised by the host"),
        default=True,
        help_text=_(
            "Letters to an unrecognised delegation go to its focal points, without a formal style. It can’t use "
            "its own flag."
        ),
    )
    flag = models.CharField(_("flag"), max_length=10, choices=FlagRule, default=FlagRule.OWN)
    public_listing = models.CharField(
        _("in the public list of delegations"),
        max_length=4,
        choices=PublicListing,
        default=PublicListing.NAME,
        help_text=_("Shown once the delegation has accepted. Include its head and size only if it agrees."),
    )
    level = models.CharField(
        _("level of attendance invited"),
        max_length=20,
        choices=Level,
        blank=True,
        help_text=_("The level requested in the letter."),
    )
    protocol_order = models.PositiveIntegerField(
        _("rank in the protocol order"),
        null=True,
        blank=True,
        help_text=_("Leave blank to sort alphabetically after ranked delegations."),
    )
    iso_code = models.CharField(_("ISO 3166 code"), max_length=2, blank=True, help_text=_("Two letters, such as FR."))
    language = models.CharField(
        _("letter language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    mission_email = personal(
        models.EmailField(
            _("mission email address"),
            blank=True,
            help_text=_("Letters are sent here. Several delegations can share an address."),
        ),
        MISSIONS,
    )
    mission_name = personal(
        models.CharField(
            _("mission"),
            max_length=200,
            blank=True,
            validators=[validate_printable],
            help_text=_("Such as “Embassy of France in London”."),
        ),
        MISSIONS,
    )
    mission_contact = personal(
        models.CharField(_("mission contact"), max_length=200, blank=True, validators=[validate_printable]),
        MISSIONS,
        kept_as=PersonalDataKind.CONTACT,
    )
    mission_phone = personal(
        models.CharField(_("mission telephone"), max_length=60, blank=True, validators=[validate_printable]),
        MISSIONS,
        kept_as=PersonalDataKind.CONTACT,
    )
    mission_address = personal(
        models.TextField(_("mission address"), max_length=500, blank=True, validators=[validate_text]),
        MISSIONS,
    )
    notes = personal(
        models.TextField(
            _("internal notes"),
            max_length=4000,
            blank=True,
            validators=[validate_text],
            help_text=_("Delegations can’t see these notes."),
        ),
        MISSIONS,
        purpose=_("To prepare the invitation."),
    )
    illustrative = models.BooleanField(_("demonstration data"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="party_name_once",
                violation_error_message=_("Another delegation in this summit has this name. Choose another name."),
            ),
            models.UniqueConstraint(
                fields=["summit"],
                name="party_host_once",
                condition=Q(is_host=True),
                violation_error_message=_("The summit already has a host. There can be only one."),
            ),
            models.CheckConstraint(name="party_kind_known", condition=Q(kind__in=PartyKind.values)),
            models.CheckConstraint(
                name="party_code_is_countrys", condition=Q(iso_code="") | Q(kind=PartyKind.COUNTRY)
            ),
            models.CheckConstraint(name="party_flag_known", condition=Q(flag__in=FlagRule.values)),
            models.CheckConstraint(
                name="party_public_listing_known", condition=Q(public_listing__in=PublicListing.values)
            ),
            models.CheckConstraint(name="party_level_known", condition=Q(level="") | Q(level__in=Level.values)),
            models.CheckConstraint(
                name="party_flag_of_recognised",
                condition=Q(recognised=True) | ~Q(flag=FlagRule.OWN),
                violation_error_message=_(
                    "The host doesn’t recognise this delegation. Choose no flag or a neutral flag."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for an ISO code of a party that is no country, and for a second host."""
        if self.iso_code and self.kind != PartyKind.COUNTRY:
            raise ValidationError({"iso_code": _("Delegations of this type have no code. Leave this blank.")})
        other_hosts = Party.objects.filter(summit=self.summit_id, is_host=True).exclude(pk=self.pk)
        if self.is_host and other_hosts.exists():
            raise ValidationError({"is_host": _("The summit already has a host. There can be only one.")})

    @property
    def is_delegation(self) -> bool:
        """Whether the party sends a delegation. Organisations and single guests don't."""
        return self.kind not in (PartyKind.ORGANISATION, PartyKind.GUEST)


class PartyName(models.Model):
    """A party's name in a language other than the summit's first."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="names", verbose_name=pgettext_lazy("label", "delegation")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    name = personal(models.CharField(_("short name"), max_length=120, validators=[validate_printable]), GUEST_NAMES)
    formal_name = personal(
        models.CharField(_("formal name"), max_length=200, blank=True, validators=[validate_printable]), GUEST_NAMES
    )
    sort_key = personal(
        models.CharField(_("alphabetical key"), max_length=120, blank=True, validators=[validate_printable]),
        GUEST_NAMES,
    )
    salutation = personal(
        models.CharField(_("salutation"), max_length=200, blank=True, validators=[validate_printable]), GUEST_NAMES
    )
    footnote = models.CharField(_("footnote"), max_length=500, blank=True, validators=[validate_printable])

    class Meta:
        verbose_name = _("name in another language")
        verbose_name_plural = _("names in other languages")
        ordering = ["party", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "language"],
                name="party_name_in_language_once",
                violation_error_message=_("The delegation already has a name in this language. Change that one."),
            )
        ]

    def __str__(self) -> str:
        return self.name


EXTERNAL_IDS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To match people with the host’s other systems."),
    view="delegations.externalid.view",
    change="delegations.externalid.change",
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)


class ExternalId(models.Model):
    """The id of one party or one person in another system."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="external_ids", verbose_name=pgettext_lazy("label", "summit")
    )
    system = models.CharField(_("system"), max_length=40, validators=[validate_printable])
    value = personal(
        models.CharField(_("external ID"), max_length=120, validators=[validate_printable]), EXTERNAL_IDS
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="external_ids",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="external_ids",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, EXTERNAL_IDS)

    class Meta:
        verbose_name = _("external ID")
        verbose_name_plural = _("external IDs")
        ordering = ["system", "value"]
        constraints = [
            models.CheckConstraint(
                name="external_id_of_one",
                condition=Q(party__isnull=False, person__isnull=True) | Q(party__isnull=True, person__isnull=False),
                violation_error_message=_("An external ID belongs to either a delegation or a person. Choose one."),
            ),
            # An id may be used once for a party and once for a person: a system may number each from one.
            models.UniqueConstraint(
                fields=["summit", "system", "value"],
                name="external_id_of_party_once",
                condition=Q(party__isnull=False),
                violation_error_message=_("Another delegation has this ID in this system."),
            ),
            models.UniqueConstraint(
                fields=["summit", "system", "value"],
                name="external_id_of_person_once",
                condition=Q(person__isnull=False),
                violation_error_message=_("Another person has this ID in this system."),
            ),
            models.UniqueConstraint(
                fields=["party", "system"],
                name="external_id_once_for_party",
                condition=Q(party__isnull=False),
                violation_error_message=_("The delegation already has an ID in this system. Change that one."),
            ),
            models.UniqueConstraint(
                fields=["person", "system"],
                name="external_id_once_for_person",
                condition=Q(person__isnull=False),
                violation_error_message=_("The person already has an ID in this system. Change that one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.value}"
