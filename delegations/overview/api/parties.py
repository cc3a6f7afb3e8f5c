"""API of parties. Desks use it for all parties, and focal points and delegates for their own party."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api import fields as fields_api
from delegations.core.api.fields import ByLanguage, Order, Values, keys_of, sees
from delegations.invitations.api.invitations import AnswerInput, record_answer
from delegations.invitations.models.invitations import IN_FORCE, OVER, Answer, Invitation, InvitationState
from delegations.invitations.selectors import invitation_status
from delegations.invitations.services import invitations
from delegations.overview.selectors import completeness
from delegations.participants.permissions import SET_LISTING
from delegations.participants.services import public_listing
from delegations.parties.api import fields as parties_fields_api
from delegations.parties.api.fields import PartiesSearched
from delegations.parties.api.groups import OF_COUNTRIES, validate_group
from delegations.parties.models.parties import Level, Party, PartyKind
from delegations.parties.selectors import regions
from delegations.parties.services import parties
from delegations.parties.services import precedence as precedence_services
from summit.api_base.actions import action
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

FIELDS = (
    *("id", "kind", "is_host", "name", "formal_name", "sort_key", "names", "salutation", "footnote"),
    *("recognised", "flag", "public_listing", "level", "iso_code", "language", "precedence"),
    *("invitation", "answer", "comes_at", "external_ids"),
    *("mission_email", "mission_name", "mission_contact", "mission_phone", "mission_address"),
    *("notes", "illustrative", "created_at"),
)
# Fields that focal points and delegates can read too. They get null for the others.
OPEN_TO_DELEGATIONS = (
    *("id", "kind", "is_host", "name", "formal_name", "sort_key", "names", "salutation", "footnote"),
    *("flag", "public_listing", "level", "iso_code", "language", "invitation", "answer", "comes_at", "created_at"),
)
HOST_ONLY = tuple(name for name in FIELDS if name not in OPEN_TO_DELEGATIONS)
# The sort value of parties without a rank, which come last.
LAST = 2_147_483_647


class PartyNameInput(serializers.Serializer[Any]):
    """A party's name in a language. If the formal name or the sort key is empty, the short name is used. If the
    footnote is empty, that of the summit's first language is used."""

    name = serializers.CharField(max_length=120)
    formal_name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    sort_key = serializers.CharField(max_length=120, allow_blank=True, required=False)
    salutation = serializers.CharField(max_length=200, allow_blank=True, required=False)
    footnote = serializers.CharField(max_length=500, allow_blank=True, required=False)


class KeysField(serializers.DictField):
    """A dict from a system's name to the id in that system."""

    child = serializers.CharField(max_length=120)


NAMES_HELP = "By language, for those other than the summit's first."


class DeskPartySerializer(serializers.ModelSerializer[Party]):
    """A party, with texts in the summit's first language. Users who aren't at a desk get null in the fields that only
    desks can read."""

    id = serializers.CharField(source="public_id", read_only=True)
    names = serializers.SerializerMethodField()
    external_ids = serializers.SerializerMethodField()
    precedence = serializers.IntegerField(
        source="protocol_order", allow_null=True, help_text="Its place in the protocol order; null after the others."
    )
    invitation = serializers.SerializerMethodField()
    answer = serializers.ChoiceField(source="replied", choices=Answer.choices, allow_null=True)
    comes_at = serializers.CharField(
        allow_null=True, help_text="The level at which it answered that it comes, or is invited."
    )

    class Meta:
        model = Party
        fields = FIELDS
        extra_kwargs: ClassVar[dict[str, Any]] = {
            name: {"allow_null": True} for name in HOST_ONLY if name not in ("precedence", "external_ids")
        }

    @extend_schema_field(serializers.DictField(child=PartyNameInput(), help_text=NAMES_HELP))
    def get_names(self, party: Party) -> dict[str, dict[str, str]]:
        """Return the party's names by language, without those in the summit's first language."""
        return {row.language: {name: getattr(row, name) for name in parties.NAME_FIELDS} for row in party.names.all()}

    @extend_schema_field(KeysField(allow_null=True))
    def get_external_ids(self, party: Party) -> dict[str, str] | None:
        """Return a dict from system to the party's id in it, or None if the user may not see these ids."""
        if not sees(self.context, "delegations.externalid.view"):
            return None
        return {row.system: row.value for row in party.external_ids.all()}

    @extend_schema_field(serializers.ChoiceField(choices=InvitationState.choices, allow_null=True))
    def get_invitation(self, party: Any) -> str | None:
        """Return the state of the party's invitation.

        Users who aren't at a desk get None until the invitation is sent.
        """
        is_sent = party.standing in IN_FORCE
        state: str | None = party.standing if is_sent or sees(self.context, "delegations.party.view") else None
        return state

    def to_representation(self, instance: Party) -> dict[str, Any]:
        """Return the values that the user may see, and None for the others."""
        data = super().to_representation(instance)
        if not sees(self.context, "delegations.party.view"):
            data |= {name: None for name in HOST_ONLY if name in data}
        empty: dict[str, Any] = {name: None for name in ("answer", "comes_at") if name in data and not data[name]}
        return {**data, **empty}


