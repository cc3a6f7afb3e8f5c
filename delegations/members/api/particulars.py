"""API of people's particulars, in groups: passports, needs, journeys.

Each group is a resource with its own permission and scope, so that an API client reads only the data that it needs.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api.fields import Searched, Values, sees
from delegations.members.api.fields import MEMBERS, with_belonging
from delegations.members.permissions import own_parties
from delegations.members.person_field_groups import (
    COLUMNS,
    NEEDS,
    PASSPORT,
    TRAVEL,
    FieldGroup,
    FieldReader,
    filled,
    particulars_of,
    party_of,
)
from delegations.members.services import people
from summit.api_base.viewsets import DeskViewSet
from summit.core.encrypted_fields import EncryptedDateField
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import seen_rows, summits_for
from summit.summits.models import Summit
from summit.users.models import User

RELATED = ("summit", "membership__party__summit", "particulars__entered_for__summit", "photo__entered_for")


def _field(column: Any) -> serializers.Field[Any, Any, Any, Any]:
    """Return the serializer field for a column of Particulars. A null value empties the column."""
    options: dict[str, Any] = {"allow_null": True, "required": False}
    if isinstance(column, EncryptedDateField):
        return serializers.DateField(**options)
    if isinstance(column, DateTimeField):
        return serializers.DateTimeField(**options)
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, allow_blank=True, **options)
    return serializers.CharField(max_length=column.max_length, allow_blank=True, **options)


class GroupFields(serializers.Serializer[Any]):
    """The fields of a group, from the columns of Particulars."""

    group: ClassVar[FieldGroup]

    def get_fields(self) -> dict[str, Any]:
        """Return the declared fields and then those of the group."""
        return super().get_fields() | {name: _field(COLUMNS[name]) for name in self.group.fields}


class PassportFields(GroupFields):
    """The fields of a person's passport. A null value empties a field."""

    group = PASSPORT


class NeedsFields(GroupFields):
    """The fields of a person's dietary and access needs. A null value empties a field."""

    group = NEEDS


class TravelFields(GroupFields):
    """The fields of a person's journey: arrival, departure, hotel and vehicle. A null value empties a field."""

    group = TRAVEL


class OfPerson(serializers.Serializer[Any]):
    """A person, with the names of the group's fields that have a value in `entered`. If a field named there is null,
    it was entered by somebody outside the user's party, and the user may not see it."""

    group: ClassVar[FieldGroup]

    id = serializers.CharField(source="public_id", read_only=True, help_text="The person's.")
    name = serializers.CharField(read_only=True)
    office = serializers.CharField(read_only=True)
    party = serializers.SerializerMethodField()
    entered = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_party(self, person: Person) -> str | None:
        """Return the id of the party that looks after the person, or None if there is none or the user may not see
        it."""
        visible = self.group is NEEDS or sees(self.context, MEMBERS) or not sees(self.context, self.group.view)
        party = party_of(person) if visible else None
        return None if party is None else party.public_id

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_entered(self, person: Person) -> list[str]:
        """Return the names of the group's fields that have a value."""
        entered = filled(person)
        return [name for name in self.group.fields if name in entered]

    def to_representation(self, instance: Person) -> dict[str, Any]:
        """Return the values that the user may see, and None for the others."""
        data: dict[str, Any] = {}
        row, may = particulars_of(instance), reader_of(self.context).visible(instance)
        for name, field in self.fields.items():
            if name in self.group.fields:
                value = getattr(row, name) if row is not None and name in may else None
                value = None if value == "" else value
            else:
                value = field.get_attribute(instance)
            data[name] = None if value is None else field.to_representation(value)
        return data


def readable_by(user: User, group: FieldGroup, own: Q) -> Q:
    """Return a condition for the people of whom a user may see a group of fields.

    These are all people of the summits in which the user's desk may see the group, and the people who match `own`.
    """
    desks = summits_for(user, group.view)
    return Q(pk__isnull=False) if desks is None else Q(summit__in=desks) | own


def told(readable: Q, path: str) -> Case:
    """Return an expression for the time at `path`, for filters. It is NULL for people who don't match `readable`."""
    null: Any = Value(None, output_field=DateTimeField())
    return Case(When(readable, then=F(path)), default=null, output_field=DateTimeField())


def reader_of(context: Any) -> FieldReader:
    """Return the FieldReader of a request, which all rows of the response share."""
    found: FieldReader = context.setdefault("reader", FieldReader(context["by"]))
    return found


class PassportSerializer(OfPerson, PassportFields):
    """The passport data of a person."""


class NeedsSerializer(OfPerson, NeedsFields):
    """The dietary and access needs of a person."""


class TravelSerializer(OfPerson, TravelFields):
    """The journey of a person."""


class GroupFilters(Searched):
    """Filters for people. If the user may not see a person's membership, filters by party and category don't match
    them."""

    model = Person

    party = django_filters.CharFilter(field_name="belongs_to", label=pgettext_lazy("label", "delegation"))
    category = django_filters.CharFilter(field_name="comes_as", label=_("category"))
    member = django_filters.BooleanFilter(field_name="is_member", label=_("is named in a category"))
    changed_since = django_filters.IsoDateTimeFilter(
        field_name="told_at", lookup_expr="gte", label=_("changed since")
    )


