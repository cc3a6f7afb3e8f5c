"""What the audit calls what happens to members, categories and people."""

from django.utils.translation import gettext_lazy

from delegations.members.field_access import PARTICULARS
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from summit.audit.actions import deed, deeds_of, part, personal, thing
from summit.people.models import Person

deeds_of(
    "delegations.focalpoint",
    add=gettext_lazy("named a focal point"),
    change=gettext_lazy("changed a focal point"),
    remove=gettext_lazy("took a focal point off"),
)
deed("delegations.name", gettext_lazy("named a member"))
deed("delegations.confirm", gettext_lazy("confirmed the member"))
deed("delegations.move", gettext_lazy("put the member into another category"))
deed("delegations.withdraw", gettext_lazy("withdrew a member"))
deed("delegations.replace", gettext_lazy("put another person in a member’s place"))
deed("delegations.reorder", gettext_lazy("changed the order of the members"))
deed("delegations.raise_quota", gettext_lazy("gave the party a number of people of its own"))
deed("delegations.particulars.change", gettext_lazy("changed what is known of the person"), fields_of=Particulars)
deed("delegations.photo.store", gettext_lazy("stored a photograph"), fields_of=Person)
deed("delegations.photo.remove", gettext_lazy("deleted the photograph"), fields_of=Person)
deed("delegations.tell_apart", gettext_lazy("noted that these are two people"))
deed("delegations.merge", gettext_lazy("made two entries of this person one"))
thing(Membership, related=("person", "party"), name=lambda row: row.person.label, shown_on=lambda row: row.party)
thing(FocalPoint, related=("person", "party"), name=lambda row: row.person.label, shown_on=lambda row: row.party)
part(Party, Membership, lambda row: Membership.objects.filter(party=row))
part(Party, FocalPoint, lambda row: FocalPoint.objects.filter(party=row))
part(Person, Membership, lambda row: Membership.objects.filter(person=row))
part(Person, FocalPoint, lambda row: FocalPoint.objects.filter(person=row))
thing(DuplicateCandidate, related=("person",), name=lambda row: row.person.label, shown_on=lambda row: row.person)
personal(Particulars, *PARTICULARS)
deeds_of(
    "delegations.category",
    add=gettext_lazy("added a category of people"),
    change=gettext_lazy("changed a category of people"),
    remove=gettext_lazy("deleted a category of people"),
)
deed("delegations.category.arrange", gettext_lazy("put the categories in order"))
deed("delegations.drop_quota", gettext_lazy("let the usual number of people hold for the party again"))
thing(Category, name=str)
