"""Names of the audited actions on parties."""

from django.utils.translation import gettext_lazy

from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import ExternalId, Party, PartyName
from delegations.parties.models.policy import Policy
from summit.audit.actions import describe_action, describe_actions, describe_model, part
from summit.people.models import Person
from summit.summits.models import Summit

describe_actions(
    "delegations.party",
    add=gettext_lazy("entered the party"),
    change=gettext_lazy("changed the party"),
    remove=gettext_lazy("deleted the party"),
)
describe_actions(
    "delegations.partyname",
    add=gettext_lazy("named the party in another language"),
    change=gettext_lazy("changed the party’s name in another language"),
    remove=gettext_lazy("took the party’s name in another language off"),
)
describe_actions(
    "delegations.externalid",
    add=gettext_lazy("entered a key in another system"),
    change=gettext_lazy("changed a key in another system"),
    remove=gettext_lazy("took a key in another system off"),
)
describe_action("delegations.order", gettext_lazy("set the protocol order of the parties"))
describe_action("delegations.policy.change", gettext_lazy("changed the policy for parties"))
describe_model(PartyName, related=("party",), name=lambda row: row.name, shown_on=lambda row: row.party)
describe_model(ExternalId, related=("party", "person"), name=str, shown_on=lambda row: row.party or row.person)
describe_model(
    Policy, related=("summit",), name=lambda row: row.summit.reads_as.name, shown_on=lambda row: row.summit
)
part(Party, PartyName, lambda row: PartyName.objects.filter(party=row))
part(Party, ExternalId, lambda row: ExternalId.objects.filter(party=row))
part(Person, ExternalId, lambda row: ExternalId.objects.filter(person=row))
part(Summit, Policy, lambda row: Policy.objects.filter(summit=row))
describe_actions(
    "delegations.partygroup",
    add=gettext_lazy("formed a group of parties"),
    change=gettext_lazy("changed a group of parties"),
    remove=gettext_lazy("deleted a group of parties"),
)
describe_model(PartyGroup, name=str)
