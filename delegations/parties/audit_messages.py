"""Names of the audited actions on parties."""

from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import ExternalId, Party, PartyName
from delegations.parties.models.policy import Policy
from summit.audit.actions import describe_model, part
from summit.people.models import Person
from summit.summits.models import Summit

describe_model(PartyName, related=("party",), name=lambda row: row.name, shown_on=lambda row: row.party)
describe_model(ExternalId, related=("party", "person"), name=str, shown_on=lambda row: row.party or row.person)
describe_model(
    Policy, related=("summit",), name=lambda row: row.summit.reads_as.name, shown_on=lambda row: row.summit
)
part(Party, PartyName, lambda row: PartyName.objects.filter(party=row))
part(Party, ExternalId, lambda row: ExternalId.objects.filter(party=row))
part(Person, ExternalId, lambda row: ExternalId.objects.filter(person=row))
part(Summit, Policy, lambda row: Policy.objects.filter(summit=row))
describe_model(PartyGroup, name=str)
