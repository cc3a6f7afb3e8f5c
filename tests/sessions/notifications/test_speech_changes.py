"""Speakers learn at which place they are and when about; of many speakers those are named that changed."""

from datetime import timedelta

import pytest

from sessions.agenda.selectors import changed_lines
from sessions.agenda.selectors.change_descriptions import place_line
from sessions.agenda.selectors.differences import Aspect, What
from sessions.agenda.selectors.snapshots import ParticipantSnapshot
from sessions.draft.models.sessions import Session
from sessions.notifications.messages import agenda_changes
from sessions.releases.services import releases
from sessions.speakers.services import speakers_list
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import MembershipFactory, ParticipantFactory, PartyFactory, PersonFactory, SlotFactory
from tests.sessions.conftest import Parties, release, session

pytestmark = pytest.mark.django_db


def told(release: int) -> dict[str, list[str]]:
    """What the mails of a release say of speeches, by mailbox."""
    rows = Message.objects.filter(kind=agenda_changes.KIND, version=release)
    texts = {row.address: KINDS[row.kind].render(row).text for row in rows}
    return {box: [line.strip() for line in text.splitlines() if "Speech of" in line] for box, text in texts.items()}


@pytest.fixture
def row(summit: Summit, parties: Parties) -> Session:
    made = session(summit, *parties.values(), opening=10)
    for position, (name, party) in enumerate(parties.items()):
        person = PersonFactory(summit=summit, name=name, office="")
        SlotFactory(session=made, party=party, speaker=person, position=position, minutes=5)
    release(summit)
    return made


def test_each_learns_its_own_place_and_time_and_nobody_elses(row: Session, summit: Summit, organiser: User) -> None:
    first = {box: lines[0] for box, lines in told(1).items()}
    assert first == {
        "aland@mission.example": "Speech of Aland: position 1, at about 09:10 London time",
        "beland@mission.example": "Speech of Beland: position 2, at about 09:15 London time",
        "celand@mission.example": "Speech of Celand: position 3, at about 09:20 London time",
    }
    # What has gone out isn't told again.
    Message.objects.all().delete()
    speakers_list.move(slot=row.slots.get(speaker__name="Celand"), to=2, by=organiser)
    releases.release(summit=summit, by=organiser)
    assert told(2) == {
        "aland@mission.example": [],
        "beland@mission.example": ["Speech of Beland: position 3, at about 09:20 London time"],
        "celand@mission.example": ["Speech of Celand: position 2, at about 09:15 London time"],
    }


def test_whoever_may_not_know_the_times_reads_the_place(row: Session, summit: Summit) -> None:
    Session.objects.filter(pk=row.pk).update(times_to="organisers", ends_at=row.ends_at + timedelta(hours=1))
    release(summit)
    assert told(2)["celand@mission.example"] == ["Speech of Celand: position 3"]


def test_of_many_those_are_named_that_differ() -> None:
    def side(names: list[str]) -> tuple[ParticipantSnapshot, ...]:
        rows = (name.partition(" ") for name in names)
        return tuple(
            ParticipantSnapshot("speaker", None, None, "", name, "", "", int(long or 0))
            for name, _space, long in rows
        )

    def told(old: list[str], new: list[str], what: What = What.SPEAKERS) -> list[str]:
        found = changed_lines.of_people("S", Aspect(what, side(old), side(new)), place_line, lambda places: "")
        return [f"{line.what}: {line.old}|{line.new}" for line in found]

    names = [f"S{number}" for number in range(46)]
    assert told(names, [*names[1:], "X", "Y"]) == ["S – removed: S0|", "S – added: |X; Y"]
    # Who makes room for others has not moved.
    assert told(names, ["X", *names]) == ["S – added: |X"]
    assert told(names, ["S9", *names[:9], *names[10:]]) == ["S – moved: |S9: position 1"]
    assert told(names, names[:40]) == ["S – removed: S40; S41; S42; S43; S44; S45|"]
    assert told(names, names[:39]) == ["S – removed: S39; S40; S41; S42; S43; and 2 more|"]
    assert told(["A 5", "B 5"], ["B 3", "A 5"]) == [
        "S – changed: B: 5 minutes|B: 3 minutes",
        "S – moved: |A: position 2",
    ]
    assert told(["A", "B"], ["B", "A"], What.PARTICIPANTS) == ["S: |order changed"]
    # One of two speeches of the same name.
    assert told(["A", "B", "A"], ["A", "B"]) == ["S – removed: A|"]


def test_a_delegation_reads_who_of_it_speaks_in_what_it_takes_part_in(summit: Summit, parties: Parties) -> None:
    made = session(summit, *parties.values(), title="Debate")
    first, second, third = (
        MembershipFactory(party=parties["Aland"], person__office="", person__name=name).person
        for name in ("First", "Second", "Third")
    )
    SlotFactory(session=made, speaker=first, minutes=5)
    ParticipantFactory(session=made, person=third, position=9)
    release(summit, tell=False)
    made.slots.update(speaker=second)
    made.participants.filter(person=third).delete()
    release(summit)
    row = Message.objects.get(kind=agenda_changes.KIND, address="aland@mission.example")
    said = KINDS[row.kind].render(row).text
    assert said[said.index("1. ") : said.index("All times")] == WHOLE
    # Where they may not know who takes part, no role is told.
    Session.objects.filter(pk=made.pk).update(participants_to="organisers")
    release(summit)
    Session.objects.filter(pk=made.pk).update(title="Talks")
    made.slots.update(speaker=third)
    Message.objects.all().delete()
    release(summit)
    row = Message.objects.get(kind=agenda_changes.KIND, address="aland@mission.example")
    said = KINDS[row.kind].render(row).text
    assert "   for: the delegation; Second: no longer taking part; Third: now taking part\n" in said
    assert "speak" not in said.lower()


WHOLE = """1. Debate – changed
   for: the delegation; First: no longer speaking; Second: now speaking; Third: no longer taking part
   Speakers
      before: First (Aland): 5 minutes
      now: Second (Aland): 5 minutes
   Participants – removed
      Third (Aland)

"""


def test_only_who_is_named_has_a_footnote(summit: Summit, parties: Parties) -> None:
    made = session(summit, *parties.values())
    for number in range(9):
        ParticipantFactory(
            session=made, party=PartyFactory(summit=summit, name=f"P{number}", footnote=f"N{number}."), position=9
        )
    release(summit, tell=False)
    made.participants.filter(party__name="P4").delete()
    release(summit)
    row = Message.objects.get(kind=agenda_changes.KIND, address="aland@mission.example")
    said = KINDS[row.kind].render(row).text
    assert "   Participants – removed\n      P4¹\n" in said
    assert row.facts["notes"] == [["¹", "N4."]]
