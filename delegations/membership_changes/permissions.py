"""Who decides on what was somebody's own."""

from delegations.core.roles import WRITERS
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.summits.models import Summit

# Deciding who takes what was a person's own when they leave a party: rank decides.
declare_model("delegations.handover", view=(*WRITERS, Role.PROGRAMME), change=())
declare("delegations.decide_handover", WRITERS)


def can_decide_handovers(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may pass on and drop what was somebody's own."""
    return allows(user, "delegations.decide_handover", summit)


def check_can_decide_handovers(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_decide_handovers` is false."""
    check(user, "delegations.decide_handover", summit)
