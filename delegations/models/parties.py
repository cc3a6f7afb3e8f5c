"""Parties: who is invited to a summit, and the people that stand for them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.models import Person, Summit
from summit.models.fields import PublicModel
from summit.models.validators import validate_printable


class PartyKind(models.TextChoices):
    """What a party represents."""

    COUNTRY = "country", _("country")
    SUBSTATE = "substate", _("sub-state government")
    INTERNATIONAL = "international", _("international organisation")
    ORGANISATION = "organisation", _("invited organisation")


class Region(models.TextChoices):
    """Where a party is from, for the desks' overviews."""

    AFRICA = "africa", _("Africa")
    AMERICAS = "americas", _("Americas")
    ASIA = "asia", _("Asia and the Pacific")
    EUROPE = "europe", _("Europe")
    MIDDLE_EAST = "middle_east", _("Middle East and North Africa")
    NONE = "none", _("no region")


class Party(PublicModel):
    """A delegation (a country, a sub-state government, an international organisation) or an invited organisation.

    Names are as this summit's host has approved them: a library of ISO countries only proposes.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="parties", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=PartyKind, default=PartyKind.COUNTRY)
    is_host = models.BooleanField(_("host"), default=False)
    name = models.CharField(_("short name"), max_length=120, validators=[validate_printable])
    formal_name = models.CharField(_("formal name"), max_length=200, validators=[validate_printable])
    sort_key = models.CharField(_("alphabetical key"), max_length=120, validators=[validate_printable])
    iso_code = models.CharField(
        _("ISO 3166 code"), max_length=2, blank=True, help_text=_("Two letters; only a country has one.")
    )
    region = models.CharField(_("region"), max_length=20, choices=Region, default=Region.NONE)
    language = models.CharField(
        _("language of letters"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    mission_email = models.EmailField(
        _("mailbox of the mission"),
        blank=True,
        help_text=_("Where letters go. One mailbox may serve several parties."),
    )
    illustrative = models.BooleanField(_("taken for the demonstration"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["summit", "name"], name="party_name_once"),
            models.UniqueConstraint(fields=["summit"], name="party_host_once", condition=Q(is_host=True)),
            models.CheckConstraint(name="party_kind_known", condition=Q(kind__in=PartyKind.values)),
            models.CheckConstraint(
                name="party_code_is_countrys", condition=Q(iso_code="") | Q(kind=PartyKind.COUNTRY)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a code of what is no country, and a second host."""
        if self.iso_code and self.kind != PartyKind.COUNTRY:
            raise ValidationError({"iso_code": _("Only a country has a code. Leave this empty.")})
        others = Party.objects.filter(summit=self.summit_id, is_host=True).exclude(pk=self.pk)
        if self.is_host and others.exists():
            raise ValidationError({"is_host": _("The summit has a host already. There is one.")})

    @property
    def is_delegation(self) -> bool:
        """Whether the party sends a delegation; the others are invited organisations."""
        return self.kind != PartyKind.ORGANISATION


class Capacity(models.TextChoices):
    """In which capacity a person belongs to a party."""

    HEAD = "head", _("head of delegation")
    ALTERNATE = "alternate", _("alternate head")
    DELEGATE = "delegate", _("delegate")
    ADVISER = "adviser", _("adviser")
    REPRESENTATIVE = "representative", _("representative")
    STAFF = "staff", _("staff")


def check_same_summit(party_id: int | None, person_id: int | None) -> None:
    """Refuse a person of another summit than the party's. Raises ValidationError."""
    if party_id is None or person_id is None:
        return
    summits = Party.objects.filter(pk=party_id).values("summit")
    if not Person.objects.filter(pk=person_id, summit__in=summits).exists():
        raise ValidationError({"person": _("This person belongs to another summit. Enter them in this one first.")})


class Membership(models.Model):
    """A person belongs to one party in one capacity."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="memberships", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="membership", verbose_name=pgettext_lazy("label", "person")
    )
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity, default=Capacity.DELEGATE)
    position = models.PositiveIntegerField(_("order"), default=0)
    created_at = models.DateTimeField(_("named at"), auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["party", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"], name="membership_head_once", condition=Q(capacity=Capacity.HEAD)
            ),
            models.CheckConstraint(name="membership_capacity_known", condition=Q(capacity__in=Capacity.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.party})"

    def clean(self) -> None:
        """Refuse a person of another summit."""
        check_same_summit(self.party_id, self.person_id)


class FocalPoint(models.Model):
    """A person whom the host writes to about a party, and who acts for it in the portal.

    They need not be a member of the delegation, and may serve several parties.
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="focal_points", verbose_name=pgettext_lazy("label", "party")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="focal_for", verbose_name=pgettext_lazy("label", "person")
    )
    created_at = models.DateTimeField(_("named at"), auto_now_add=True)

    class Meta:
        verbose_name = _("focal point")
        verbose_name_plural = _("focal points")
        ordering = ["party", "id"]
        constraints = [models.UniqueConstraint(fields=["party", "person"], name="focal_point_once")]

    def __str__(self) -> str:
        return str(self.person)

    def clean(self) -> None:
        """Refuse a person of another summit."""
        check_same_summit(self.party_id, self.person_id)
