"""Permissions for invitations, letters, links, answers and calls."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from delegations.core.roles import OF_PARTIES, SEE_LETTERS, SEE_MEMBERS, WRITERS
from delegations.invitations.models.invitations import IN_FORCE, Invitation, InvitationLink, InvitationState
from delegations.members import permissions as members_permissions
from delegations.parties.permissions import stays
from summit.audit.services import By, Link, Mailbox, System
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, allows_own, check, declare, declare_model, own_rows
from summit.summits.models import Summit
from summit.users.models import User

declare_model("delegations.invitation", view=SEE_LETTERS, change=WRITERS, view_own=OF_PARTIES)
declare_model("delegations.invitationlink", view=WRITERS, change=WRITERS)
declare_model("delegations.reply", view=SEE_LETTERS, change=())
# Telephone calls.
declare_model("delegations.callnote", view=SEE_MEMBERS, change=WRITERS)
declare("delegations.invite", WRITERS)
declare_model("delegations.lettertemplate", view=SEE_LETTERS, change=WRITERS)
declare("delegations.revoke", WRITERS)
declare("delegations.answer", WRITERS, own=(Role.FOCAL_POINT,))
# Recording an answer that came by telephone or on paper, also after the deadline.
declare("delegations.answer_for", WRITERS)


@stays(10)
def not_revoked() -> Q:
    """Return the condition for parties that stay in the summit: their invitation to it is in force, or none was
    revoked."""
    invitations = Invitation.objects.filter(party=OuterRef("pk"), occasion="")
    standing = Exists(invitations.filter(state__in=IN_FORCE))
    revoked = Exists(invitations.filter(state=InvitationState.REVOKED))
    return Q(standing) | ~Q(revoked)


# Parties must not see invitations that aren't sent yet or are no longer in force.
own_rows(Invitation)(
    lambda user, role: Q(party__in=members_permissions.own_parties(user, role).values("pk"), state__in=IN_FORCE)
)


def can_invite(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may invite parties to a summit."""
    return allows(user, "delegations.invite", summit)


def check_can_invite(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_invite` is false."""
    check(user, "delegations.invite", summit)


def check_can_write_templates(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied unless the account may change a summit's letter templates."""
    check(user, "delegations.lettertemplate.change", summit)


def can_revoke(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may revoke a summit's invitations and links."""
    return allows(user, "delegations.revoke", summit)


def check_can_revoke(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_revoke` is false."""
    check(user, "delegations.revoke", summit)


def can_answer_for(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may record the answer of any party of a summit, at any time."""
    return allows(user, "delegations.answer_for", summit)


def can_call(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may record calls about a summit's invitations."""
    return allows(user, "delegations.callnote.change", summit)


def check_can_call(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_call` is false."""
    check(user, "delegations.callnote.change", summit)


def check_can_answer_for(by: By, invitation: Invitation) -> None:
    """Raise PermissionDenied unless `by` is the system, or an account that may record answers of any party at a
    desk."""
    if isinstance(by, User):
        check(by, "delegations.answer_for", invitation.party.summit)
    elif not isinstance(by, System):
        raise PermissionDenied(
            _("Protocol records answers given by telephone or on paper. Write to %(contact)s.")
            % {"contact": invitation.party.summit.contact_email}
        )


@members_permissions.acts_as_focal_point(Link)
def live_links(by: Link, party_id: int) -> QuerySet[InvitationLink]:
    """Return a QuerySet with the link that `by` acts by, if it is live and invites this party; otherwise it is
    empty."""
    return InvitationLink.objects.live().filter(public_id=by.public_id, invitation__party=party_id)


def answering(by: Link | Mailbox, invitation: Invitation) -> QuerySet[Any, Any]:
    """Return a queryset that has rows only while `by` acts for the invited party; a link acts by its own letter."""
    rows = members_permissions.acting(by, invitation.party_id)
    return rows.filter(invitation=invitation) if isinstance(by, Link) else rows


def can_answer(by: By, invitation: Invitation) -> bool:
    """Return whether `by` may answer an invitation: with the link in its letter, as a focal point of its party, or as
    a desk user. The system may too."""
    if isinstance(by, System):
        return True
    if isinstance(by, Link | Mailbox):
        return allows_own("delegations.answer", [Role.FOCAL_POINT]) and answering(by, invitation).exists()
    return allows(by, "delegations.answer", invitation.party.summit_id, invitation)


def check_can_answer(by: By, invitation: Invitation) -> None:
    """Raise PermissionDenied where `can_answer` is false. For a link, the message says where to ask for a new
    letter."""
    if isinstance(by, User):
        check(by, "delegations.answer", invitation.party.summit_id, invitation)
    elif not can_answer(by, invitation):
        raise PermissionDenied(
            _("This link no longer works for %(party)s. For a new letter, write to %(contact)s.")
            % {"party": invitation.party.name, "contact": invitation.party.summit.contact_email}
        )
