"""Parties and invitations in the admin."""

from delegations.admin import (
    declarations,
    focal,
    guests,
    invitations,
    letters,
    links,
    occasions,
    order,
    overpasses,
    participants,
    parties,
    persons,
    photos,
    policy,
    proposed,
    replies,
    resemblances,
    retention,
    sheets,
    visas,
)
from delegations.models import (
    Declaration,
    DeclarationKind,
    FocalPoint,
    FocalPointRequest,
    Invitation,
    InvitationLink,
    Membership,
    Overpass,
    Party,
    Reply,
    Resemblance,
    VisaLetter,
)
from summit.desk.base import SUMMIT_PATHS

SUMMIT_PATHS.update(
    {
        Party: "summit",
        Membership: "party__summit",
        FocalPoint: "party__summit",
        FocalPointRequest: "party__summit",
        Overpass: "party__summit",
        Invitation: "party__summit",
        InvitationLink: "invitation__party__summit",
        Reply: "invitation__party__summit",
        DeclarationKind: "summit",
        Declaration: "party__summit",
        VisaLetter: "summit",
        Resemblance: "person__summit",
    }
)

__all__ = [
    "declarations",
    "focal",
    "guests",
    "invitations",
    "letters",
    "links",
    "occasions",
    "order",
    "overpasses",
    "participants",
    "parties",
    "persons",
    "photos",
    "policy",
    "proposed",
    "replies",
    "resemblances",
    "retention",
    "sheets",
    "visas",
]
