"""Who says when a text goes out, and who holds it."""

from press.texts.permissions import SEES_EMBARGOED
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare
from summit.summits.models import Summit

declare("press.schedule", (Role.PRESS_OFFICER,))
declare("press.hold", SEES_EMBARGOED)


def can_schedule(user: Actor, summit: Summit) -> bool:
    """Return whether the account may set moments and say that a speech has been given."""
    return allows(user, "press.schedule", summit)


def check_can_schedule(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied where `can_schedule` is false."""
    check(user, "press.schedule", summit)


def can_hold(user: Actor, summit: Summit) -> bool:
    """Return whether the account may hold what goes out, and release a hold."""
    return allows(user, "press.hold", summit)


def check_can_hold(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied where `can_hold` is false."""
    check(user, "press.hold", summit)
