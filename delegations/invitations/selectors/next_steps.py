"""Determines which steps are possible now for the invitations of some parties: prepare, approve, send."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from delegations.invitations.selectors.eligibility import InvitationStep, InvitationTargets, preview
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.summits.models import Summit
from summit.users.models import User

# In the order in which they are taken. If letters need no second person, sending is the only step.
STEPS = (InvitationStep.PREPARE, InvitationStep.APPROVE, InvitationStep.SEND)


@dataclass
class InvitationPlan:
    """The parties that each possible step reaches, and those that no step reaches, each with the reason."""

    steps: dict[InvitationStep, InvitationTargets] = field(default_factory=dict)
    skipped: list[tuple[Party, str]] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number of parties for which a step is possible."""
        return sum(len(reach.to) for reach in self.steps.values())

    @property
    def reached(self) -> list[Party]:
        """The parties for which a step is possible."""
        return [party for reach in self.steps.values() for party in reach.to]


def plan(*, parties: Iterable[Party], by: User, occasion: str = "") -> InvitationPlan:
    """Return the steps that `by` can take now for the invitations of these parties to the summit or to one of its
    sessions.

    The number of queries grows with the number of summits, not with the number of parties.
    """
    rows = list(parties)
    summits = {row.summit_id for row in rows}
    two_person_summits = set(
        Policy.objects.filter(summit__in=Summit.objects.filter(pk__in=summits), second_person=True).values_list(
            "summit_id", flat=True
        )
    )
    invitation_plan = InvitationPlan()
    skipped: list[tuple[Party, str]] = []
    for step in STEPS:
        step_parties = (
            rows if step == InvitationStep.SEND else [row for row in rows if row.summit_id in two_person_summits]
        )
        reach = (
            preview(parties=step_parties, occasion=occasion, step=step, by=by)
            if step_parties
            else InvitationTargets()
        )
        if reach.to:
            invitation_plan.steps[step] = reach
        if step == InvitationStep.SEND:
            skipped = reach.skipped
    reached_keys = {party.pk for party in invitation_plan.reached}
    invitation_plan.skipped = [(party, why) for party, why in skipped if party.pk not in reached_keys]
    return invitation_plan
