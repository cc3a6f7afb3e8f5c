"""Who opens the working addresses of the API about parties, their people and their invitations."""

from django.utils.translation import gettext_lazy as _

from delegations.api import refusals  # noqa: F401
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
from summit.api import scopes
from summit.api.routes import declare_resource
from summit.permissions.route_table import Gate, declare

for _resource in (Parties, People, Resemblances, Members, Passports, Needs, Travel, Photos):
    declare_resource(_resource)
for _more in (FocalPoints, Quotas, Categories, Zones, OverpassRules, PartyGroups):
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
declare_resource(Sheets)
declare_resource(RetentionTimes)
