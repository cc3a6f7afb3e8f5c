"""Registers the audit's texts for invitations, letters, links, answers and calls."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import Invitation, InvitationLink, Reply, ReplyScan
from delegations.parties.models.parties import Party
from summit.audit.actions import actor, describe_model, part


def _followers(keys: Iterable[str]) -> dict[str, str]:
    links = InvitationLink.objects.filter(public_id__in=list(keys)).select_related("invitation__party")
    message = _("%(party)s (by invitation link)")
    return {link.public_id: message % {"party": link.invitation.party.name} for link in links}


actor("link", _followers)
describe_model(Invitation, related=("party",), name=lambda row: row.party.name)
# Named by its party: the mailbox to which it was sent is personal data.
describe_model(InvitationLink, related=("invitation__party",), name=lambda row: row.invitation.party.name)
describe_model(Reply, related=("invitation__party",), name=lambda row: row.invitation.party.name)
describe_model(ReplyScan, related=("reply__invitation__party",), name=lambda row: row.reply.invitation.party.name)
part(Party, Invitation, lambda row: Invitation.objects.filter(party=row))
part(Party, InvitationLink, lambda row: InvitationLink.objects.filter(invitation__party=row))
part(Party, Reply, lambda row: Reply.objects.filter(invitation__party=row))
part(Invitation, Reply, lambda row: Reply.objects.filter(invitation=row))
part(Reply, ReplyScan, lambda row: ReplyScan.objects.filter(reply=row))
part(Invitation, InvitationLink, lambda row: InvitationLink.objects.filter(invitation=row))
