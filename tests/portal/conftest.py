"""What the portal's tests share: a summit, its organiser, and a delegate of a party."""

import pytest

from delegations.parties.models.parties import Party
from summit.people.models import Person
from summit.summits.models import Summit
from tests.factories import MembershipFactory, PartyFactory, PersonFactory, UserFactory
from tests.sessions.conftest import organiser, summit

__all__ = ["organiser", "summit"]


@pytest.fixture
def party(summit: Summit) -> Party:
    return PartyFactory(summit=summit, name="Aland")


@pytest.fixture
def delegate(summit: Summit, party: Party) -> Person:
    person = PersonFactory(summit=summit, user=UserFactory())
    MembershipFactory(party=party, person=person)
    return person
