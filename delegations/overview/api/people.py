"""API of people. Desks use it for all people, and focal points for their own party's people."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api import access_log
from delegations.core.api import fields as fields_api
from delegations.core.api.fields import (
    AccessibleAccountField,
    Ids,
    Searched,
    Several,
    SkippedItemSerializer,
    Values,
    sees,
)
from delegations.members.api import fields as members_fields_api
from delegations.members.api.fields import MEMBERS, PARTY_KEY
from delegations.members.person_field_groups import LOGGED, PERSON
from delegations.members.services import registration
from delegations.overview.api.parties import KeysField
from delegations.parties.api.fields import OneParty
from delegations.parties.models.parties import ExternalId
from delegations.portal_access.services import accounts
from delegations.privacy.api.data_rights import Rights
from summit.accounts.visible_accounts import CHOOSE
from summit.api_base.actions import action
from summit.api_base.viewsets import DeskViewSet
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

SEE = "summit.person.view"
# The attribute with the prefetched ids in other systems. A list avoids creating a manager for each row.
KEYS = "keys_elsewhere"


class PersonSerializer(serializers.ModelSerializer[Person]):
    """A person at the summit. `party` is the party that looks after the person, and `category` the code of the
    category in which they are named. Desk users who may not see members get null in both."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.SerializerMethodField()
    category = serializers.SerializerMethodField()
    external_ids = serializers.SerializerMethodField()
    account = serializers.SerializerMethodField()
    erased = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = [
            *("id", *PERSON, "party", "category", "external_ids", "account", "erased", "created_at")
        ]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_party(self, person: Person) -> str | None:
        """Return the id of the party that looks after the person, or None if there is none or the user may not see
        it."""
        key: str | None = getattr(person, "party_key", None)
        return key if self._members(person) else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_category(self, person: Person) -> str | None:
        """Return the code of the person's category, or None if there is none or the user may not see it."""
        code: str | None = getattr(person, "category_code", None)
        return code if self._members(person) else None

    @extend_schema_field(KeysField(allow_null=True))
    def get_external_ids(self, person: Person) -> dict[str, str] | None:
        """Return a dict from system to the person's id in it, or None if the user may not see these ids."""
        if not sees(self.context, "delegations.externalid.view"):
            return None
        rows: list[ExternalId] = getattr(person, KEYS)
        return {row.system: row.value for row in rows}

    @extend_schema_field(
        serializers.BooleanField(allow_null=True, help_text="Whether they have an account; null to focal points.")
    )
    def get_account(self, person: Person) -> bool | None:
        """Return whether the person has an account, or None if the user isn't at a desk."""
        return person.user_id is not None if sees(self.context, SEE) else None

    @extend_schema_field(serializers.BooleanField(help_text="Whether all that was known of them was erased."))
    def get_erased(self, person: Person) -> bool:
        """Return whether the person's data was erased."""
        return person.erased_at is not None

    def _members(self, person: Person) -> bool:
        # Users who aren't at a desk only see people of their own party.
        return sees(self.context, MEMBERS) or not sees(self.context, "summit.person.view")


class PersonChange(serializers.ModelSerializer[Person]):
    """The fields of a person that can be changed. `external_ids` replaces all stored ones."""

    external_ids = KeysField(required=False)

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = [*PERSON, "external_ids"]


class PersonInput(PersonChange):
    """A new person, for a party or for none. If similar people are entered already, the request is refused, and the
    response has their ids. If it is another person, send these ids as `another`."""

    party = OneParty(required=False, help_text="The party that looks after them.")
    another = Ids(required=False, help_text="Ids of people whom they resemble and are not.")

    class Meta(PersonChange.Meta):
        fields: ClassVar[list[str]] = ["party", *PersonChange.Meta.fields, "another"]


class PersonFilters(Searched):
    """Filters for people. If the user may not see a person's membership, filters by party and category don't match
    them."""

    model = Person

    q = fields_api.search_filter(_("words from the name, office, email address or delegation"))
    party = django_filters.CharFilter(field_name="belongs_to", label=pgettext_lazy("label", "delegation"))
    category = django_filters.CharFilter(field_name="comes_as", label=_("category"))
    member = django_filters.BooleanFilter(field_name="is_member", label=_("is named in a category"))
    email = django_filters.CharFilter(lookup_expr="iexact", label=_("email"))
    language = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label=_("language"))
    erased = django_filters.BooleanFilter(
        field_name="erased_at", lookup_expr="isnull", exclude=True, label=_("erased")
    )
    created_since = django_filters.IsoDateTimeFilter(
        field_name="created_at", lookup_expr="gte", label=_("added since")
    )