class PassportFilters(GroupFilters):
    """Filters for passports, by whether a passport number is entered, party, category and time of change."""

    entered = django_filters.BooleanFilter(method="numbered", label=_("has a passport number"))

    def numbered(self, rows: QuerySet[Person], name: str, value: bool) -> QuerySet[Person]:
        """Filter to people with a passport number, or without one.

        The stored digest tells which have one, so nothing is decrypted.
        """
        has_number = Q(particulars__isnull=False) & ~Q(particulars__passport_digest="")
        return rows.filter(has_number) if value else rows.exclude(has_number)


class NeedsFilters(GroupFilters):
    """Filters for needs, by whether any are entered, party, category and time of change."""

    entered = django_filters.BooleanFilter(method="needing", label=_("has needs"))

    def needing(self, rows: QuerySet[Person], name: str, value: bool) -> QuerySet[Person]:
        """Filter to people with needs, or without any.

        An empty text is stored as no bytes, so nothing is decrypted.
        """
        has_needs = Q(particulars__isnull=False) & ~Q(**{f"particulars__{name}": "" for name in NEEDS.fields})
        return rows.filter(has_needs) if value else rows.exclude(has_needs)


class TravelFilters(GroupFilters):
    """Filters for journeys, by times of arrival and departure, party, category and time of change."""

    arrives_from = django_filters.IsoDateTimeFilter(
        field_name="arrives", lookup_expr="gte", label=_("arrives on or after")
    )
    arrives_until = django_filters.IsoDateTimeFilter(
        field_name="arrives", lookup_expr="lt", label=_("arrives before")
    )
    departs_from = django_filters.IsoDateTimeFilter(
        field_name="departs", lookup_expr="gte", label=_("departs on or after")
    )
    departs_until = django_filters.IsoDateTimeFilter(
        field_name="departs", lookup_expr="lt", label=_("departs before")
    )


class PersonParticularsViewSet(DeskViewSet):
    """One group of people's particulars. Each row is a person, with the person's id."""

    group: ClassVar[FieldGroup]
    allowed_methods = ("change",)
    model = Person
    ordering_fields: ClassVar[Any] = {"name": ("name", "office")}
    external = "external_ids"

    def rows(self) -> QuerySet[Person]:
        """Return people with their particulars, party and photograph."""
        return Person.objects.select_related(*RELATED)

    def get_queryset(self, user: User, slug: str) -> QuerySet[Person]:
        """Return the people of whom the user may see this group, annotated for the filters."""
        permission = self.group.view if self.group is NEEDS else MEMBERS
        party_keys = own_parties(user, Role.FOCAL_POINT).values("pk")
        readable = readable_by(user, self.group, Q(particulars__entered_for__in=party_keys))
        rows = with_belonging(super().get_queryset(user, slug), user, permission)
        return rows.alias(told_at=told(readable, "particulars__updated_at"))

    def change(self, *, by: User, row: Person, values: Values) -> Person:
        """Change the person's fields in this group, and return the person. A null value empties a field."""
        new_values = {name: "" if value is None else value for name, value in values.items()}
        if new_values:
            people.change(by=by, person=row, values=new_values)
        return row

    def log_access(self, *, by: User, summit: Summit, rows: Iterable[Person], fields: Iterable[str]) -> None:
        """Log which of these fields `by` saw of each person.

        Each access to passports is logged. Access to another group is logged once an hour, as in the admin.
        """
        reader, requested = FieldReader(by), set(fields) & set(self.group.fields)
        fields_by_person = {row: filled(row) & requested & reader.visible(row) for row in rows}
        visible_rows = [row for row, names in fields_by_person.items() if names]
        visible_fields = {name for names in fields_by_person.values() for name in names}
        access_log.log_rows(
            by=by, summit=summit, rows=visible_rows, fields=visible_fields, always=self.group.each_logged
        )


class PassportViewSet(PersonParticularsViewSet):
    """People's passport data."""

    name = "passports"
    verbose_name = _("passports")
    permission = "delegations.passport"
    group = PASSPORT
    serializer_class = PassportSerializer
    input_serializer_class = PassportFields
    filterset_class = PassportFilters


class NeedsViewSet(PersonParticularsViewSet):
    """People's dietary and access needs."""

    name = "needs"
    verbose_name = pgettext_lazy("of people", "needs")
    permission = "delegations.needs"
    group = NEEDS
    serializer_class = NeedsSerializer
    input_serializer_class = NeedsFields
    filterset_class = NeedsFilters


class TravelViewSet(PersonParticularsViewSet):
    """People's journeys."""

    name = "travel"
    verbose_name = _("travel details")
    permission = "delegations.travel"
    group = TRAVEL
    serializer_class = TravelSerializer
    input_serializer_class = TravelFields
    filterset_class = TravelFilters

    def get_queryset(self, user: User, slug: str) -> QuerySet[Person]:
        """Return the people of whom the user may see journeys.

        Filters by time use only the times that the user may see.
        """
        visible = seen_rows(user, TRAVEL.view, Person, "summit") or Q(pk__isnull=False)
        entered_by_party = visible & Q(particulars__withheld=[], particulars__entered_for=F("membership__party"))
        readable = readable_by(user, TRAVEL, entered_by_party)
        moments = {name: told(readable, f"particulars__{name}_at") for name in ("arrives", "departs")}
        return super().get_queryset(user, slug).alias(**moments)
