"""Tables of the delegations."""

from delegations.models.doors import PortalSignIn, SignInCode
from delegations.models.invitations import Answer, Invitation, InvitationLink, InvitationState
from delegations.models.parties import Capacity, FocalPoint, Membership, Party, PartyKind, Region

__all__ = [
    "Answer",
    "Capacity",
    "FocalPoint",
    "Invitation",
    "InvitationLink",
    "InvitationState",
    "Membership",
    "Party",
    "PartyKind",
    "PortalSignIn",
    "Region",
    "SignInCode",
]
