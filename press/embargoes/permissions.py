"""Permissions to schedule and to hold the publication of texts."""

from press.texts.permissions import PRESS, SEES_EMBARGOED
from summit.permissions.rules import Actor, allows, check, declare
from summit.summits.models import Summit

# A second person approves each edition, so whoever approves may also say when it is published.
declare("press.schedule", PRESS)
declare("press.hold", SEES_EMBARGOED)


def can_schedule(user: Actor, summit: Summit) -> bool:
    """Return whether the user may set moments and mark speeches as delivered."""
    return allows(user, "press.schedule", summit)


def check_can_schedule(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied unless the user may set moments and mark speeches as delivered."""
    check(user, "press.schedule", summit)


def can_hold(user: Actor, summit: Summit) -> bool:
    """Return whether the user may hold the publication of texts and release holds."""
    return allows(user, "press.hold", summit)


def check_can_hold(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied unless the user may hold the publication of texts and release holds."""
    check(user, "press.hold", summit)
