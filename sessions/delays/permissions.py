"""Roles that may change what can't move on the day, and roles whose consent some new times need."""

from sessions.draft.permissions import DRAFT_READERS, PROGRAMME_DESK
from sessions.releases.permissions import can_release, check_can_release
from summit.permissions.models import Role
from summit.permissions.rules import Actor, check, declare_model
from summit.summits.models import Summit

# Protocol knows when principals leave.
FIXED_POINTS_DESK = (*PROGRAMME_DESK, Role.PROTOCOL)
declare_model("agenda.fixedpoint", view=DRAFT_READERS, change=FIXED_POINTS_DESK)
declare_model("agenda.retiming", view=DRAFT_READERS, change=())


def can_consent(user: Actor, summit: Summit) -> bool:
    """Return whether the account may release new times of pinned sessions, of bilaterals, and of another day."""
    return can_release(user, summit)


def check_can_consent(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied if `can_consent` is false."""
    check_can_release(user, summit)


def check_can_change_fixed_points(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied if the account may not change what can't move on the day."""
    check(user, "agenda.fixedpoint.change", summit)