class PeopleInput(serializers.Serializer[Any]):
    """People, by their ids or by their ids in other systems."""

    people = Several(rows=Person.objects.select_related("summit"), permission=SEE, external="external_ids")


class AccountInput(serializers.Serializer[Any]):
    """The id of the account, or null for none. It must belong to one of your summits."""

    account = AccessibleAccountField(allow_null=True)


class GivenAccountsSerializer(serializers.Serializer[Any]):
    """The people who got an account, and the others with the reason."""

    given = serializers.ListField(child=serializers.CharField())
    skipped = SkippedItemSerializer(many=True)


class WithdrawnAccountsSerializer(serializers.Serializer[Any]):
    """How many accounts were removed."""

    taken = serializers.IntegerField()


class PersonViewSet(Rights, DeskViewSet):
    """People at the summit."""

    name = "people"
    verbose_name = _("people")
    permission = "summit.person"
    permissions: ClassVar[dict[str, str]] = dict.fromkeys(("add", "change"), "delegations.enter_person")
    allowed_methods = ("add", "change")
    model = Person
    serializer_class = PersonSerializer
    input_serializer_class = PersonInput
    update_serializer_class = PersonChange
    filterset_class = PersonFilters
    ordering_fields: ClassVar[Any] = {"name": ("name", "office"), "created_at": ("created_at",)}
    external = "external_ids"

    def rows(self) -> QuerySet[Person]:
        """Return people with their party's id, the code of their category and their ids in other systems."""
        keys = {"party_key": PARTY_KEY, "category_code": F("membership__category__code")}
        return Person.objects.annotate(**keys).prefetch_related(Prefetch("external_ids", to_attr=KEYS))

    def get_queryset(self, user: User, slug: str) -> QuerySet[Person]:
        """Return the people whom the user may see, annotated for the filters."""
        return members_fields_api.with_belonging(super().get_queryset(user, slug), user)

    def add(self, *, by: User, summit: Summit, values: Values) -> Person:
        """Enter a person for a party, or for none, and return the person."""
        return registration.create_with_external_ids(
            by=by,
            summit=summit,
            party=values.get("party"),
            values=person_values(values),
            keys=values.get("external_ids"),
            another=values.get("another", ()),
        )

    def change(self, *, by: User, row: Person, values: Values) -> Person:
        """Change a person's data and ids in other systems, and return the person."""
        registration.change_with_external_ids(
            by=by, person=row, values=person_values(values), keys=values.get("external_ids")
        )
        return row

    def log_access(self, *, by: User, summit: Summit, rows: Iterable[Person], fields: Iterable[str]) -> None:
        """Log that `by` read personal fields of these people, such as names, offices and mailboxes."""
        logged = [name for name in fields if name in LOGGED]
        access_log.log_rows(by=by, summit=summit, rows=list(rows), fields=logged)

    @action(
        "give-accounts", permission=accounts.ACTION, input=PeopleInput, output=GivenAccountsSerializer, detail=False
    )
    def give_accounts(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Give people portal accounts, and send each a mail. People who can't have one are skipped, with the
        reason."""
        recipients = accounts.give(people=values["people"], by=by)
        skipped = [{"id": row.public_id, "why": why} for row, why in recipients.skipped]
        return {"given": [row.public_id for row in recipients.to], "skipped": skipped}

    @action("choose-account", permission=CHOOSE, input=AccountInput)
    def choose_account(self, *, by: User, row: Person, values: Values) -> None:
        """Link another account to the person, or remove the account if `account` is null. The previous account is
        signed out at once. No mail is sent."""
        try:
            accounts.assign(person=row, user=values["account"], by=by)
        except ValidationError as refused:
            raise ValidationError({"account": refused.messages}) from refused

    @action(
        "take-accounts",
        permission=accounts.ACTION,
        input=PeopleInput,
        output=WithdrawnAccountsSerializer,
        detail=False,
    )
    def take_accounts(self, *, by: User, summit: Summit, values: Values) -> Any:
        """Remove people's accounts. The people are signed out at once, and the accounts no longer give access to the
        summit."""
        account_holders = [row for row in values["people"] if row.user_id is not None]
        return {"taken": accounts.withdraw_accounts(people=account_holders, by=by)}


def person_values(values: Values) -> dict[str, Any]:
    """Return those of the submitted values that are fields of Person."""
    return {name: value for name, value in values.items() if name in PERSON}
