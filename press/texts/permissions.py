"""Who writes, reviews and withdraws texts, and what each decision about one needs."""

from press.texts.models.decisions import TABLE
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.summits.models import Summit

PRESS = (Role.PRESS_OFFICER, Role.PRESS_APPROVER)
SEES_EMBARGOED = (Role.ORGANISER, *PRESS)
declare_model("press.text", view=SEES_EMBARGOED, change=(Role.PRESS_OFFICER,))
declare("press.write", (Role.PRESS_OFFICER,))
declare("press.review", (Role.PRESS_APPROVER,))
declare("press.withdraw", PRESS)
# What nobody is to read any more is a matter for two: an officer who withdraws it asks an approver or organiser.
declare("press.remove", (Role.ORGANISER, Role.PRESS_APPROVER))
declare("press.approve_alone", PRESS)
declare_model("press.topic", view=SEES_EMBARGOED, change=(Role.PRESS_OFFICER,))
# What each decision about a text needs, by the name that its address has: the table's rows, and those about moments,
# which change no state.
DECISIONS: dict[str, str] = {row.name: row.permission for row in TABLE} | {
    "set_moment": "press.schedule",
    "deliver": "press.schedule",
    "tie": "press.schedule",
    "untie": "press.schedule",
}


def can_write(user: Actor, summit: Summit) -> bool:
    """Return whether the account may enter texts, save editions and submit them for review."""
    return allows(user, "press.write", summit)


def check_can_write(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied where `can_write` is false."""
    check(user, "press.write", summit)


def can_review(user: Actor, summit: Summit) -> bool:
    """Return whether the account may approve, or ask for changes. Never its own words: the domain refuses that."""
    return allows(user, "press.review", summit)


def check_can_withdraw(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied unless the account may withdraw a text."""
    check(user, "press.withdraw", summit)
