"""A summit with two parties, and programs of its desks and of a party's focal point."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.summit.api.conftest import Program, program

DESK = "summits/here/desk/"


@dataclass
class Place:
    """Who is there, and how they ask."""

    summit: Summit
    one: Party
    other: Party
    protocol: Program
    focal: Program

    def organiser(self) -> Program:
        return program(f.UserFactory.with_role(Role.ORGANISER, self.summit))

    def desk(self, role: Role) -> Program:
        return program(f.UserFactory.with_role(role, self.summit))


@pytest.fixture
def place() -> Place:
    summit = f.SummitFactory(slug="here", public=False)
    one, other = f.PartyFactory(summit=summit, name="Aland"), f.PartyFactory(summit=summit, name="Bland")
    # The focal point of a party acts for it by an account.
    user = f.UserFactory(name="Fay", email="fay@aland.example")
    f.FocalPointFactory(party=one, person__user=user, person__email=user.email)
    protocol = program(f.UserFactory.with_role(Role.PROTOCOL, summit, name="Pat"))
    return Place(summit, one, other, protocol, program(user))


def counted(asks: Program, path: str) -> int:
    """Return how many queries a list asks, once it was asked."""
    with CaptureQueriesContext(connection) as asked:
        assert asks.get(path).status_code == 200
    return len(asked)


def ids(response: Any) -> list[str]:
    """Return the ids of the rows that an answer lists."""
    body = response.json()
    return [each["id"] for each in (body if isinstance(body, list) else body["results"])]


def kind(response: Any) -> tuple[int, str]:
    """Return the status of a refusal and its kind."""
    assert response["Content-Type"] == "application/problem+json", response.content
    return response.status_code, response.json()["type"].rpartition("#")[2]


def pointers(response: Any) -> set[str]:
    """Return where a body can't be taken."""
    assert kind(response) == (422, "fields")
    return {each["pointer"] for each in response.json()["errors"]}


@dataclass
class Land:
    """A party with a member, and what its focal point entered of them."""

    party: Party
    member: Membership
    focal: User

    @property
    def person(self) -> Person:
        """The member's person."""
        return self.member.person


@pytest.fixture
def here(db: None) -> Summit:
    return f.SummitFactory(slug="here", public=False)


def land(summit: Summit, name: str) -> Land:
    party = f.PartyFactory(summit=summit, name=name)
    about = {"person__name": f"Ada of {name}", "person__office": "Minister", "person__email": f"ada@{name}.example"}
    member = f.MembershipFactory(party=party, **about)
    entered = {"passport_number": f"X{name}", "diet": f"No {name}", "hotel": f"Hotel {name}"}
    f.ParticularsFactory(person=member.person, entered_for=party, **entered)
    focal = f.FocalPointFactory(party=party, person__user=f.UserFactory(), person__name=f"Fay of {name}")
    return Land(party, member, focal.person.user)


@pytest.fixture
def own(here: Summit) -> Land:
    return land(here, "Own")


@pytest.fixture
def other(here: Summit, own: Land) -> Land:
    return land(here, "Other")


@pytest.fixture
def protocol(here: Summit) -> Program:
    return program(f.UserFactory.with_role(Role.PROTOCOL, here))


@pytest.fixture
def organiser(here: Summit) -> Program:
    return program(f.UserFactory.with_role(Role.ORGANISER, here))


@pytest.fixture
def vetting(here: Summit) -> Program:
    return program(f.UserFactory.with_role(Role.VETTING, here))


@pytest.fixture
def focal(own: Land) -> Program:
    return program(own.focal)
