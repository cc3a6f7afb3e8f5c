"""Whom one can telephone for a delegation, in the order in which one tries."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from delegations.contacts.models import Contact, ContactRole
from delegations.liaison import selectors as liaison
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party


@dataclass(frozen=True)
class PhoneNumber:
    """Somebody's number. `role` is "liaison_officer", "focal_point", a `ContactRole` or "mission".

    `person` is the public id of the person, or "" for a contact or a mission.
    """

    role: str
    label: str
    phone: str
    person: str = ""


LIAISON_OFFICER, FOCAL_POINT, MISSION = "liaison_officer", "focal_point", "mission"


def of_parties(
    parties: Collection[Party],
    *,
    officers: Collection[Party] = (),
    focal_points: Collection[Party] = (),
    contacts: Collection[Party] = (),
    roles: Collection[str] = tuple(ContactRole.values),
) -> dict[int, list[PhoneNumber]]:
    """Return the numbers of each party by its primary key: its liaison officers', focal points', contacts' by role.

    The mission's is the last. Each kind is read only of the parties given for it, which are those of which the reader
    may see it; `roles` are the contacts that are wanted. Makes a query for each of the three kinds that is wanted.
    """
    found: dict[int, list[PhoneNumber]] = {row.pk: [] for row in parties}
    if officers:
        for party, assigned in liaison.of_parties(officers).items():
            found[party] += [
                PhoneNumber(LIAISON_OFFICER, row.person.label, row.person.phone, row.person.public_id)
                for row in assigned
                if row.person.phone
            ]
    if focal_points:
        points = FocalPoint.objects.filter(party__in=focal_points).exclude(person__phone="").select_related("person")
        for point in points.order_by("pk"):
            person = point.person
            found[point.party_id].append(PhoneNumber(FOCAL_POINT, person.label, person.phone, person.public_id))
    if contacts:
        order = list(ContactRole.values)
        rows = Contact.objects.filter(party__in=contacts, role__in=roles).exclude(phone="").order_by("pk")
        for contact in sorted(rows, key=lambda row: order.index(row.role)):
            found[contact.party_id].append(PhoneNumber(contact.role, contact.label, contact.phone))
    for row in parties:
        if row.mission_phone:
            found[row.pk].append(PhoneNumber(MISSION, row.mission_name or _("mission"), row.mission_phone))
    return found
