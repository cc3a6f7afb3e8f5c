"""What can be done next with the invitations of some parties, all of it at one look: prepare, approve, send."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from delegations.invitations.selectors.eligibility import Reach, Step, preview
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.summits.models import Summit
from summit.users.models import User

# In the order in which they are taken; where letters need no second person, sending alone.
STEPS = (Step.PREPARE, Step.APPROVE, Step.SEND)


@dataclass
class Plan:
    """Whom each step reaches, without those that reach nobody, and who is left out of all, with the reason."""

    steps: dict[Step, Reach] = field(default_factory=dict)
    skipped: list[tuple[Party, str]] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many parties something can be done for."""
        return sum(len(reach.to) for reach in self.steps.values())

    @property
    def reached(self) -> list[Party]:
        """The parties for which something can be done."""
        return [party for reach in self.steps.values() for party in reach.to]


def plan(*, parties: Iterable[Party], by: User, occasion: str = "") -> Plan:
    """Return what `by` can do now for the invitations of these parties to the summit, or to one of its sessions. The
    number of queries grows with the number of summits, not of parties."""
    rows = list(parties)
    summits = {row.summit_id for row in rows}
    seconds = set(
        Policy.objects.filter(summit__in=Summit.objects.filter(pk__in=summits), second_person=True).values_list(
            "summit_id", flat=True
        )
    )
    found = Plan()
    left: list[tuple[Party, str]] = []
    for step in STEPS:
        theirs = rows if step == Step.SEND else [row for row in rows if row.summit_id in seconds]
        reach = preview(parties=theirs, occasion=occasion, step=step, by=by) if theirs else Reach()
        if reach.to:
            found.steps[step] = reach
        if step == Step.SEND:
            left = reach.skipped
    taken = {party.pk for party in found.reached}
    found.skipped = [(party, why) for party, why in left if party.pk not in taken]
    return found
