"""Speakers learn at which place they are and when about; of many speakers those are named that changed."""

from datetime import timedelta
from typing import Any

import pytest

from delegations.models import Party
from sessions.domain import many_places, notices, releases, speakers
from sessions.domain.differences import Aspect, What
from sessions.domain.snapshots import Place
from sessions.models import Session
from summit.models import Summit, User
from summit.outbox.kinds import KINDS
from summit.outbox.models import Message
from tests.factories import PersonFactory, SlotFactory
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db


def told(release: int) -> dict[str, list[str]]:
    """What the mails of a release say of speeches, by mailbox."""
    rows = Message.objects.filter(kind=notices.KIND, version=release)
    texts = {row.address: KINDS[row.kind].render(row).text for row in rows}
    return {box: [line.strip() for line in text.splitlines() if "Speech of" in line] for box, text in texts.items()}


@pytest.fixture
def row(summit: Summit, organiser: User, parties: dict[str, Party]) -> Session:
    made = session(summit, *parties.values(), opening=10)
    for position, (name, party) in enumerate(parties.items()):
        person = PersonFactory(summit=summit, name=name, office="")
        SlotFactory(session=made, party=party, speaker=person, position=position, minutes=5)
    releases.release(summit=summit, by=organiser)
    return made


def test_each_learns_its_own_place_and_time_and_nobody_elses(row: Session, summit: Summit, organiser: User) -> None:
    first = {box: lines[0] for box, lines in told(1).items()}
    assert first == {
        "aland@mission.example": "Speech of Aland: place 1, at about 09:10 London time",
        "beland@mission.example": "Speech of Beland: place 2, at about 09:15 London time",
        "celand@mission.example": "Speech of Celand: place 3, at about 09:20 London time",
    }
    # What has gone out isn't told again.
    Message.objects.all().delete()
    speakers.move(slot=row.slots.get(speaker__name="Celand"), to=2, by=organiser)
    releases.release(summit=summit, by=organiser)
    assert told(2) == {
        "aland@mission.example": [],
        "beland@mission.example": ["Speech of Beland: place 3, at about 09:20 London time"],
        "celand@mission.example": ["Speech of Celand: place 2, at about 09:15 London time"],
    }


def test_whoever_may_not_know_the_times_reads_the_place(row: Session, summit: Summit, organiser: User) -> None:
    Session.objects.filter(pk=row.pk).update(times_to="organisers", ends_at=row.ends_at + timedelta(hours=1))
    releases.release(summit=summit, by=organiser)
    assert told(2)["celand@mission.example"] == ["Speech of Celand: place 3"]


def test_of_many_those_are_named_that_changed() -> None:
    def side(names: list[str]) -> tuple[Place, ...]:
        return tuple(Place("speaker", None, number, name, name, "") for number, name in enumerate(names))

    def say(places: Any) -> str:
        return "; ".join(place.label for place in places) or "nobody"

    def sides(old: list[str], new: list[str]) -> tuple[str, str]:
        return many_places.sides(Aspect(What.SPEAKERS, side(old), side(new)), say)

    names = [f"S{number}" for number in range(30)]
    assert sides(["A", "B"], ["B"]) == ("A; B", "B")
    assert sides(names, names[::-1]) == ("30", "30, in another order")
    assert sides(names, [*names[1:], "X", "Y"]) == ("S0; 29 as before", "X; Y; 29 as before")
    assert sides(names, []) == ("; ".join(names), "nobody")
