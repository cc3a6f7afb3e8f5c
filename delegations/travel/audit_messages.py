"""What the audit calls what happens to declarations and visa letters."""

from django.utils.translation import gettext_lazy

from delegations.parties.models.parties import Party
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from summit.audit.actions import deed, deeds_of, part, personal, thing
from summit.people.models import Person

deed("delegations.declaration.declare", gettext_lazy("declared something that the person brings"))
deed("delegations.declaration.withdraw", gettext_lazy("took a declaration back"))
deed("delegations.declaration.permit", gettext_lazy("permitted what was declared"))
deed("delegations.declaration.refuse", gettext_lazy("refused what was declared"))
thing(
    Declaration,
    related=("person", "kind"),
    name=lambda row: f"{row.kind}: {row.person.label}",
    shown_on=lambda row: row.person,
)
part(Person, Declaration, lambda row: Declaration.objects.filter(person=row))
part(Party, Declaration, lambda row: Declaration.objects.filter(party=row))
personal(Declaration, "details", "reason")
deeds_of(
    "delegations.declarationkind",
    add=gettext_lazy("added a kind of declaration"),
    change=gettext_lazy("changed a kind of declaration"),
    remove=gettext_lazy("took a kind of declaration off"),
)
deed("delegations.visaletter.ask", gettext_lazy("asked for a visa support letter"))
deed("delegations.visaletter.issue", gettext_lazy("issued a visa support letter"))
deed("delegations.visaletter.refuse", gettext_lazy("refused a visa support letter"))
deed("delegations.visaletter.void", gettext_lazy("made a visa support letter void"))
thing(VisaLetter, related=("person",), name=lambda row: row.person.label, shown_on=lambda row: row.person)
part(Person, VisaLetter, lambda row: VisaLetter.objects.filter(person=row))
part(Party, VisaLetter, lambda row: VisaLetter.objects.filter(party=row))
personal(VisaLetter, "embassy", "reason", "content")
