"""Parties and invitations in the admin."""

from delegations.admin import invitations, links, participants, parties, policy, replies
from delegations.models import FocalPoint, Invitation, InvitationLink, Membership, Party, Reply
from summit.desk.base import SUMMIT_PATHS

SUMMIT_PATHS.update(
    {
        Party: "summit",
        Membership: "party__summit",
        FocalPoint: "party__summit",
        Invitation: "party__summit",
        InvitationLink: "invitation__party__summit",
        Reply: "invitation__party__summit",
    }
)

__all__ = ["invitations", "links", "participants", "parties", "policy", "replies"]
