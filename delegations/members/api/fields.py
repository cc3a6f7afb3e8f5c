"""Fields that name members and categories in requests, and the common fields of rows about a member."""

from typing import Any, ClassVar

import django_filters
from django.db.models import BooleanField, Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api.fields import Reachable
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.parties.api.fields import PartyName
from summit.api_base.viewsets import InSummit
from summit.people.models import Person
from summit.permissions.rules import seen_rows
from summit.users.models import User


class OneCategory(InSummit):
    """A field for one category of the summit, by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Category.objects.all(), **kwargs)
        self.slug_field = "code"


class OfPerson(serializers.Serializer[Any]):
    """The common fields of rows about a person of a party: id, party and person."""

    OF: ClassVar[tuple[str, ...]] = ("id", "party", "party_name", "person", "person_name")

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    person = serializers.CharField(source="person.public_id", read_only=True)
    person_name = serializers.CharField(source="person.label", read_only=True)


class OfPersonFilters(django_filters.FilterSet):
    """Filters for rows about a person, by party and by person."""

    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    person = django_filters.CharFilter(field_name="person__public_id", label=pgettext_lazy("label", "person"))


@extend_schema_field(str)
class Member(Reachable):
    """A field for a member of a party, by the person's id. It accepts only members for whom the user has
    `permission`."""

    def __init__(self, *, permission: str, **kwargs: Any) -> None:
        rows = Membership.objects.select_related("person__summit", "party__summit", "category")
        super().__init__(permission=permission, summit_path="party__summit", **{"queryset": rows, **kwargs})
        self.slug_field = "person__public_id"


MEMBERS = "delegations.membership.view"
# The public id of the party that looks after a person (delegations.members.person_field_groups.party_of).
PARTY_KEY = Coalesce("membership__party__public_id", "particulars__entered_for__public_id")


def with_belonging(rows: QuerySet[Person], by: User, permission: str = MEMBERS) -> QuerySet[Person]:
    """Annotate people with `belongs_to`, `comes_as` and `is_member`, for use in filters.

    These are the public id of the person's party, the code of their category, and whether they are a member. If `by`
    may not see a person's membership, the first two are NULL and `is_member` is False.
    """
    condition = seen_rows(by, permission, Person, "summit")
    null: Any = Value(None, output_field=CharField())
    visible = Q(pk__isnull=False) if condition is None else condition
    return rows.alias(
        belongs_to=Case(When(visible, then=PARTY_KEY), default=null, output_field=CharField()),
        comes_as=Case(When(visible, then=F("membership__category__code")), default=null, output_field=CharField()),
        is_member=Case(
            When(visible & Q(membership__isnull=False), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )
