"""Who may do what with parties, their people and their invitations."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from delegations.models import FocalPoint, Invitation, InvitationLink, Party
from summit.domain.audit import By, Link, System
from summit.models import Role, Summit, User
from summit.permissions import DESKS, Actor, allows, check, declare, declare_model

_WRITERS = (Role.ORGANISER, Role.PROTOCOL)

declare_model("delegations.party", view=DESKS, change=_WRITERS)
declare_model("delegations.membership", view=DESKS, change=_WRITERS)
declare_model("delegations.focalpoint", view=DESKS, change=_WRITERS)
declare_model("delegations.invitation", view=DESKS, change=_WRITERS)
declare_model("delegations.invitationlink", view=_WRITERS, change=_WRITERS)
declare("delegations.invite", _WRITERS)
declare("delegations.revoke", _WRITERS)
# Recording an answer that came by telephone or on paper, also when answers were due already.
declare("delegations.answer_for", _WRITERS)


def can_invite(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may invite parties to a summit."""
    return allows(user, "delegations.invite", summit)


def check_can_invite(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_invite` is false."""
    check(user, "delegations.invite", summit)


def can_revoke(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may revoke invitations and links of a summit."""
    return allows(user, "delegations.revoke", summit)


def check_can_revoke(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_revoke` is false."""
    check(user, "delegations.revoke", summit)


def can_answer_for(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account's desk may record the answer of any party of a summit, at any time."""
    return allows(user, "delegations.answer_for", summit)


def can_answer(by: By, invitation: Invitation) -> bool:
    """Return whether somebody may answer an invitation: its link, a focal point of its party, or a desk."""
    if isinstance(by, System):
        return True
    if isinstance(by, Link):
        live = InvitationLink.objects.live()
        return live.filter(public_id=by.public_id, invitation=invitation).exists()
    return can_answer_for(by, invitation.party.summit_id) or is_focal_point(by, invitation.party)


def check_can_answer(by: By, invitation: Invitation) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_answer` is false."""
    if can_answer(by, invitation):
        return
    if isinstance(by, User):
        check(by, "delegations.answer_for", invitation.party.summit_id)
    raise PermissionDenied(
        _("This link no longer answers for %(party)s. Write to %(contact)s for a new letter.")
        % {"party": invitation.party.name, "contact": invitation.party.summit.contact_email}
    )


def is_focal_point(user: Actor, party: Party) -> bool:
    """Return whether the account acts for a party in the portal."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return FocalPoint.objects.filter(party=party, person__user=user).exists()
