"""Names of the audited actions on declarations and visa letters."""

from django.utils.translation import gettext_lazy

from delegations.parties.models.parties import Party
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from summit.audit.actions import describe_action, describe_actions, describe_model, part
from summit.people.models import Person

describe_action("delegations.declaration.declare", gettext_lazy("declared something that the person brings"))
describe_action("delegations.declaration.withdraw", gettext_lazy("took a declaration back"))
describe_action("delegations.declaration.permit", gettext_lazy("permitted what was declared"))
describe_action("delegations.declaration.refuse", gettext_lazy("refused what was declared"))
describe_model(
    Declaration,
    related=("person", "kind"),
    name=lambda row: f"{row.kind}: {row.person.label}",
    shown_on=lambda row: row.person,
)
part(Person, Declaration, lambda row: Declaration.objects.filter(person=row))
part(Party, Declaration, lambda row: Declaration.objects.filter(party=row))
describe_actions(
    "delegations.declarationkind",
    add=gettext_lazy("added a kind of declaration"),
    change=gettext_lazy("changed a kind of declaration"),
    remove=gettext_lazy("took a kind of declaration off"),
)
describe_action("delegations.visaletter.ask", gettext_lazy("asked for a visa support letter"))
describe_action("delegations.visaletter.issue", gettext_lazy("issued a visa support letter"))
describe_action("delegations.visaletter.refuse", gettext_lazy("refused a visa support letter"))
describe_action("delegations.visaletter.void", gettext_lazy("made a visa support letter void"))
describe_model(VisaLetter, related=("person",), name=lambda row: row.person.label, shown_on=lambda row: row.person)
part(Person, VisaLetter, lambda row: VisaLetter.objects.filter(person=row))
part(Party, VisaLetter, lambda row: VisaLetter.objects.filter(party=row))
