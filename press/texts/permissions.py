"""Permissions to write, review and withdraw texts, and the permission of each decision."""

from press.texts.models.state_machine import TABLE
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.summits.models import Summit

PRESS = (Role.PRESS_OFFICER, Role.PRESS_APPROVER)
SEES_EMBARGOED = (Role.ORGANISER, *PRESS)
declare_model("press.text", view=SEES_EMBARGOED, change=(Role.PRESS_OFFICER,))
declare("press.write", (Role.PRESS_OFFICER,))
declare("press.review", (Role.PRESS_APPROVER,))
declare("press.withdraw", PRESS)
# Press officers can only withdraw a text, and must ask a press approver or an organiser to remove it.
declare("press.remove", (Role.ORGANISER, Role.PRESS_APPROVER))
declare("press.approve_alone", PRESS)
declare_model("press.topic", view=SEES_EMBARGOED, change=(Role.PRESS_OFFICER,))
# From the name of each decision in URLs to its permission: the rows of TABLE, and the decisions about moments, which
# change no state.
DECISIONS: dict[str, str] = {row.name: row.permission for row in TABLE} | {
    "set_moment": "press.schedule",
    "deliver": "press.schedule",
    "tie": "press.schedule",
    "untie": "press.schedule",
}


def can_write(user: Actor, summit: Summit) -> bool:
    """Return whether the user may create texts, save editions and submit them for review."""
    return allows(user, "press.write", summit)


def check_can_write(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied unless the user may create texts, save editions and submit them for review."""
    check(user, "press.write", summit)


def check_can_withdraw(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied unless the user may withdraw a text."""
    check(user, "press.withdraw", summit)
