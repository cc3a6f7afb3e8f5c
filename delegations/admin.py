"""Import the admin modules of all packages for Django, and register each model's lookup path to its summit."""

from importlib import import_module

from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.contacts.models import Contact
from delegations.focal_points.models import FocalPointRequest
from delegations.invitations.models.invitations import Invitation, InvitationLink, Reply
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.quotas import Quota
from delegations.membership_changes.models import Handover
from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PartyProvider, PortalSubject
from delegations.travel.models.declarations import Declaration, DeclarationKind
from delegations.travel.models.visas import VisaLetter
from delegations.zones.models import Zone
from summit.admin_base.model_admin import SUMMIT_PATHS

REGISTERING = (
    "parties.admin.groups",
    "parties.admin.policy",
    "parties.admin.precedence",
    "parties.admin.proposed_names",
    "zones.admin",
    "members.admin.categories",
    "members.admin.quotas",
    "invitations.admin.answers",
    "invitations.admin.guests",
    "invitations.admin.invitations",
    "invitations.admin.invite_to_session",
    "invitations.admin.letter_templates",
    "invitations.admin.letter_links",
    "focal_points.admin.requests",
    "portal_access.admin",
    "badges.admin.badges",
    "badges.admin.transferable_pass_rules",
    "badges.admin.transferable_passes",
    "travel.admin.declarations",
    "travel.admin.dietary_and_access_needs",
    "travel.admin.visas",
    "liaison.admin",
    "membership_changes.admin.duplicates",
    "membership_changes.admin.handovers",
    "participants.admin.photo_sheet",
    "participants.admin.revisions",
    "imports.admin",
    "privacy.admin",
    "overview.admin.members",
    "overview.admin.parties",
    "overview.admin.people",
)
for _name in REGISTERING:
    import_module(f"delegations.{_name}")

SUMMIT_PATHS.update(
    {
        Party: "summit",
        Category: "summit",
        Zone: "summit",
        PartyGroup: "summit",
        TransferablePassRule: "summit",
        Membership: "party__summit",
        PartyProvider: "party__summit",
        PortalSubject: "person__summit",
        Quota: "party__summit",
        FocalPoint: "party__summit",
        FocalPointRequest: "party__summit",
        Contact: "party__summit",
        LiaisonOfficer: "summit",
        TransferablePass: "party__summit",
        Invitation: "party__summit",
        InvitationLink: "invitation__party__summit",
        Reply: "invitation__party__summit",
        DeclarationKind: "summit",
        Declaration: "party__summit",
        VisaLetter: "summit",
        Badge: "party__summit",
        Handover: "party__summit",
        DuplicateCandidate: "person__summit",
    }
)
