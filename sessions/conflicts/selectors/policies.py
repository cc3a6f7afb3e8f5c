"""What a summit does about each kind of conflict."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from sessions.conflicts.models import ConflictAction, ConflictPolicy, WarningKind
from summit.summits.models import Summit

# The minutes from one venue to another, unless the summit has its own number.
USUAL_WAY = 15


@dataclass(frozen=True)
class Policies:
    """What a summit does about each kind of conflict, and how long the way between two venues takes."""

    actions: dict[WarningKind, ConflictAction] = field(default_factory=dict)
    way_minutes: int = USUAL_WAY

    def action(self, kind: WarningKind) -> ConflictAction:
        """Return what happens at a conflict of this kind."""
        return self.actions.get(kind, ConflictAction.WARN)

    @property
    def way(self) -> timedelta:
        """The time from one venue to another."""
        return timedelta(minutes=self.way_minutes)

    @property
    def blocked(self) -> Collection[WarningKind]:
        """The kinds of conflict that are refused."""
        return frozenset(kind for kind, action in self.actions.items() if action == ConflictAction.BLOCK)


def policies(summit: Summit) -> Policies:
    """Return what a summit does about each kind of conflict. Makes one query."""
    actions, minutes = {}, USUAL_WAY
    for rule, action, way in ConflictPolicy.objects.filter(summit=summit).values_list("rule", "action", "minutes"):
        actions[WarningKind(rule)] = ConflictAction(action)
        minutes = minutes if way is None else way
    return Policies(actions, minutes)
