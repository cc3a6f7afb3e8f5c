"""Registers the audit's texts for badges and transferable passes."""

from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_model, part
from summit.people.models import Person

describe_model(TransferablePass, related=("rule", "party"), name=str, shown_on=lambda row: row.party)
part(Party, TransferablePass, lambda row: TransferablePass.objects.filter(party=row))
# A badge is listed as part of its person; its own page shows its history.
describe_model(Badge, related=("person",), name=lambda row: row.person.label)
part(Person, Badge, lambda row: Badge.objects.filter(person=row))
part(Party, Badge, lambda row: Badge.objects.filter(party=row))
describe_model(TransferablePassRule, name=str)
