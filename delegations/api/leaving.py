"""What changes hands: what was somebody's own and waits for protocol, and the passes of a party."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from delegations.api.parts import Member, PartyName, StaffName, note
from delegations.domain import handovers, holdings, overpasses
from delegations.models import Handover, HandoverState, Overpass
from summit.api.actions import action
from summit.api.resources import Resource
from summit.api.rows import Values
from summit.summits.models import Summit
from summit.users.models import User

DECIDE = "delegations.decide_handover"
HAND = "delegations.hand_overpass"


@extend_schema_field(str)
class ItemWords(serializers.Field[Any, Any, Any, Any]):
    """What an item is in words, as far as its reader may know: those of all rows of an answer are found at once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, source="*", **kwargs)

    def to_representation(self, value: Handover) -> str:
        """Return the words."""
        context: Any = self.context
        known: dict[int, str] = context.setdefault("items", {})
        if value.pk not in known:
            many: Any = self.parent.parent if self.parent is not None else None
            rows: Any = many.instance if isinstance(many, serializers.ListSerializer) else [value]
            told = handovers.told(rows, summit=context["summit"], reader=holdings.Desk(context["by"]))
            known |= {row.pk: item.words for row, item in told}
        return known[value.pk]


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """Something that was somebody's own: who held it, what it is, and who takes it, by the persons' ids."""

    id = serializers.CharField(source="public_id", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    giver = serializers.CharField(source="giver.public_id", read_only=True)
    taker = serializers.CharField(source="taker.public_id", read_only=True, allow_null=True, default=None)
    item = ItemWords()
    decided_by = StaffName(deed="delegations.handover.view")

    class Meta:
        model = Handover
        fields: ClassVar[list[str]] = [
            *("id", "party", "party_name", "giver", "taker", "what", "item", "since", "state"),
            *("decided_at", "decided_by"),
        ]
        read_only_fields = fields


class HandoverFilters(django_filters.FilterSet):
    """By what items are narrowed."""

    state = django_filters.ChoiceFilter(choices=HandoverState.choices, label=_("state"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    giver = django_filters.CharFilter(field_name="giver__public_id", label=_("was held by"))
    what = django_filters.CharFilter(label=_("what"))
    waits_since = django_filters.IsoDateTimeFilter(field_name="since", lookup_expr="gte", label=_("since"))


class PassOnInput(serializers.Serializer[Any]):
    """Who takes it: one of the party's people."""

    person = Member(deed=DECIDE)


class Handovers(Resource):
    """What was somebody's own and waits to be passed on or dropped."""

    name = "handovers"
    called = _("things to be passed on")
    rule = "delegations.handover"
    does = ()
    model = Handover
    output = HandoverSerializer
    filters = HandoverFilters
    orders: ClassVar[Any] = {"since": ("since",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Handover]:
        """Return items with who held them."""
        return Handover.objects.select_related("party__summit", "giver", "taker", "decided_by")

    @action("pass-on", rule=DECIDE, input=PassOnInput)
    def pass_on(self, *, by: User, row: Handover, values: Values) -> None:
        """Pass it on to one of the party's people. The agenda changes with the next release."""
        handovers.pass_on(handover=row, to=values["person"].person, by=by)

    @action("drop", rule=DECIDE)
    def drop(self, *, by: User, row: Handover, values: Values) -> None:
        """Drop it: nobody holds it. The agenda changes with the next release."""
        handovers.drop(handover=row, by=by)


class OverpassSerializer(serializers.ModelSerializer[Overpass]):
    """A pass of a party that changes hands: `holder` is the id of the person who carries it now."""

    id = serializers.IntegerField(source="pk", read_only=True)
    rule = serializers.CharField(source="rule.public_id", read_only=True)
    rule_name = serializers.CharField(source="rule.name", read_only=True)
    party = serializers.CharField(source="party.public_id", read_only=True)
    party_name = PartyName(source="party")
    holder = serializers.CharField(source="holder.person.public_id", read_only=True, allow_null=True, default=None)
    holder_name = serializers.CharField(source="holder.person.label", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Overpass
        fields: ClassVar[list[str]] = [
            *("id", "rule", "rule_name", "number", "party", "party_name", "holder", "holder_name", "since"),
        ]
        read_only_fields = fields


class OverpassFilters(django_filters.FilterSet):
    """By what passes are narrowed."""

    rule = django_filters.CharFilter(field_name="rule__public_id", label=_("overpass"))
    party = django_filters.CharFilter(field_name="party__public_id", label=pgettext_lazy("label", "party"))
    carried = django_filters.BooleanFilter(
        field_name="holder", lookup_expr="isnull", exclude=True, label=_("carried by somebody")
    )
    handed_since = django_filters.IsoDateTimeFilter(field_name="since", lookup_expr="gte", label=_("since"))


class HandInput(serializers.Serializer[Any]):
    """From whom to whom a pass goes, by the persons' ids: null is nobody. What was read says who carries it; where
    somebody else does by now, nothing happens."""

    seen = Member(deed=HAND, allow_null=True)
    taker = Member(deed=HAND, allow_null=True)


class Overpasses(Resource):
    """Passes of parties that change hands."""

    name = "overpasses"
    called = _("overpasses of parties")
    rule = "delegations.overpass"
    does = ()
    key = "pk"
    model = Overpass
    output = OverpassSerializer
    filters = OverpassFilters
    orders: ClassVar[Any] = {"since": ("since",), "number": ("number",)}
    summit_path = "party__summit"

    def rows(self) -> QuerySet[Overpass]:
        """Return passes with who carries them."""
        return Overpass.objects.select_related("rule", "party__summit", "holder__person")

    def note_seen(self, *, by: User, summit: Summit, rows: Any, fields: Any) -> None:
        """Record who carries what, where that was read."""
        carried = [row for row in rows if row.holder]
        note(
            by=by,
            summit=summit,
            rows=carried,
            fields=fields,
            shows=("holder",),
            people=lambda row: row.holder.person,
        )

    @action("hand", rule=HAND, input=HandInput)
    def hand(self, *, by: User, row: Overpass, values: Values) -> None:
        """Hand the pass to somebody, or take it back."""
        seen, taker = (values[name] and values[name].person for name in ("seen", "taker"))
        overpasses.pass_on(overpass=row, seen=seen, taker=taker, by=by)
