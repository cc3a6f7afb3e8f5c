"""The API of the rules that say how many transferable passes a party gets."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.badges.services import transferable_pass_rules
from delegations.core.api.fields import Values
from delegations.zones.api import ZonesField
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class TransferablePassRuleSerializer(serializers.ModelSerializer[TransferablePassRule]):
    """A kind of transferable pass: a party gets `passes` passes for every `people` people, `most` at most. `zones`
    are the codes of the zones that the passes open."""

    id = serializers.CharField(source="public_id", read_only=True)
    zones: Any = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)

    class Meta:
        model = TransferablePassRule
        fields: ClassVar[list[str]] = ["id", "name", "passes", "people", "most", "zones"]


class TransferablePassRuleInput(serializers.ModelSerializer[TransferablePassRule]):
    """The values of a kind of transferable pass."""

    zones = ZonesField(required=False)

    class Meta:
        model = TransferablePassRule
        fields: ClassVar[list[str]] = ["name", "passes", "people", "most", "zones"]
        validators: ClassVar[list[Any]] = []


class TransferablePassRuleViewSet(DeskViewSet):
    """Kinds of transferable passes, each with the rule for how many passes a party gets."""

    name = "overpass-rules"
    verbose_name = _("transferable pass types")
    permission = "delegations.transferablepassrule"
    model = TransferablePassRule
    serializer_class = TransferablePassRuleSerializer
    input_serializer_class = TransferablePassRuleInput
    ordering_fields: ClassVar[Any] = {"name": ("name",)}

    def rows(self) -> QuerySet[TransferablePassRule]:
        """Return the kinds of passes with the zones that they open."""
        return TransferablePassRule.objects.select_related("summit").prefetch_related("zones")

    def add(self, *, by: User, summit: Summit, values: Values) -> TransferablePassRule:
        """Add a kind of transferable pass."""
        return transferable_pass_rules.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: TransferablePassRule, values: Values) -> TransferablePassRule:
        """Change a kind of transferable pass."""
        return transferable_pass_rules.change(by=by, rule=row, values=values)

    def remove(self, *, by: User, row: TransferablePassRule) -> None:
        """Delete a kind of transferable pass. This is refused while somebody carries such a pass."""
        transferable_pass_rules.remove(by=by, rule=row)
