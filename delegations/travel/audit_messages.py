"""Names of the audited actions on declarations and visa letters."""

from delegations.parties.models.parties import Party
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from summit.audit.actions import describe_model, part
from summit.people.models import Person

describe_model(
    Declaration,
    related=("person", "kind"),
    name=lambda row: f"{row.kind}: {row.person.label}",
    shown_on=lambda row: row.person,
)
part(Person, Declaration, lambda row: Declaration.objects.filter(person=row))
part(Party, Declaration, lambda row: Declaration.objects.filter(party=row))
describe_model(VisaLetter, related=("person",), name=lambda row: row.person.label, shown_on=lambda row: row.person)
part(Person, VisaLetter, lambda row: VisaLetter.objects.filter(person=row))
part(Party, VisaLetter, lambda row: VisaLetter.objects.filter(party=row))
