"""Addresses of working resources about parties, their people and their invitations, below "api/v1/"."""

from django.urls import URLPattern

from delegations.badges.api.badges import Badges
from delegations.badges.api.transferable_pass_rules import TransferablePassRules
from delegations.badges.api.transferable_passes import Overpasses
from delegations.focal_points.api.focal_points import FocalPoints
from delegations.focal_points.api.requests import FocalPointRequests
from delegations.imports.api import ImportFiles
from delegations.invitations.api.answers import Replies
from delegations.invitations.api.guests import Guests
from delegations.invitations.api.invitations import Invitations
from delegations.invitations.api.letter_templates import LetterTemplates
from delegations.invitations.api.links import LetterLinks
from delegations.invitations.api.phone_calls import Calls
from delegations.members.api.categories import Categories
from delegations.members.api.particulars import Needs, Passports, Travel
from delegations.members.api.quotas import Quotas
from delegations.membership_changes.api.duplicates import Resemblances
from delegations.membership_changes.api.handovers import Handovers
from delegations.overview.api.members import Members
from delegations.overview.api.parties import Parties
from delegations.overview.api.people import People
from delegations.participants.api.photos import Photos
from delegations.participants.api.revisions import ParticipantLists
from delegations.parties.api.groups import PartyGroups
from delegations.parties.api.policy import PolicyOfSummit
from delegations.privacy.api.own_data import own_paths
from delegations.privacy.api.retention import RetentionTimes
from delegations.travel.api.declaration_kinds import DeclarationKinds
from delegations.travel.api.declarations import Declarations
from delegations.travel.api.visas import VisaLetters
from delegations.zones.api import Zones

urlpatterns: list[URLPattern] = [
    *own_paths(),
    *Parties.paths(),
    *People.paths(),
    *Resemblances.paths(),
    *Members.paths(),
    *Passports.paths(),
    *Needs.paths(),
    *Travel.paths(),
    *Photos.paths(),
    *FocalPoints.paths(),
    *Quotas.paths(),
    *Categories.paths(),
    *Zones.paths(),
    *TransferablePassRules.paths(),
    *PartyGroups.paths(),
    *PolicyOfSummit.paths(),
    *Invitations.paths(),
    *Replies.paths(),
    *Calls.paths(),
    *LetterTemplates.paths(),
    *LetterLinks.paths(),
    *Badges.paths(),
    *VisaLetters.paths(),
    *DeclarationKinds.paths(),
    *Declarations.paths(),
    *FocalPointRequests.paths(),
    *Handovers.paths(),
    *Overpasses.paths(),
    *Guests.paths(),
    *ParticipantLists.paths(),
    *ImportFiles.paths(),
    *RetentionTimes.paths(),
]
