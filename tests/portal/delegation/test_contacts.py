"""Contacts in the portal: the delegation enters, changes and removes its own."""

import pytest

from delegations.contacts.models import Contact
from tests import factories as f
from tests.portal.delegation.helpers import World, make
from tests.portal.test_visitor_identity import follow

pytestmark = pytest.mark.django_db
PRESS = {"role": "press", "name": "Bea Bright", "office": "", "phone": "+33 1 00", "email": "", "note": ""}


@pytest.fixture
def world() -> World:
    return make()


def test_it_is_added_changed_and_removed(world: World) -> None:
    content = world.post("contacts/", {**PRESS, "phone": ""}, 422).content.decode()
    assert '<a href="#id_phone">' in content
    assert "Enter a telephone number or an email address." in content
    assert world.post("contacts/", PRESS)["Location"] == world.path("contacts/")
    row = Contact.objects.get()
    content = world.get("contacts/")
    for said in ("Fay", "Bea Bright", 'href="tel:+33100"'):
        assert said in content
    assert "This contact has already been entered." in world.post("contacts/", PRESS, 422).content.decode()
    world.post(f"contacts/{row.pk}/", {**PRESS, "note": "nights"})
    assert "nights" in world.get("contacts/")
    assert "Bea Bright" in world.get(f"contacts/{row.pk}/")
    world.post(f"contacts/{row.pk}/remove/", {})
    assert Contact.objects.count() == 0


def test_another_delegations_is_not_there(world: World) -> None:
    row = f.ContactFactory(party=f.PartyFactory(summit=world.party.summit), name="Sam")
    assert "Sam" not in world.get("contacts/")
    assert world.client.get(world.path(f"contacts/{row.pk}/")).status_code == 404
    assert world.client.post(world.path(f"contacts/{row.pk}/remove/")).status_code == 404


def test_by_a_letters_link(world: World) -> None:
    link = f.InvitationLinkFactory(invitation=world.party.invitations.get(), address="mission@land.example")
    assert follow(link).post(world.path("contacts/"), PRESS).status_code == 303
    assert Contact.objects.get().name == "Bea Bright"
