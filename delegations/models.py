"""The models of all packages, for Django. Other code imports each model from its own package."""

from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.contacts.models import Contact
from delegations.focal_points.models import FocalPointRequest
from delegations.imports.models import DelegationImportFile
from delegations.invitations.models.invitations import Invitation, InvitationLink, Reply, ReplyScan
from delegations.invitations.models.letters import CallNote, LetterTemplate
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.models.quotas import Quota
from delegations.membership_changes.models import Handover
from delegations.participants.models import ParticipantList
from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import ExternalId, Party, PartyName
from delegations.parties.models.policy import Policy
from delegations.portal_access.models import PartyProvider, PortalSession, PortalSubject, SignInCode
from delegations.privacy.models import Retention
from delegations.travel.models.declarations import Declaration, DeclarationKind
from delegations.travel.models.visas import VisaLetter
from delegations.zones.models import Zone

__all__ = [
    "Badge",
    "CallNote",
    "Category",
    "Contact",
    "Declaration",
    "DeclarationKind",
    "DelegationImportFile",
    "DuplicateCandidate",
    "ExternalId",
    "FocalPoint",
    "FocalPointRequest",
    "FormerMember",
    "Handover",
    "Invitation",
    "InvitationLink",
    "LetterTemplate",
    "LiaisonOfficer",
    "Membership",
    "ParticipantList",
    "Particulars",
    "Party",
    "PartyGroup",
    "PartyName",
    "PartyProvider",
    "Photo",
    "Policy",
    "PortalSession",
    "PortalSubject",
    "Quota",
    "Reply",
    "ReplyScan",
    "Retention",
    "SignInCode",
    "TransferablePass",
    "TransferablePassRule",
    "VisaLetter",
    "Zone",
]
