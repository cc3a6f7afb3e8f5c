"""API of handovers: read them, pass their items on, or drop them."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.core.api.fields import StaffName
from delegations.members.api.fields import Member
from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover, HandoverState
from delegations.membership_changes.services import handovers
from delegations.parties.api.fields import PartyName
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.users.models import User

DECIDE = "delegations.decide_handover"


@extend_schema_field(str)
class ItemTitleField(serializers.Field[Any, Any, Any, Any]):
    """The kind of a handover's item, with its title if the user may see it. The items of all rows of a response are
    looked up together."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, source="*", **kwargs)

    def to_representation(self, value: Handover) -> str:
        """Return the name of the item's kind, followed by its title if the user may see it."""
        context: Any = self.context
        titles: dict[int, str] = context.setdefault("items", {})
        if value.pk not in titles:
            list_serializer: Any = self.parent.parent if self.parent is not None else None
            rows: Any = (
                list_serializer.instance if isinstance(list_serializer, serializers.ListSerializer) else [value]
            )
            rows_with_items = handovers.with_items(
                rows, summit=context["summit"], reader=handover_items.HandoverDesk(context["by"])
            )
            titles |= {row.pk: item.words for row, item in rows_with_items}
        return titles[value.pk]


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """An item of a person who left a party. `giver` is the id of that person, and `taker` the id of the person who
    gets the item."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    giver = serializers.CharField(source="giver.public_id", read_only=True)
    taker = serializers.CharField(source="taker.public_id", read_only=True, allow_null=True, default=None)
    item = ItemTitleField()
    decided_by = StaffName(permission="delegations.handover.view")

    class Meta:
        model = Handover
        fields: ClassVar[list[str]] = [
            *("id", "party", "party_name", "giver", "taker", "what", "item", "since", "state"),
            *("decided_at", "decided_by"),
        ]
        read_only_fields = fields


class HandoverFilters(django_filters.FilterSet):
    """Filters for handovers, by state, party, giver, kind of item and time."""

    state = django_filters.ChoiceFilter(choices=HandoverState.choices, label=_("state"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    giver = django_filters.CharFilter(field_name="giver__public_id", label=_("previous holder"))
    what = django_filters.CharFilter(label=_("item"))
    waits_since = django_filters.IsoDateTimeFilter(field_name="since", lookup_expr="gte", label=_("since"))


class PassOnInput(serializers.Serializer[Any]):
    """The member of the party who gets the item."""

    person = Member(permission=DECIDE)


class HandoverViewSet(DeskViewSet):
    """Items of people who left a party, to be passed on or dropped."""

    name = "handovers"
    verbose_name = _("handovers")
    permission = "delegations.handover"
    allowed_methods = ()
    model = Handover
    serializer_class = HandoverSerializer
    filterset_class = HandoverFilters
    ordering_fields: ClassVar[Any] = {"since": ("since",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Handover]:
        """Return handovers with their party, giver and taker, and the user who decided."""
        return Handover.objects.select_related("party__summit", "giver", "taker", "decided_by")

    @action("pass-on", permission=DECIDE, input=PassOnInput)
    def pass_on(self, *, by: User, row: Handover, values: Values) -> None:
        """Pass the item on to a member of the party. The agenda changes with the next release."""
        handovers.pass_on(handover=row, to=values["person"].person, by=by)

    @action("drop", permission=DECIDE)
    def drop(self, *, by: User, row: Handover, values: Values) -> None:
        """Drop the item, so that nobody holds it. The agenda changes with the next release."""
        handovers.discard(handover=row, by=by)