class PartyInput(serializers.ModelSerializer[Party]):
    """The fields of a party that can be set. `names` and `external_ids` replace all stored ones."""

    names = ByLanguage(child=PartyNameInput(), required=False, help_text=NAMES_HELP)
    external_ids = KeysField(required=False)

    class Meta:
        model = Party
        fields: ClassVar[list[str]] = [*parties.FIELDS, "names", "external_ids"]
        # The service checks uniqueness.
        validators: ClassVar[list[Any]] = []


class PublicListingInput(serializers.ModelSerializer[Party]):
    """What the public list of delegations says about a party."""

    class Meta:
        model = Party
        fields: ClassVar[list[str]] = ["public_listing"]
        extra_kwargs: ClassVar[dict[str, Any]] = {"public_listing": {"required": True}}


class PartyFilters(PartiesSearched):
    """Filters for parties. If a filter uses data that only desks can read, it matches nothing for other users."""

    q = fields_api.search_filter(_("words from its names, code or email address"))
    kind = django_filters.ChoiceFilter(choices=PartyKind.choices, label=_("type"))
    group = django_filters.CharFilter(method="in_group", validators=[validate_group], label=_("group"))
    iso_code = django_filters.CharFilter(lookup_expr="iexact", label=_("ISO 3166 code"))
    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label=_("letter language"))
    level = django_filters.ChoiceFilter(choices=Level.choices, label=_("level of attendance invited"))
    is_host = django_filters.BooleanFilter(label=_("host"))
    recognised = django_filters.BooleanFilter(method="of_desk", label=_("recognised by the host"))
    ranked = django_filters.BooleanFilter(method="with_place", label=_("is in the protocol order"))
    answer = django_filters.ChoiceFilter(
        choices=[(name, name) for name in invitation_status.STANDINGS],
        method="stands",
        label=pgettext_lazy("label", "answer"),
    )
    comes_at = django_filters.ChoiceFilter(choices=Level.choices, method="comes", label=_("level of attendance"))
    lacks = django_filters.ChoiceFilter(
        choices=[(name, name) for name in completeness.GAPS], method="lacking", label=_("missing")
    )

    def in_group(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        """Filter to the parties of a group. For a group that a summit defined itself, only desks get results."""
        summit_group = value not in OF_COUNTRIES
        return rows.filter(regions.within(value), **{"for_desk": True} if summit_group else {})

    def stands(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        """Filter to the parties with an invitation in this state."""
        return rows.filter(invitation_status.STANDINGS[value])

    def comes(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        """Filter to the parties that attend at this level."""
        # An annotation of `invitation_status.with_standing`.
        level: Any = {"comes_at": value}
        return rows.filter(invitation_status.STANDINGS["attending"], **level)

    def with_place(self, rows: QuerySet[Party], name: str, value: bool) -> QuerySet[Party]:
        """Filter to the parties with a place in the protocol order, or to those without one."""
        return self.of_desk(rows, "protocol_order__isnull", not value)

    def lacking(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        """Filter to the parties for which this item is missing. Only desks get results."""
        return completeness.with_gaps(self.of_desk(rows, "for_desk", True)).filter(completeness.GAPS[value])


class PartyViewSet(DeskViewSet):
    """Parties of a summit."""

    name = "parties"
    verbose_name = _("delegations")
    permission = "delegations.party"
    allowed_methods = ("add", "change")
    model = Party
    serializer_class = DeskPartySerializer
    input_serializer_class = PartyInput
    filterset_class = PartyFilters
    ordering_fields: ClassVar[Any] = {
        "name": ("sort_key",),
        "precedence": ("place", "sort_key"),
        "created_at": ("created_at",),
    }
    external = "external_ids"

    def rows(self) -> QuerySet[Party]:
        """Return parties with the state of their invitation, their names and their ids in other systems."""
        queryset = invitation_status.with_standing(Party.objects.select_related("summit"))
        return queryset.prefetch_related("names", "external_ids")

    def get_queryset(self, user: User, slug: str) -> QuerySet[Party]:
        """Return the parties that the user may see. Only desks can order them by their place in the protocol
        order."""
        rows = parties_fields_api.annotate_for_desk(super().get_queryset(user, slug), user, self.permission)
        rank = Coalesce("protocol_order", Value(LAST), output_field=IntegerField())
        return rows.annotate(place=Case(When(for_desk=True, then=rank), default=Value(LAST)))

    def add(self, *, by: User, summit: Summit, values: Values) -> Party:
        """Create a party, with its names and ids, and return it."""
        return parties.create(by=by, summit=summit, **_parts(values))

    def change(self, *, by: User, row: Party, values: Values) -> Party:
        """Change a party, with its names and ids, and return it."""
        return parties.change(by=by, party=row, **_parts(values))

    @action("set-public-listing", permission=SET_LISTING, input=PublicListingInput)
    def set_public_listing(self, *, by: User, row: Party, values: Values) -> None:
        """Set what the public list of delegations says about the party. Focal points can do this for their own
        party."""
        public_listing.set_listing(party=row, listing=values["public_listing"], by=by)

    @action("arrange", permission="delegations.party.change", input=Order, detail=False)
    def arrange(self, *, by: User, summit: Summit, values: Values) -> list[Party]:
        """Rank the parties in the protocol order, the first one first. Parties that `order` doesn't name lose their
        rank. `expected` is the ranked parties as the client read them with `?ranked=true&order=precedence`. Returns
        the ranked parties."""
        rows = precedence_services.parties(summit)
        all_parties = list(Party.objects.filter(summit=summit).only("public_id"))
        ranked, expected = (keys_of(all_parties, values[name], by=_id, field=name) for name in ("order", "expected"))
        fields_api.check_order([row.pk for row in rows if row.protocol_order is not None], expected)
        precedence_services.arrange(summit=summit, ranked=ranked, expected=precedence_services.mark(rows), by=by)
        return [Party(pk=key) for key in ranked]

    @action("invite-on-paper", permission="delegations.invite")
    def invite_on_paper(self, *, by: User, row: Party, values: Values) -> None:
        """Record that the invitation of a party without an email address was delivered on paper. Nothing is sent; its
        answer can then be recorded."""
        invitations.invite_on_paper(party=row, by=by)

    @action("answer", permission="delegations.answer_for", input=AnswerInput)
    def answer(self, *, by: User, row: Party, values: Values) -> None:
        """Record the answer of a party to the invitation to the summit, whether or not a letter was sent."""
        known = Invitation.objects.filter(party=row, occasion="").exclude(state__in=OVER).first()
        record_answer(invitation=known or Invitation(party=row), values=values, by=by)

    def log_access(self, *, by: User, summit: Summit, rows: Iterable[Party], fields: Iterable[str]) -> None:
        """Log that a desk user read the names of contacts at missions, if `fields` has them."""
        if "mission_contact" in fields and sees({"by": by, "summit": summit}, "delegations.party.view"):
            with_contact = [row for row in rows if row.mission_contact]
            access_log.log_rows(by=by, summit=summit, rows=with_contact, fields=["mission_contact"])


def _id(row: Any) -> str:
    return str(row.public_id)


def _parts(values: Values) -> Mapping[str, Any]:
    """Return keyword arguments for `parties.create` and `parties.change`: values, names and ids in other systems."""
    own_values = {name: value for name, value in values.items() if name in parties.FIELDS}
    return {"values": own_values, "names": values.get("names"), "keys": values.get("external_ids")}


__all__: Sequence[str] = ("DeskPartySerializer", "KeysField", "PartyViewSet")
