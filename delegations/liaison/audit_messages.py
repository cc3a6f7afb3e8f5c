"""Registers the audit's texts for liaison officers."""

from delegations.liaison.models import LiaisonOfficer
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_model, part
from summit.people.models import Person

describe_model(LiaisonOfficer, related=("person",), name=lambda row: row.person.label)
part(Party, LiaisonOfficer, lambda row: LiaisonOfficer.objects.filter(parties=row))
part(Person, LiaisonOfficer, lambda row: LiaisonOfficer.objects.filter(person=row))
