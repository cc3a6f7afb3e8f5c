"""What an organiser of one summit could learn of accounts, or take hold of, through the admin's own doors."""

import pytest
from django.test import Client

from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
ROLE = "/admin/summit/roleassignment/add/"


@pytest.fixture
def desk(summit: Summit) -> Client:
    return signed_in(f.UserFactory.with_role(Role.ORGANISER, summit))


@pytest.fixture
def known(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.VIEWER, summit)


@pytest.fixture
def stranger() -> User:
    return f.UserFactory.with_role(Role.PRESS_OFFICER, f.SummitFactory())


def give(client: Client, person: Person, account: User) -> str:
    """Choose whose account a person is, and call the person Zoe; return the page that answers."""
    data = {"summit": person.summit_id, "name": "Zoe", "office": "Minister", "email": "", "language": "en"}
    page = client.post(f"/admin/summit/person/{person.pk}/change/", {**data, "user": account.pk})
    person.refresh_from_db()
    return page.content.decode()


def test_passwords_are_no_filter(desk: Client) -> None:
    """Else whoever sees the list of accounts reads a password’s hash, a character at a time."""
    for lookup in ("password__startswith", "password", "password__regex"):
        assert desk.get("/admin/summit/user/", {lookup: "md5$"}).status_code == 400, lookup


def test_no_role_for_the_key_of_an_account(desk: Client, summit: Summit, known: User, stranger: User) -> None:
    """Else the keys 1, 2, 3 … would bring every account's name and address into the list."""
    given = {"summit": summit.pk, "role": Role.PROGRAMME}
    for account in (stranger, known):
        page = desk.post(ROLE, {"user": account.pk, **given})
        assert "email" in page.context["adminform"].form.errors
        assert stranger.email not in page.content.decode()
    assert not RoleAssignment.objects.filter(**given).exists()
    # The control: by an address, which one has to know, it is given.
    assert desk.post(ROLE, {"email": known.email, **given}).status_code == 302
    assert known.roles.filter(**given).exists()


def test_no_person_for_an_account_of_another_summit(
    desk: Client, summit: Summit, known: User, stranger: User
) -> None:
    person = f.PersonFactory(summit=summit)
    assert stranger.email not in give(desk, person, stranger)
    assert person.user is None
    give(desk, person, known)
    assert person.user == known


def test_protocol_gives_no_account_a_persons_powers(summit: Summit) -> None:
    """Whose account a person is decides who acts for a party: that is for organisers."""
    protocol, owner = f.UserFactory.with_role(Role.PROTOCOL, summit), f.UserFactory()
    person = f.FocalPointFactory(party__summit=summit, person__user=owner).person
    give(signed_in(protocol), person, protocol)
    # The control: the rest of the form is saved.
    assert (person.name, person.user) == ("Zoe", owner)
