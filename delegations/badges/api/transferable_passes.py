"""The API of transferable passes: who carries each pass of a party."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.badges.services import transferable_passes
from delegations.core.api.access_log import log_shown_fields
from delegations.members.api.fields import Member
from delegations.parties.api.fields import PartyName
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

HAND = "delegations.hand_transferable_pass"


class TransferablePassSerializer(serializers.ModelSerializer[TransferablePass]):
    """A transferable pass of a party. `holder` is the id of the person who carries it now."""

    id = serializers.IntegerField(source="pk", read_only=True)
    rule = serializers.CharField(source="rule.public_id", read_only=True)
    rule_name = serializers.CharField(source="rule.name", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    holder = serializers.CharField(source="holder.person.public_id", read_only=True, allow_null=True, default=None)
    holder_name = serializers.CharField(source="holder.person.label", read_only=True, allow_null=True, default=None)

    class Meta:
        model = TransferablePass
        fields: ClassVar[list[str]] = [
            *("id", "rule", "rule_name", "number", "party", "party_name", "holder", "holder_name", "since"),
        ]
        read_only_fields = fields


class TransferablePassFilters(django_filters.FilterSet):
    """The filters of the list of passes."""

    rule = django_filters.CharFilter(field_name="rule__public_id", label=_("transferable pass"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "delegation"))
    carried = django_filters.BooleanFilter(field_name="holder", lookup_expr="isnull", exclude=True, label=_("in use"))
    handed_since = django_filters.IsoDateTimeFilter(field_name="since", lookup_expr="gte", label=_("since"))


class HandInput(serializers.Serializer[Any]):
    """The ids of the person who carries the pass now (`seen`) and of the person who is to carry it (`taker`). Null
    stands for nobody. If `seen` no longer carries the pass, the request is refused."""

    seen = Member(permission=HAND, allow_null=True)
    taker = Member(permission=HAND, allow_null=True)


class TransferablePassViewSet(DeskViewSet):
    """Transferable passes of parties."""

    name = "overpasses"
    verbose_name = _("delegations’ transferable passes")
    permission = "delegations.transferablepass"
    allowed_methods = ()
    lookup_field = "pk"
    model = TransferablePass
    serializer_class = TransferablePassSerializer
    filterset_class = TransferablePassFilters
    ordering_fields: ClassVar[Any] = {"since": ("since",), "number": ("number",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[TransferablePass]:
        """Return the passes with the people who carry them."""
        return TransferablePass.objects.select_related("rule", "party__summit", "holder__person")

    def log_access(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record in the access log who carries which pass, if `holder` was read."""
        carried = [row for row in rows if row.holder]
        log_shown_fields(
            by=by,
            summit=summit,
            rows=carried,
            fields=fields,
            shows=("holder",),
            people=lambda row: row.holder.person,
        )

    @action("hand", permission=HAND, input=HandInput)
    def hand(self, *, by: User, row: TransferablePass, values: Values) -> None:
        """Hand the pass to a person, or take it back."""
        seen, taker = (values[name] and values[name].person for name in ("seen", "taker"))
        transferable_passes.pass_on(transferable_pass=row, seen=seen, taker=taker, by=by)
