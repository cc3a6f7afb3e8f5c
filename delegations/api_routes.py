"""Who opens the working addresses of the API about parties, their people and their invitations."""

from django.utils.translation import gettext_lazy as _

from delegations import api_errors  # noqa: F401
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
from delegations.privacy.api.retention import RetentionTimes
from delegations.travel.api.declaration_kinds import DeclarationKinds
from delegations.travel.api.declarations import Declarations
from delegations.travel.api.visas import VisaLetters
from delegations.zones.api import Zones
from summit.api_base import scopes
from summit.api_base.routes import declare_resource
from summit.permissions.route_table import Gate, declare

for _resource in (Parties, People, Resemblances, Members, Passports, Needs, Travel, Photos):
    declare_resource(_resource)
for _more in (FocalPoints, Quotas, Categories, Zones, TransferablePassRules, PartyGroups):
    declare_resource(_more)
scopes.declare(PolicyOfSummit.name, PolicyOfSummit.called)
scopes.declare("own-data", _("what is held of oneself"))
declare("api-my-people", Gate.API)
declare("api-my-data-take", Gate.API, "POST", kind="oneself")
declare("api-my-data-ask", Gate.API, "POST", kind="oneself")
declare(
    "api-desk-policy",
    Gate.API,
    "GET PATCH",
    kind="desk",
    see="delegations.policy.view",
    post="delegations.policy.change",
)
declare_resource(Invitations)
declare_resource(Replies)
declare_resource(Calls)
declare_resource(LetterTemplates)
declare_resource(LetterLinks)
declare_resource(Badges)
declare_resource(VisaLetters)
declare_resource(DeclarationKinds)
declare_resource(Declarations)
declare_resource(FocalPointRequests)
declare_resource(Handovers)
declare_resource(Overpasses)
declare_resource(Guests)
declare_resource(ParticipantLists)
declare_resource(ImportFiles)
declare_resource(RetentionTimes)
