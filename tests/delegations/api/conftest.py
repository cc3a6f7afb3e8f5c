"""A summit with two parties, and programs of its desks and of a party's focal point."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.module_fixtures import once_a_module
from tests.summit.api.conftest import Program, program

DESK = "summits/here/desk/"
SHARED = (Role.PROTOCOL, Role.ORGANISER, Role.VETTING, Role.ACCREDITATION)


@dataclass
class Desks:
    summit: Summit
    programs: dict[Role, Program]


@once_a_module
def desks() -> Desks:
    summit = f.SummitFactory(slug="here", public=False)
    return Desks(summit, {role: program(f.UserFactory.with_role(role, summit, name="Pat")) for role in SHARED})


@dataclass
class Place:
    summit: Summit
    one: Party
    other: Party
    focal: Program
    programs: dict[Role, Program]

    @property
    def protocol(self) -> Program:
        return self.desk(Role.PROTOCOL)

    def desk(self, role: Role) -> Program:
        return self.programs.get(role) or program(f.UserFactory.with_role(role, self.summit))


@pytest.fixture
def place(desks: Desks) -> Place:
    one, other = (f.PartyFactory(summit=desks.summit, name=name) for name in ("Aland", "Bland"))
    # The focal point of a party acts for it by an account.
    user = f.UserFactory(name="Fay", email="fay@aland.example")
    f.FocalPointFactory(party=one, person__user=user, person__email=user.email)
    return Place(desks.summit, one, other, program(user), desks.programs)


def counted(asks: Program, path: str) -> int:
    """Return how many queries a list asks, once it was asked."""
    with CaptureQueriesContext(connection) as asked:
        assert asks.get(path).status_code == 200
    return len(asked)


def ids(response: Any) -> list[str]:
    return values(response, "id")


def values(response: Any, name: str) -> list[Any]:
    body = response.json()
    return [each[name] for each in (body if isinstance(body, list) else body["results"])]


def kind(response: Any) -> tuple[int, str]:
    """Return the status of a refusal and its kind."""
    assert response["Content-Type"] == "application/problem+json", response.content
    return response.status_code, response.json()["type"].rpartition("#")[2]


def pointers(response: Any) -> set[str]:
    """Return where a body can't be taken."""
    assert kind(response) == (422, "fields")
    return {each["pointer"] for each in response.json()["errors"]}


def seen_by(reader: Program) -> list[AuditEntry]:
    """Return the records of the personal data that a program has read, the oldest first."""
    return list(AuditEntry.objects.filter(action="summit.person.seen", by=reader.user).order_by("pk"))


@dataclass
class Land:
    """A party with a member, and what its focal point entered of them."""

    party: Party
    member: Membership
    focal: User

    @property
    def person(self) -> Person:
        return self.member.person


def land(summit: Summit, name: str) -> Land:
    party = f.PartyFactory(summit=summit, name=name)
    about = {"person__name": f"Ada of {name}", "person__office": "Minister", "person__email": f"ada@{name}.example"}
    member = f.MembershipFactory(party=party, **about)
    entered = {"passport_number": f"X{name}", "diet": f"No {name}", "hotel": f"Hotel {name}"}
    f.ParticularsFactory(person=member.person, entered_for=party, **entered)
    focal = f.FocalPointFactory(party=party, person__user=f.UserFactory(), person__name=f"Fay of {name}")
    return Land(party, member, focal.person.user)


@pytest.fixture
def here(desks: Desks) -> Summit:
    return desks.summit


@pytest.fixture
def own(here: Summit) -> Land:
    return land(here, "Own")


@pytest.fixture
def other(here: Summit, own: Land) -> Land:
    return land(here, "Other")


@pytest.fixture
def protocol(desks: Desks) -> Program:
    return desks.programs[Role.PROTOCOL]


@pytest.fixture
def organiser(desks: Desks) -> Program:
    return desks.programs[Role.ORGANISER]


@pytest.fixture
def vetting(desks: Desks) -> Program:
    return desks.programs[Role.VETTING]


@pytest.fixture
def focal(own: Land) -> Program:
    return program(own.focal)
