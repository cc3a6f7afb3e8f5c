"""Names of the audited actions on members, categories and people."""

from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_model, part
from summit.people.models import Person

describe_model(
    Membership, related=("person", "party"), name=lambda row: row.person.label, shown_on=lambda row: row.party
)
describe_model(
    FocalPoint, related=("person", "party"), name=lambda row: row.person.label, shown_on=lambda row: row.party
)
part(Party, Membership, lambda row: Membership.objects.filter(party=row))
part(Party, FocalPoint, lambda row: FocalPoint.objects.filter(party=row))
part(Person, Membership, lambda row: Membership.objects.filter(person=row))
part(Person, FocalPoint, lambda row: FocalPoint.objects.filter(person=row))
describe_model(
    DuplicateCandidate, related=("person",), name=lambda row: row.person.label, shown_on=lambda row: row.person
)
describe_model(Category, name=str)
