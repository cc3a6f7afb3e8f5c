"""Permissions for badges and transferable passes."""

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.core.roles import SEE_CATEGORIES, SEE_TRAVEL, WRITERS
from delegations.members import permissions as members_permissions
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.summits.models import Summit

declare_model("delegations.transferablepassrule", view=SEE_CATEGORIES, change=WRITERS)
# The desk that prints badges needs to see who carries which transferable pass.
_PASSES = (*WRITERS, Role.ACCREDITATION)
declare_model("delegations.transferablepass", view=_PASSES, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.hand_transferable_pass", _PASSES, own=(Role.FOCAL_POINT,))
# Accreditation issues badges. Vetting, and those who plan travel, may end one too.
declare_model("delegations.badge", view=SEE_TRAVEL, change=())
declare("delegations.issue_badge", (Role.ORGANISER, Role.ACCREDITATION))
declare("delegations.end_badge", SEE_TRAVEL)
members_permissions.own_by_party(TransferablePass)


def can_issue_badges(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may issue and print a summit's badges."""
    return allows(user, "delegations.issue_badge", summit)


def check_can_issue_badges(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_issue_badges` is false."""
    check(user, "delegations.issue_badge", summit)


def can_end_badges(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may end a summit's badges."""
    return allows(user, "delegations.end_badge", summit)


def check_can_end_badges(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_end_badges` is false."""
    check(user, "delegations.end_badge", summit)
