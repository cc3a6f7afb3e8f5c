"""What the agenda's tests share."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.models.removals import PublicNotice
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.releases.services.removals import Decision
from sessions.visibility.models import Visibility
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import sign_in

Parties = dict[str, Party]
SOON = timezone.now() + timedelta(days=2)


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory()


@pytest.fixture
def organiser(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def desk(summit: Summit) -> Client:
    """A browser of the programme desk."""
    return sign_in(summit, Role.PROGRAMME)


@pytest.fixture
def parties(summit: Summit) -> Parties:
    return parties_of(summit)


def parties_of(summit: Summit) -> Parties:
    """Make three parties, each reached at its mission's mailbox."""
    return {
        name: f.PartyFactory(summit=summit, name=name, mission_email=f"{name.lower()}@mission.example")
        for name in ("Aland", "Beland", "Celand")
    }


def session(summit: Summit, *parties: Party, **kwargs: object) -> Session:
    """Make a session in which parties take part."""
    made = f.SessionFactory(summit=summit, **{"visibility": Visibility.PARTICIPANTS, **kwargs})
    for position, party in enumerate(parties):
        f.ParticipantFactory(session=made, party=party, position=position)
    return made


class Alike(dict[str, Decision]):
    """The same decision of each session that leaves the public agenda."""

    def __init__(self, decision: Decision) -> None:
        super().__init__()
        self._decision = decision

    def __missing__(self, key: str) -> Decision:
        return self._decision

    def get(self, key: str, default: Any = None) -> Any:
        return self._decision


# What leaves the public agenda leaves it without a notice.
SILENTLY = Alike(Decision(PublicNotice.NONE, "For a test"))


def release(summit: Summit, **more: Any) -> Release:
    """Release the draft of a summit, as one of its organisers."""
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    return releases.release(**{"summit": summit, "by": by, "decisions": SILENTLY, **more})


def later(row: Session, by: User, **by_how_much: int) -> None:
    span = timedelta(**by_how_much)
    cancel_and_move.move(
        session=row, starts_at=row.starts_at + span, ends_at=row.ends_at + span, room=row.room, by=by
    )
    row.refresh_from_db()


def member(party: Party, code: str = "delegate", **kwargs: object) -> Person:
    person: Person = f.PersonFactory(summit=party.summit, user=f.UserFactory(), **kwargs)
    f.MembershipFactory(party=party, person=person, code=code)
    return person


def focal(party: Party) -> Person:
    return f.FocalPointFactory(party=party, person__user=f.UserFactory()).person


def open_session(summit: Summit, places: int | None = 1, **kwargs: object) -> Session:
    """Make a session, the day after tomorrow, for which all delegations may sign up."""
    values = {"visibility": Visibility.ACCREDITED, "sign_up": True, "capacity": places, "starts_at": SOON}
    return session(summit, **{**values, "ends_at": SOON + timedelta(hours=1), **kwargs})


def fill(summit: Summit, number: int, *parties: Party) -> None:
    """Make many public sessions, each in a room of its own time, with participants and a speech."""
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit))
    for hour in range(number):
        start = f.START + timedelta(hours=hour)
        made = session(
            summit,
            *parties,
            visibility=Visibility.PUBLIC,
            room=room,
            starts_at=start,
            ends_at=start + timedelta(minutes=50),
        )
        f.SlotFactory(session=made, speaker=f.PersonFactory(summit=summit))
