"""Names of the audited actions on members, categories and people."""

from django.utils.translation import gettext_lazy

from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from summit.audit.actions import describe_action, describe_actions, describe_model, part
from summit.people.models import Person

describe_actions(
    "delegations.focalpoint",
    add=gettext_lazy("named a focal point"),
    change=gettext_lazy("changed a focal point"),
    remove=gettext_lazy("took a focal point off"),
)
describe_action("delegations.name", gettext_lazy("named a member"))
describe_action("delegations.confirm", gettext_lazy("confirmed the member"))
describe_action("delegations.move", gettext_lazy("put the member into another category"))
describe_action("delegations.withdraw", gettext_lazy("withdrew a member"))
describe_action("delegations.replace", gettext_lazy("put another person in a member’s place"))
describe_action("delegations.reorder", gettext_lazy("changed the order of the members"))
describe_action("delegations.raise_quota", gettext_lazy("gave the party a number of people of its own"))
describe_action(
    "delegations.particulars.change", gettext_lazy("changed what is known of the person"), fields_of=Particulars
)
describe_action("delegations.photo.store", gettext_lazy("stored a photograph"), fields_of=Person)
describe_action("delegations.photo.remove", gettext_lazy("deleted the photograph"), fields_of=Person)
describe_action("delegations.tell_apart", gettext_lazy("noted that these are two people"))
describe_action("delegations.merge", gettext_lazy("made two entries of this person one"))
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
describe_actions(
    "delegations.category",
    add=gettext_lazy("added a category of people"),
    change=gettext_lazy("changed a category of people"),
    remove=gettext_lazy("deleted a category of people"),
)
describe_action("delegations.category.arrange", gettext_lazy("put the categories in order"))
describe_action("delegations.drop_quota", gettext_lazy("let the usual number of people hold for the party again"))
describe_model(Category, name=str)
