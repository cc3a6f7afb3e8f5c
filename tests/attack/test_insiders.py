"""What an organiser of one summit could learn of accounts, or take hold of, through the admin's own doors."""

import pytest
from django.test import Client

from summit.models import Person, Role, RoleAssignment, User
from tests import factories as f
from tests.attack.crawling import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser() -> User:
    made: User = f.UserFactory.with_role(Role.ORGANISER, f.SummitFactory())
    return made


@pytest.fixture
def desk(organiser: User) -> Client:
    return sign_in(organiser)


def test_passwords_are_no_filter(desk: Client) -> None:
    """Else whoever sees the list of accounts reads a password’s hash, a character at a time."""
    for lookup in ("password__startswith", "password", "password__regex"):
        assert desk.get("/admin/summit/user/", {lookup: "md5$"}).status_code == 400, lookup


def test_no_role_for_the_key_of_an_account(desk: Client, organiser: User) -> None:
    """Else the keys 1, 2, 3 … would bring every account's name and address into the list."""
    stranger = f.UserFactory.with_role(Role.PRESS_OFFICER, f.SummitFactory())
    mine = RoleAssignment.objects.get(user=organiser).summit
    known = f.UserFactory.with_role(Role.VIEWER, mine)
    for key in (stranger.pk, known.pk):
        page = desk.post(
            "/admin/summit/roleassignment/add/", {"user": key, "summit": mine.pk, "role": Role.PROGRAMME}
        )
        assert "email" in page.context["adminform"].form.errors
        assert stranger.email not in page.content.decode()
    assert not RoleAssignment.objects.filter(summit=mine, role=Role.PROGRAMME).exists()
    # The control: by an address, which one has to know, it is given.
    named = {"email": known.email, "summit": mine.pk, "role": Role.PROGRAMME}
    assert desk.post("/admin/summit/roleassignment/add/", named).status_code == 302
    assert known.roles.filter(summit=mine, role=Role.PROGRAMME).exists()


def test_no_person_for_an_account_of_another_summit(desk: Client, organiser: User) -> None:
    stranger = f.UserFactory.with_role(Role.PRESS_OFFICER, f.SummitFactory())
    mine = RoleAssignment.objects.get(user=organiser).summit
    person = f.PersonFactory(summit=mine)
    known = f.UserFactory.with_role(Role.VIEWER, mine)
    for account, given in ((stranger, False), (known, True)):
        data = {"summit": mine.pk, "name": "Zoe", "office": "Minister", "email": "", "language": "en"}
        page = desk.post(f"/admin/summit/person/{person.pk}/change/", {**data, "user": account.pk})
        assert Person.objects.filter(pk=person.pk, user=account).exists() is given, page.content.decode()
        assert given or stranger.email not in page.content.decode()


def test_protocol_gives_no_account_a_persons_powers() -> None:
    """Whose account a person is decides who acts for a party: that is for organisers."""
    protocol = f.UserFactory.with_role(Role.PROTOCOL, f.SummitFactory())
    summit = RoleAssignment.objects.get(user=protocol).summit
    owner = f.UserFactory()
    person = f.FocalPointFactory(party__summit=summit, person__user=owner).person
    client = sign_in(protocol)
    data = {"summit": summit.pk, "name": "Zoe", "office": "Minister", "email": "", "language": "en"}
    page = client.post(f"/admin/summit/person/{person.pk}/change/", {**data, "user": protocol.pk})
    person.refresh_from_db()
    # The control: the rest of the form is saved.
    assert (page.status_code, person.name, person.user) == (302, "Zoe", owner)
