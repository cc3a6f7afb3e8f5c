"""The permission to decide on handovers."""

from delegations.core.roles import WRITERS
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.summits.models import Summit

# To decide who gets the items of a person who leaves a party. Protocol decides, because it depends on rank.
declare_model("delegations.handover", view=(*WRITERS, Role.PROGRAMME), change=())
declare("delegations.decide_handover", WRITERS)


def can_decide_handovers(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may pass on or drop handover items of the summit."""
    return allows(user, "delegations.decide_handover", summit)


def check_can_decide_handovers(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied unless `can_decide_handovers` returns True."""
    check(user, "delegations.decide_handover", summit)
