"""Who may issue and end badges, and decide on what was somebody's own: the rules are declared in `permissions`."""

from summit.permissions.rules import Actor, allows, check
from summit.summits.models import Summit


def can_issue_badges(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may issue and print badges of a summit."""
    return allows(user, "delegations.issue_badge", summit)


def check_can_issue_badges(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_issue_badges` is false."""
    check(user, "delegations.issue_badge", summit)


def can_end_badges(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may end badges of a summit."""
    return allows(user, "delegations.end_badge", summit)


def check_can_end_badges(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_end_badges` is false."""
    check(user, "delegations.end_badge", summit)


def can_decide_handovers(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may pass on and drop what was somebody's own."""
    return allows(user, "delegations.decide_handover", summit)


def check_can_decide_handovers(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_decide_handovers` is false."""
    check(user, "delegations.decide_handover", summit)
