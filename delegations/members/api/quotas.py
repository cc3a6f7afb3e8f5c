"""API of quotas: how many people each party may name by category, how many it has named, and the deadlines."""

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api import fields as fields_api
from delegations.core.api.fields import Values, sees
from delegations.members.api.fields import OneCategory
from delegations.members.models.categories import Category
from delegations.members.models.quotas import Quota
from delegations.members.permissions import RAISE_QUOTA
from delegations.members.selectors import quotas
from delegations.members.selectors.quotas import Meter
from delegations.members.services import quotas as quotas_services
from delegations.parties.api import fields as parties_fields_api
from delegations.parties.api.fields import PartiesSearched
from delegations.parties.models.parties import Party, PartyKind
from summit.api_base.actions import action
from summit.api_base.viewsets import DeskViewSet
from summit.users.models import User


class NumberSerializer(serializers.Serializer[Any]):
    """How many people a party has named and may name in a category, or in total if `category` is null."""

    category = serializers.CharField(allow_null=True, help_text="The category's code.")
    called = serializers.CharField(help_text="What it is called, in the reader's language.")
    named = serializers.IntegerField()
    unconfirmed = serializers.IntegerField()
    allowed = serializers.IntegerField(allow_null=True, help_text="Null: as many as it likes.")
    left = serializers.IntegerField(allow_null=True)
    own = serializers.BooleanField(help_text="Whether the party has a number of its own.")
    reason = serializers.CharField(allow_null=True, help_text="Why it has; for the desks alone.")
    name_by = serializers.DateTimeField(allow_null=True)
    confirm_by = serializers.DateTimeField(allow_null=True)
    closed = serializers.BooleanField(help_text="Whether only a desk names people any more.")


class QuotasSerializer(serializers.ModelSerializer[Party]):
    """A party's quotas by category, in the order of the categories. The total comes last, if it is limited."""

    id = serializers.CharField(source="public_id", read_only=True, help_text="The party's.")
    numbers = serializers.SerializerMethodField()

    class Meta:
        model = Party
        fields: ClassVar[list[str]] = ["id", "name", "numbers"]

    @extend_schema_field(NumberSerializer(many=True))
    def get_numbers(self, party: Party) -> Any:
        """Return a party's quotas. The number of queries doesn't grow with the number of parties in the response."""
        context: Any = self.context
        if "numbers" not in context:
            list_serializer: Any = self.parent
            rows = [party] if list_serializer is None else list(list_serializer.instance)
            context["numbers"], context["reasons"] = quotas.meters_of(rows), self._reasons(rows)
        numbers = [self._number(meter) for meter in context["numbers"][party.pk]]
        return NumberSerializer(numbers, many=True).data

    def _reasons(self, rows: Iterable[Party]) -> dict[tuple[int, int | None], str]:
        if not sees(self.context, "delegations.quota.view"):
            return {}
        own_quotas = Quota.objects.filter(party__in=[row.pk for row in rows])
        return {(row.party_id, row.category_id): row.reason for row in own_quotas}

    def _number(self, meter: Meter) -> dict[str, Any]:
        category = meter.category
        key = (meter.party.pk, category.pk if category else None)
        names = ("named", "unconfirmed", "allowed", "left", "name_by", "confirm_by", "closed")
        return {
            **{name: getattr(meter, name) for name in names},
            "category": category.code if category else None,
            "called": meter.label,
            "own": meter.raised,
            "reason": self.context["reasons"].get(key),
        }


class QuotaOf(serializers.Serializer[Any]):
    """The category of a quota, or null for the total."""

    category = OneCategory(allow_null=True, help_text="The category's code; null for the number in all.")


class QuotaInput(QuotaOf):
    """A party's own quota, and the reason for it."""

    number = serializers.IntegerField(min_value=0, max_value=10_000)
    reason = serializers.CharField(max_length=300)


class QuotaFilters(PartiesSearched):
    """Filters for parties, by text, kind, id, and whether more people can be named."""

    q = fields_api.search_filter(_("words from the delegation’s names"))
    kind = django_filters.ChoiceFilter(choices=PartyKind.choices, label=_("type"))
    party = django_filters.CharFilter(field_name="public_id", label=pgettext_lazy("label", "delegation"))
    room = django_filters.ChoiceFilter(
        choices=[(name, name) for name in (quotas.OVER, quotas.FULL, quotas.ROOM)],
        method="with_room",
        label=_("places available"),
    )

    def with_room(self, rows: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        """Filter to parties that have named too many people, are full in a category, or have room in all
        categories."""
        meters_by_party = quotas.meters_of(rows).items()
        return rows.filter(pk__in=[key for key, meters in meters_by_party if quotas.room(meters) == value])


class PartyQuotaViewSet(DeskViewSet):
    """How many people each party may name. Each row is a party, with the party's id."""

    name = "quotas"
    verbose_name = _("quotas")
    permission = "delegations.quota"
    allowed_methods = ()
    model = Party
    serializer_class = QuotasSerializer
    input_serializer_class = QuotaInput
    filterset_class = QuotaFilters
    ordering_fields: ClassVar[Any] = {"name": ("sort_key",)}
    external = "external_ids"

    def rows(self) -> QuerySet[Party]:
        """Return all parties with their summits."""
        return Party.objects.select_related("summit")

    def get_queryset(self, user: User, slug: str) -> QuerySet[Party]:
        """Return the parties of which the user may see the quotas, annotated for the filters."""
        return parties_fields_api.annotate_for_desk(super().get_queryset(user, slug), user, self.permission)

    @action("set", permission=RAISE_QUOTA, input=QuotaInput)
    def set_quota(self, *, by: User, row: Party, values: Values) -> Party:
        """Set a party's own quota for a category, or for the total, and return the party."""
        quotas_services.set_quota(by=by, party=row, **values)
        return row

    @action("drop", permission=RAISE_QUOTA, input=QuotaOf)
    def drop_quota(self, *, by: User, row: Party, values: Values) -> Party:
        """Remove a party's own quota, so that the general quota applies again, and return the party."""
        category: Category | None = values["category"]
        quotas_services.remove_quota(by=by, party=row, category=category)
        return row
