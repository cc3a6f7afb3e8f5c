"""API of members. Desks use it for all parties, and focal points for their own party."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api import fields as fields_api
from delegations.core.api.fields import Ids, OnePerson, Order, Searched, Values, keys_of, sees
from delegations.core.services.rows import mark
from delegations.members.api.fields import OneCategory
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.members.person_field_groups import PERSON
from delegations.members.services import members as members_services
from delegations.members.services import registration
from delegations.overview.api.people import person_values
from delegations.overview.selectors import member_completeness
from delegations.parties.api.fields import OneParty
from summit.api_base.actions import action
from summit.api_base.external_keys import EXTERNAL, external_key
from summit.api_base.viewsets import DeskViewSet
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

NAME, WITHDRAW = "delegations.name", "delegations.withdraw"


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A member of a party. The id is the person's, because a person can be a member of only one party."""

    id = serializers.CharField(source="person.public_id", read_only=True)
    name = serializers.CharField(source="person.name", read_only=True)
    office = serializers.CharField(source="person.office", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    category = serializers.CharField(source="category.code", read_only=True, help_text="The category's code.")
    named_at = serializers.DateTimeField(source="created_at", read_only=True)
    lacks = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields: ClassVar[list[str]] = [
            *("id", "name", "office", "party", "category", "capacity", "position", "named_at", "confirmed_at"),
            "lacks",
        ]

    @extend_schema_field(
        serializers.ListField(
            child=serializers.ChoiceField(
                choices=[
                    *(
                        member_completeness.CONFIRMATION,
                        member_completeness.PASSPORT,
                        member_completeness.PHOTO,
                        member_completeness.ARRIVAL,
                    ),
                    member_completeness.VISA,
                ]
            ),
            help_text="What is still to be done or entered for them.",
        )
    )
    def get_lacks(self, member: Membership) -> list[str]:
        """Return the names of the items that are missing for the member.

        A visa letter is left out for desk users who may not see visa letters.
        """
        desk = sees(self.context, "delegations.membership.view")
        sees_visas = not desk or sees(self.context, "delegations.visaletter.view")
        return [
            what for what in member_completeness.lacking(member) if what != member_completeness.VISA or sees_visas
        ]


class MemberChange(serializers.Serializer[Any]):
    """The new category of a member."""

    category = OneCategory(help_text="The category's code.")


class Whom(serializers.ModelSerializer[Person]):
    """Either the id of a person who is entered already, in `person`, or the fields of a new person."""

    person = OnePerson(required=False, help_text="Who is entered already; or give the fields below.")
    another = Ids(required=False, help_text="Ids of people whom they resemble and are not.")

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = ["person", *PERSON, "another"]

    def validate(self, attrs: Any) -> Any:
        """Return the values. Raises ValidationError if both `person` and fields of a new person are given."""
        if "person" in attrs and (person_values(attrs) or "another" in attrs):
            raise serializers.ValidationError(
                {"person": gettext("Give either an existing person or the fields of a new person, not both.")}
            )
        return attrs


class MemberInput(Whom):
    """The person to name, with the party and the category in which they are named."""

    party = OneParty()
    category = OneCategory(help_text="The category's code.")

    class Meta(Whom.Meta):
        fields: ClassVar[list[str]] = ["party", "category", *Whom.Meta.fields]


class Replacement(Whom):
    """The person who takes a member's place. It may be another member of the party, whose former place then becomes
    free."""


class Confirmation(serializers.Serializer[Any]):
    """The members of a party to confirm. Without `members`, all members of the party are confirmed."""

    party = OneParty()
    members = Ids(required=False, help_text="Ids of members; without it all of the party.")


class MemberOrder(Order):
    """A new order of a party's members."""

    party = OneParty()


class MemberFilters(Searched):
    """Filters for members, by text, party, category, state, missing data and time."""

    text = ("person__name", "person__office", "party__name")

    q = fields_api.search_filter(_("words from the name, office or delegation"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    category = django_filters.CharFilter(field_name="category__code", label=_("category"))
    capacity = django_filters.ChoiceFilter(choices=Capacity.choices, label=_("capacity"))
    confirmed = django_filters.BooleanFilter(
        field_name="confirmed_at", lookup_expr="isnull", exclude=True, label=pgettext_lazy("member", "confirmed")
    )
    vetted = django_filters.BooleanFilter(field_name="category__vetted", label=_("requires vetting"))
    lacks = django_filters.ChoiceFilter(
        choices=[
            (name, name)
            for name in (member_completeness.PASSPORT, member_completeness.PHOTO, member_completeness.ARRIVAL)
        ],
        method="lacking",
        label=_("missing"),
    )
    named_since = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte", label=_("named since"))

    def lacking(self, rows: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        """Filter to members for whom an item is missing. A passport counts as missing only in vetted categories."""
        vetted = Q(category__vetted=True) if value == member_completeness.PASSPORT else Q()
        return rows.filter(vetted, **{f"lacks_{value}": True})


class MembershipViewSet(DeskViewSet):
    """Members of parties."""

    name = "members"
    verbose_name = _("members")
    permission = "delegations.membership"
    permissions: ClassVar[dict[str, str]] = {"add": NAME, "change": NAME, "remove": WITHDRAW}
    model = Membership
    serializer_class = MemberSerializer
    input_serializer_class = MemberInput
    update_serializer_class = MemberChange
    filterset_class = MemberFilters
    ordering_fields: ClassVar[Any] = {
        "party": ("party_key", "party", "position"),
        "name": ("called", "person__office"),
        "named_at": ("created_at",),
    }
    summit_path = "party__summit"
    external = "person__external_ids"

    def rows(self) -> QuerySet[Membership]:
        """Return members with their people, parties and categories, annotated with the data that is missing for
        them."""
        rows = Membership.objects.select_related("person", "category", "party__summit")
        annotated = rows.annotate(party_key=F("party__sort_key"), called=F("person__name"))
        return member_completeness.with_lacks(annotated)

    def picked(self, key: str) -> Q:
        """Return the condition that finds a member by the person's id, or by the person's id in another system."""
        return external_key(self.external, key) if key.startswith(EXTERNAL) else Q(person__public_id=key)

    def where(self, row: Membership) -> str:
        """Return the URL path of a member in the API."""
        return reverse("api-desk-members-row", args=[row.party.summit.slug, row.person.public_id])

    def add(self, *, by: User, summit: Summit, values: Values) -> Membership:
        """Name a person who is entered already, or enter a new person and name them. Returns the member."""
        party, category = values["party"], values["category"]
        if "person" in values:
            return members_services.name(by=by, party=party, category=category, person=values["person"])
        another = values.get("another", ())
        return registration.create_and_name(
            by=by, party=party, category=category, values=person_values(values), another=another
        )

    def change(self, *, by: User, row: Membership, values: Values) -> Membership:
        """Put a member into another category and return the member."""
        members_services.move(by=by, membership=row, category=values.get("category", row.category))
        return row

    def remove(self, *, by: User, row: Membership) -> None:
        """Withdraw a member, which also ends the member's badges, visa letters and declarations."""
        members_services.withdraw(by=by, membership=row)

    @action("confirm", permission=NAME)
    def confirm(self, *, by: User, row: Membership, values: Values) -> Membership:
        """Confirm a member, and return the member. A member who is confirmed already stays so."""
        members_services.confirm(by=by, party=row.party, people=[row.pk])
        return row

    @action("confirm", permission=NAME, input=Confirmation, detail=False)
    def confirm_many(self, *, by: User, summit: Summit, values: Values) -> list[Membership]:
        """Confirm the members of a party in `members`, or all its members if that isn't given. Returns these
        members."""
        party = values["party"]
        rows = list(Membership.objects.filter(party=party).select_related("person").order_by("position", "pk"))
        keys = _keys(rows, values["members"], "members") if "members" in values else [row.pk for row in rows]
        members_services.confirm(by=by, party=party, people=keys)
        return [row for row in rows if row.pk in set(keys)]

    @action("replace", permission=WITHDRAW, input=Replacement, output=MemberSerializer)
    def replace(self, *, by: User, row: Membership, values: Values) -> Membership:
        """Put a person in a member's place: a person who is entered already, a new person, or another member of the
        party. The old badge ends at once. Returns the new member."""
        if "person" in values:
            created = members_services.replace(by=by, membership=row, person=values["person"])
        else:
            another = values.get("another", ())
            created = registration.create_and_replace(
                by=by, membership=row, values=person_values(values), another=another
            )
        return self.rows().get(pk=created.pk)

    @action("reorder", permission=NAME, input=MemberOrder, detail=False)
    def reorder(self, *, by: User, summit: Summit, values: Values) -> list[Membership]:
        """Put a party's members in an order. Members that `order` doesn't name follow in their old order. `expected`
        is the complete order as the client read it with `?party=…`. Returns all members of the party."""
        party = values["party"]
        rows = list(Membership.objects.filter(party=party).select_related("person").order_by("position", "pk"))
        new_order, expected = (_keys(rows, values[name], name) for name in ("order", "expected"))
        current_order = [row.pk for row in rows]
        fields_api.check_order(current_order, expected)
        members_services.reorder(by=by, party=party, order=new_order, expected=mark(current_order))
        return list(Membership.objects.filter(party=party).order_by("position", "pk"))

    def log_access(self, *, by: User, summit: Summit, rows: Iterable[Membership], fields: Iterable[str]) -> None:
        """Log that `by` read the names of these members, if `fields` has the name or the office."""
        logged = ["person"] if {"name", "office"} & set(fields) else []
        access_log.log_rows(
            by=by, summit=summit, rows=list(rows), fields=logged, people=lambda row: [row.person.public_id]
        )


def _keys(rows: list[Membership], ids: list[str], field: str) -> list[int]:
    return keys_of(rows, ids, by=lambda row: row.person.public_id, field=field)
