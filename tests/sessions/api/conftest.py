"""The agenda's resources are asked by the same programs as the ground floor's, and by those of two parties."""

import pytest

from delegations.parties.models.parties import Party
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import FocalPointFactory, MembershipFactory, PartyFactory, UserFactory
from tests.summit.api.conftest import Program, here, organiser, program, rooms, viewer

__all__ = ["here", "organiser", "rooms", "viewer"]


class Land:
    """A party with a focal point and a head, both with accounts."""

    def __init__(self, summit: Summit, name: str) -> None:
        self.party: Party = PartyFactory(summit=summit, name=name)
        self.focal: User = UserFactory()
        self.user: User = UserFactory()
        FocalPointFactory(party=self.party, person__user=self.focal)
        self.head = MembershipFactory(party=self.party, code="head", person__user=self.user).person


@pytest.fixture
def desk(here: Summit) -> Program:
    return program(UserFactory.with_role(Role.PROGRAMME, here))


@pytest.fixture
def own(here: Summit) -> Land:
    return Land(here, "Ownland")


@pytest.fixture
def other(here: Summit) -> Land:
    return Land(here, "Otherland")
