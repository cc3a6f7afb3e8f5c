"""Tables of the delegations."""

from delegations.models.badges import Badge, Overpass
from delegations.models.categories import Capacity, Category, OverpassRule, Quota, Zone
from delegations.models.doors import PortalSignIn, SignInCode
from delegations.models.groups import PartyGroup
from delegations.models.handovers import Handover, HandoverState
from delegations.models.invitations import (
    COMING,
    OVER,
    Answer,
    Channel,
    Invitation,
    InvitationLink,
    InvitationState,
    Reply,
    ReplyScan,
)
from delegations.models.letters import CallNote, CallOutcome, LetterTemplate, Purpose
from delegations.models.lists import ParticipantList, Sheet, SheetPurpose
from delegations.models.members import (
    Ended,
    FocalPoint,
    FocalPointRequest,
    FormerMember,
    Membership,
    RequestState,
)
from delegations.models.papers import Declaration, DeclarationKind, DeclarationState, VisaLetter, VisaState
from delegations.models.particulars import Likeness, Particulars, PassportType, Photo, Resemblance, Sex
from delegations.models.parties import ExternalId, FlagRule, Level, Party, PartyKind, PartyName
from delegations.models.policy import USUAL_DAYS, Kept, Policy, Retention

__all__ = [
    "COMING",
    "OVER",
    "USUAL_DAYS",
    "Answer",
    "Badge",
    "CallNote",
    "CallOutcome",
    "Capacity",
    "Category",
    "Channel",
    "Declaration",
    "DeclarationKind",
    "DeclarationState",
    "Ended",
    "ExternalId",
    "FlagRule",
    "FocalPoint",
    "FocalPointRequest",
    "FormerMember",
    "Handover",
    "HandoverState",
    "Invitation",
    "InvitationLink",
    "InvitationState",
    "Kept",
    "LetterTemplate",
    "Level",
    "Likeness",
    "Membership",
    "Overpass",
    "OverpassRule",
    "ParticipantList",
    "Particulars",
    "Party",
    "PartyGroup",
    "PartyKind",
    "PartyName",
    "PassportType",
    "Photo",
    "Policy",
    "PortalSignIn",
    "Purpose",
    "Quota",
    "Reply",
    "ReplyScan",
    "RequestState",
    "Resemblance",
    "Retention",
    "Sex",
    "Sheet",
    "SheetPurpose",
    "SignInCode",
    "VisaLetter",
    "VisaState",
    "Zone",
]
