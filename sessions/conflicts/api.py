"""The API of what a summit does about conflicts in the draft: an action of the sessions."""

from typing import Any

from rest_framework import serializers

from sessions.conflicts.models import CONFLICT_KINDS, ConflictAction, WarningKind
from sessions.conflicts.selectors.policies import policies
from sessions.conflicts.services import policies as policy_services
from summit.api_base.actions import action
from summit.api_base.viewset_views import Values
from summit.summits.models import Summit
from summit.users.models import User


class ConflictRulesInput(serializers.Serializer[Any]):
    """What happens at a kind of conflict, and the minutes from one venue to another. Everything else stays."""

    kind = serializers.ChoiceField(choices=CONFLICT_KINDS, required=False)
    action = serializers.ChoiceField(choices=ConflictAction.values, required=False)
    minutes_between_venues = serializers.IntegerField(required=False, min_value=0, max_value=240)


class ConflictRulesSerializer(serializers.Serializer[Any]):
    """What happens at each kind of conflict: `block`, `warn` or `ignore`."""

    actions = serializers.DictField(child=serializers.ChoiceField(choices=ConflictAction.values))
    minutes_between_venues = serializers.IntegerField()


class ConflictRulesMixin:
    """Adds the conflict rules of the summit to the viewset of its draft sessions."""

    @action(
        "set-conflict-rule",
        permission="agenda.conflictpolicy.change",
        input=ConflictRulesInput,
        output=ConflictRulesSerializer,
        detail=False,
    )
    def set_conflict_rule(self, *, by: User, summit: Summit, values: Values) -> dict[str, Any]:
        """Set what happens at a kind of conflict, and return all rules. Without values, change nothing.

        `block` refuses changes of the draft that make such a conflict.
        """
        actions = {}
        if "kind" in values and "action" in values:
            actions = {WarningKind(values["kind"]): ConflictAction(values["action"])}
        policy_services.change(
            summit=summit, actions=actions, way_minutes=values.get("minutes_between_venues"), by=by
        )
        stored = policies(summit)
        return {
            "actions": {kind.value: stored.action(kind).value for kind in WarningKind},
            "minutes_between_venues": stored.way_minutes,
        }
