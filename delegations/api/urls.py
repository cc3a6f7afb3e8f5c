"""Addresses of working resources about parties, their people and their invitations, below "api/v1/"."""

from django.urls import URLPattern

from delegations.api.badges import Badges
from delegations.api.calls import Calls
from delegations.api.categories import Categories, OverpassRules, Zones
from delegations.api.declarations import DeclarationKinds, Declarations
from delegations.api.focal import FocalPoints
from delegations.api.focal_requests import FocalPointRequests
from delegations.api.groups import PartyGroups
from delegations.api.invitations import Invitations
from delegations.api.leaving import Handovers, Overpasses
from delegations.api.letters import LetterLinks, LetterTemplates, Replies
from delegations.api.lists import Guests, ParticipantLists
from delegations.api.members import Members
from delegations.api.own import own_paths
from delegations.api.particulars import Needs, Passports, Travel
from delegations.api.parties import Parties
from delegations.api.people import People
from delegations.api.photos import Photos
from delegations.api.policy import PolicyOfSummit
from delegations.api.quotas import Quotas
from delegations.api.resemblances import Resemblances
from delegations.api.retention import RetentionTimes
from delegations.api.sheets import Sheets
from delegations.api.visas import VisaLetters

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
    *OverpassRules.paths(),
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
    *Sheets.paths(),
    *RetentionTimes.paths(),
]
