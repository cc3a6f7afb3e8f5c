"""What the agenda's tests share."""

from datetime import timedelta

import pytest

from delegations.models import Party
from sessions.models import Session, Visibility
from summit.models import Role, Summit, User
from tests.factories import (
    START,
    ParticipantFactory,
    PartyFactory,
    SessionFactory,
    SummitFactory,
    UserFactory,
    VenueFactory,
)


@pytest.fixture
def summit() -> Summit:
    return SummitFactory()


@pytest.fixture
def organiser(summit: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def parties(summit: Summit) -> dict[str, Party]:
    return parties_of(summit)


def parties_of(summit: Summit) -> dict[str, Party]:
    """Make three parties, each reached at its mission's mailbox."""
    return {
        name: PartyFactory(summit=summit, name=name, mission_email=f"{name.lower()}@mission.example")
        for name in ("Aland", "Beland", "Celand")
    }


def session(summit: Summit, *parties: Party, **kwargs: object) -> Session:
    """Make a session in which parties take part."""
    made = SessionFactory(summit=summit, **{"visibility": Visibility.PARTICIPANTS, **kwargs})
    for position, party in enumerate(parties):
        ParticipantFactory(session=made, party=party, position=position)
    return made


def fill(summit: Summit, number: int, *parties: Party) -> None:
    """Make many public sessions, each in a room of its own time, with participants and a speech."""
    from tests.factories import PersonFactory, RoomFactory, SlotFactory

    room = RoomFactory(venue=VenueFactory(summit=summit))
    for hour in range(number):
        start = START + timedelta(hours=hour)
        made = session(
            summit,
            *parties,
            visibility=Visibility.PUBLIC,
            room=room,
            starts_at=start,
            ends_at=start + timedelta(minutes=50),
        )
        SlotFactory(session=made, speaker=PersonFactory(summit=summit))
