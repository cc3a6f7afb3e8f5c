"""How many passes that change hands a party gets."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.badges.models.transferable_passes import OverpassRule
from delegations.badges.services import transferable_pass_rules
from delegations.core.api.fields import Values
from delegations.zones.api import ZonesField
from summit.api_base.resources import Resource
from summit.summits.models import Summit
from summit.users.models import User


class OverpassRuleSerializer(serializers.ModelSerializer[OverpassRule]):
    """So many passes for so many people of a party, which change hands. `zones` are the marks of those they open."""

    id = serializers.CharField(source="public_id", read_only=True)
    zones: Any = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)

    class Meta:
        model = OverpassRule
        fields: ClassVar[list[str]] = ["id", "name", "passes", "people", "most", "zones"]


class OverpassRuleInput(serializers.ModelSerializer[OverpassRule]):
    """What is kept of a kind of overpass."""

    zones = ZonesField(required=False)

    class Meta:
        model = OverpassRule
        fields: ClassVar[list[str]] = ["name", "passes", "people", "most", "zones"]
        validators: ClassVar[list[Any]] = []


class OverpassRules(Resource):
    """Kinds of passes that change hands."""

    name = "overpass-rules"
    called = _("kinds of overpasses")
    rule = "delegations.overpassrule"
    model = OverpassRule
    output = OverpassRuleSerializer
    input = OverpassRuleInput
    orders: ClassVar[Any] = {"name": ("name",)}

    def rows(self) -> QuerySet[OverpassRule]:
        """Return them with the zones that they open."""
        return OverpassRule.objects.select_related("summit").prefetch_related("zones")

    def add(self, *, by: User, summit: Summit, values: Values) -> OverpassRule:
        """Add a kind of overpass."""
        return transferable_pass_rules.enter(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: OverpassRule, values: Values) -> OverpassRule:
        """Change a kind of overpass."""
        return transferable_pass_rules.change(by=by, rule=row, values=values)

    def remove(self, *, by: User, row: OverpassRule) -> None:
        """Delete a kind of overpass of which nobody carries any."""
        transferable_pass_rules.remove(by=by, rule=row)
