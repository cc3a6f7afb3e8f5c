"""Selects the contacts of a delegation, its focal points among them."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from delegations.contacts.models import Contact, ContactRole
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party


@dataclass(frozen=True)
class ContactLine:
    """A line of a delegation's list: a focal point or a contact.

    `row` is the contact, or None for a focal point. `person_id` is the primary key of a focal point's person.
    """

    role: str
    label: str
    phone: str
    email: str
    note: str = ""
    row: Contact | None = None
    person_id: int | None = None


def of_party(party: Party) -> list[Contact]:
    """Return the contacts of a party in the order of their roles. Makes one query."""
    order = list(ContactRole.values)
    return sorted(Contact.objects.filter(party=party).order_by("pk"), key=lambda row: order.index(row.role))


def lines(party: Party, *, focal_points: bool = True, contacts: bool = True) -> list[ContactLine]:
    """Return the lines of a party's list: first its focal points, then its contacts by role.

    A reader who may not see one of the two gets the other. Makes one query for each.
    """
    found: list[ContactLine] = []
    if focal_points:
        points = FocalPoint.objects.filter(party=party).select_related("person").order_by("pk")
        found += [
            ContactLine(
                capfirst(_("focal point")),
                row.person.label,
                row.person.phone,
                row.person.email,
                person_id=row.person_id,
            )
            for row in points
        ]
    for row in of_party(party) if contacts else ():
        label = ", ".join(filter(None, (row.name, row.office)))
        found.append(ContactLine(capfirst(row.get_role_display()), label, row.phone, row.email, row.note, row))
    return found
