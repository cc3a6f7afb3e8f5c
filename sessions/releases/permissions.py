"""Roles that may release the agenda, and restore the draft to a release."""

from sessions.draft.permissions import DRAFT_READERS
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.summits.models import Summit

declare_model("agenda.release", view=DRAFT_READERS, change=())
declare("agenda.release_agenda", (Role.ORGANISER,))


def can_release(user: Actor, summit: Summit) -> bool:
    """Return whether the account may release the agenda of a summit."""
    return allows(user, "agenda.release_agenda", summit)


def check_can_release(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied if `can_release` is false."""
    check(user, "agenda.release_agenda", summit)


def can_restore(user: Actor, summit: Summit) -> bool:
    """Return whether the account may restore the working draft to an earlier release."""
    return allows(user, "agenda.edit", summit)


def check_can_restore(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied if `can_restore` is false."""
    check(user, "agenda.edit", summit)
