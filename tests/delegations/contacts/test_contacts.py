"""Contacts of a delegation: who enters them, by which service, and how they are listed."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from delegations.contacts import selectors, services
from delegations.contacts.models import Contact
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
PRESS = {"role": "press", "name": "Bea Bright", "phone": "+33 1 00"}


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Aland")
    return found


def inline(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return what the form of the section posts: the rows, those with an "id" the stored ones."""
    stored = sum("id" in row for row in rows)
    data: dict[str, Any] = {"contacts-TOTAL_FORMS": len(rows), "contacts-INITIAL_FORMS": stored}
    for number, row in enumerate(rows):
        data |= {f"contacts-{number}-{name}": value for name, value in row.items()}
    return data


class TestServices:
    @pytest.mark.parametrize("role", [Role.PROTOCOL, Role.FOCAL_POINT])
    def test_a_desk_and_whoever_acts_for_the_party_write_them(self, party: Party, role: Role) -> None:
        by = f.UserFactory()
        if role == Role.FOCAL_POINT:
            f.FocalPointFactory(party=party, person__user=by)
        else:
            party.summit.roles.create(user=by, role=role)
        row = services.create(party=party, values=PRESS, by=by)
        services.change(contact=row, values={"note": "nights", "name": "Bea Bright"}, by=by)
        row.refresh_from_db()
        assert (row.role, row.name, row.note) == ("press", "Bea Bright", "nights")
        services.remove(contact=row, by=by)
        assert Contact.objects.count() == 0
        entries = AuditEntry.objects.order_by("pk").values_list("action", "fields", "part_of")
        part = f"delegations.party:{party.public_id}"
        assert list(entries) == [
            ("delegations.contact.add", ["name", "phone", "role"], part),
            ("delegations.contact.change", ["note"], part),
            ("delegations.contact.remove", [], part),
        ]

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.DELEGATE, Role.LIAISON_OFFICER])
    def test_others_do_not(self, party: Party, role: Role) -> None:
        row, by = f.ContactFactory(party=party), f.UserFactory.with_role(role, party.summit)
        with pytest.raises(PermissionDenied):
            services.create(party=party, values=PRESS, by=by)
        with pytest.raises(PermissionDenied):
            services.change(contact=row, values={"note": "x"}, by=by)
        with pytest.raises(PermissionDenied):
            services.remove(contact=row, by=by)
        assert Contact.objects.get().note == ""

    def test_whom_nobody_can_reach_is_no_contact(self, party: Party) -> None:
        by = f.UserFactory(is_superuser=True)
        with pytest.raises(ValidationError, match="Enter a telephone number or an email address"):
            services.create(party=party, values={"role": "press", "name": "Bea"}, by=by)


def test_one_list_with_the_focal_points_first_and_the_roles_in_order(party: Party) -> None:
    f.ContactFactory(party=party, role="duty_officer", name="", phone="1")
    f.ContactFactory(party=party, role="private_office", name="Bea", office="Secretary", phone="2")
    f.FocalPointFactory(party=party, person__name="Fay", person__office="", person__phone="3")
    f.ContactFactory(name="Somebody of another party")
    found = [(line.role, line.label, line.phone) for line in selectors.lines(party)]
    assert found == [
        ("Focal point", "Fay", "3"),
        ("Private office", "Bea, Secretary", "2"),
        ("Duty officer of the mission", "", "1"),
    ]


class TestDesk:
    def test_the_section_is_edited_in_place(self, party: Party) -> None:
        row = f.ContactFactory(party=party, role="security", name="Sam", phone="+33 2 00")
        client = signed_in(f.UserFactory.with_role(Role.PROTOCOL, party.summit))
        page = f"/admin/delegations/party/{party.pk}/"
        content = client.get(page).content.decode()
        assert f'hx-get="{page}edit/contacts/"' in content
        assert 'href="tel:+33200"' in content
        stored = {"id": row.pk, "role": "security", "name": "Sam", "phone": "+33 2 00"}
        refused = client.post(f"{page}edit/contacts/", inline(stored, {"role": "press", "name": "Bea"}))
        assert "Enter a telephone number or an email address." in refused.content.decode()
        saved = client.post(f"{page}edit/contacts/", inline({**stored, "DELETE": "on"}, PRESS))
        assert saved["Location"] == f"{page}#contacts"
        assert [(each.role, each.name) for each in Contact.objects.all()] == [("press", "Bea Bright")]

    def test_without_the_permission_there_is_no_section(self, party: Party) -> None:
        f.ContactFactory(party=party, name="Sam")
        client = signed_in(f.UserFactory.with_role(Role.VIEWER, party.summit))
        page = f"/admin/delegations/party/{party.pk}/"
        assert "Sam" not in client.get(page).content.decode()
        assert client.get(f"{page}edit/contacts/").status_code == 403
