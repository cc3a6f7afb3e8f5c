"""Contacts of a delegation: who enters them, by which service, and how they are listed."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from delegations.contacts import services
from delegations.contacts.models import Contact
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.helpers import refuses, sign_in

pytestmark = pytest.mark.django_db
PRESS = {"role": "press", "name": "Bea Bright", "phone": "+33 1 00"}


def inline(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return what the form of the section posts: the rows, those with an "id" the stored ones."""
    stored = sum("id" in row for row in rows)
    data: dict[str, Any] = {"contacts-TOTAL_FORMS": len(rows), "contacts-INITIAL_FORMS": stored}
    for number, row in enumerate(rows):
        data |= {f"contacts-{number}-{name}": value for name, value in row.items()}
    return data


@pytest.mark.parametrize("role", [Role.PROTOCOL, Role.FOCAL_POINT])
def test_a_desk_and_whoever_acts_for_the_party_write_them(party: Party, role: Role) -> None:
    by = f.UserFactory() if role == Role.FOCAL_POINT else f.UserFactory.with_role(role, party.summit)
    if role == Role.FOCAL_POINT:
        f.FocalPointFactory(party=party, person__user=by)
    row = services.create(party=party, values=PRESS, by=by)
    services.change(contact=row, values={"note": "nights", "name": "Bea Bright"}, by=by)
    row.refresh_from_db()
    assert (row.role, row.name, row.note) == ("press", "Bea Bright", "nights")
    unreachable = {"role": "press", "name": "Bea"}
    said = "Enter a telephone number or an email address"
    refuses(ValidationError, services.create, match=said, party=party, values=unreachable, by=by)
    services.remove(contact=row, by=by)
    assert Contact.objects.count() == 0
    entries = AuditEntry.objects.filter(part_of=f"delegations.party:{party.public_id}").order_by("pk")
    assert list(entries.values_list("action", "fields")) == [
        ("delegations.contact.add", ["name", "phone", "role"]),
        ("delegations.contact.change", ["note"]),
        ("delegations.contact.remove", []),
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DELEGATE, Role.LIAISON_OFFICER])
def test_others_do_not(party: Party, role: Role) -> None:
    row, by = f.ContactFactory(party=party), f.UserFactory.with_role(role, party.summit)
    refuses(PermissionDenied, services.create, party=party, values=PRESS, by=by)
    refuses(PermissionDenied, services.change, contact=row, values={"note": "x"}, by=by)
    refuses(PermissionDenied, services.remove, contact=row, by=by)
    assert Contact.objects.get().note == ""


def test_the_section_is_edited_in_place_with_the_permission(party: Party, desk: Client) -> None:
    row = f.ContactFactory(party=party, role="security", name="Sam", phone="+33 2 00")
    page = f"/admin/delegations/party/{party.pk}/"
    content = desk.get(page).content.decode()
    assert f'hx-get="{page}edit/contacts/"' in content
    assert 'href="tel:+33200"' in content
    other = sign_in(party.summit, Role.VIEWER)
    assert "Sam" not in other.get(page).content.decode()
    assert other.get(f"{page}edit/contacts/").status_code == 403
    stored = {"id": row.pk, "role": "security", "name": "Sam", "phone": "+33 2 00"}
    refused = desk.post(f"{page}edit/contacts/", inline(stored, {"role": "press", "name": "Bea"}))
    assert "Enter a telephone number or an email address." in refused.content.decode()
    saved = desk.post(f"{page}edit/contacts/", inline({**stored, "DELETE": "on"}, PRESS))
    assert saved["Location"] == f"{page}#contacts"
    assert [(each.role, each.name) for each in Contact.objects.all()] == [("press", "Bea Bright")]
