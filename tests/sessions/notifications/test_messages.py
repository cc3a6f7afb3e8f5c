"""The mail that says what changed, the calendar parts in it, and what speakers learn of their place."""

import email
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core import mail
from django.utils import translation
from icalendar import Calendar

from sessions.agenda.models.releases import ReleasedRole, ReleasedSession
from sessions.agenda.selectors import changed_lines
from sessions.agenda.selectors.change_descriptions import Zones, place_line
from sessions.agenda.selectors.differences import Aspect, Nature, SessionChange, What
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.messages import agenda_changes
from sessions.notifications.messages.subjects import of_changes
from sessions.releases.services import releases
from sessions.speakers.services import speakers_list
from sessions.tasks import deliver_agenda_changes
from sessions.visibility.models import Visibility
from summit.celery import app
from summit.outbox import mime
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.sessions.conftest import Parties, later, release, session

pytestmark = pytest.mark.django_db


def deliver() -> list[EmailMessage]:
    mail.outbox.clear()
    deliver_agenda_changes(list(Message.objects.filter(kind="agenda_change").values_list("pk", flat=True)))
    messages = [sent if hasattr(sent, "as_bytes") else sent.message() for sent in mail.outbox]
    return [email.message_from_bytes(message.as_bytes(), policy=default) for message in messages]


def calendars(sent: EmailMessage) -> list[tuple[str, Any]]:
    """Return the method of each calendar part, as its header says, and its one event."""
    found = []
    for part in sent.walk():
        if part.get_content_type() == "text/calendar":
            calendar = Calendar.from_ical(part.get_content())
            (event,) = calendar.events
            assert part.get_param("method") == calendar["method"]
            assert [str(zone["tzid"]) for zone in calendar.timezones] == ["Europe/London"]
            found.append((str(calendar["method"]), event))
    return found


def text(sent: EmailMessage) -> str:
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def talks(summit: Summit, parties: Parties) -> Session:
    directions = {"en": "Up the stairs"}
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue Room", directions=directions)
    made = session(summit, parties["Aland"], title="Talks <1> & more", room=room)
    evening = {"starts_at": f.START + timedelta(hours=8), "ends_at": f.START + timedelta(hours=10)}
    session(summit, parties["Aland"], title="Dinner", **evening)
    release(summit, tell=False)
    return made


def test_a_move_is_told_with_both_times_in_the_venues_zone(summit: Summit, organiser: User, talks: Session) -> None:
    later(talks, organiser, hours=2)
    releases.release(summit=summit, by=organiser, note="Talks are later")
    (sent,) = deliver()
    said = text(sent)
    assert sent["To"] == "aland@mission.example"
    assert sent["Reply-To"] == summit.contact_email
    assert sent["Subject"] == "one change to your agenda (Aland)"
    for words in ("Talks <1> & more – changed", "Talks are later", "Aland", "/portal/"):
        assert words in said
    assert "before: Monday 31 March 2025, 09:00–10:00 London time" in said
    assert "now: Monday 31 March 2025, 11:00–12:00 London time" in said
    assert "Dinner" not in said
    ((method, event),) = calendars(sent)
    assert method == "REQUEST"
    assert (str(event["uid"]), event["sequence"]) == (talks.uid, 2)
    assert event["dtstart"].params["TZID"] == "Europe/London"
    assert event["dtstart"].to_ical() == b"20250331T110000"
    assert event.start.astimezone(UTC) == f.START + timedelta(hours=2)
    assert str(event["organizer"]) == f"mailto:{summit.contact_email}"
    assert str(event["attendee"]) == "mailto:aland@mission.example"
    stored = Message.objects.get(version=2)
    assert event["dtstamp"].dt == stored.created_at.replace(microsecond=0)
    assert stored.state == MessageState.SENT


def test_the_first_release_tells_of_a_programme(summit: Summit, parties: Parties) -> None:
    session(summit, parties["Aland"], title="Talks", starts_at=f.START, ends_at=f.START + timedelta(hours=1))
    release(summit)
    (sent,) = deliver()
    assert sent["Subject"] == f"{summit.short_name}: your agenda (Aland)"
    assert text(sent).splitlines()[:4] == [
        *(f"{summit.name}: agenda of Aland.", "", "1. Talks", "   Monday 31 March 2025, 09:00–10:00 London time")
    ]


def test_several_changes_are_attached_and_one_is_not(summit: Summit, organiser: User, talks: Session) -> None:
    cancel_and_move.cancel(session=talks, by=organiser, reason="The minister is ill.")
    releases.release(summit=summit, by=organiser)
    message = Message.objects.get(version=2)
    first, second = mime.render(message), mime.render(message)
    assert [part.content for part in first.attachments] == [part.content for part in second.attachments]
    assert first.text == second.text
    (alone,) = deliver()
    parts = [part.get_content_type() for part in alone.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert "London time\r\n   Reason: The minister is ill." in text(alone)
    # It is sent once.
    assert deliver() == []
    app.loader.import_default_modules()
    assert KINDS["agenda_change"].task in app.tasks
    cancel_and_move.reinstate(session=talks, by=organiser)
    Session.objects.filter(title="Dinner").update(title="Supper")
    releases.release(summit=summit, by=organiser)
    (both,) = deliver()
    supper = Session.objects.get(title="Supper")
    assert [(part.get_content_type(), part.get_filename()) for part in both.iter_attachments()] == [
        ("text/calendar", f"{number}-{row.public_id}.ics") for number, row in (("01", talks), ("02", supper))
    ]
    # The cancellation was the second of the one; of the other this is the first change.
    found = [(method, event["sequence"]) for method, event in calendars(both)]
    assert found == [("REQUEST", 3), ("REQUEST", 2)]


def test_what_left_the_view_is_not_said_to_be_cancelled(summit: Summit, organiser: User, talks: Session) -> None:
    Session.objects.filter(title="Dinner").update(visibility=Visibility.ORGANISERS)
    releases.release(summit=summit, by=organiser)
    (sent,) = deliver()
    said = text(sent)
    assert "Dinner – no longer in your agenda" in said
    for word in ("cancel", "reason", "confidential"):
        assert word not in said.lower()
    # RFC 5546 knows one word for what leaves a calendar.
    assert [method for method, _event in calendars(sent)] == ["CANCEL"]


def told(release: int) -> dict[str, list[str]]:
    """What the mails of a release say of speeches, by mailbox."""
    rows = Message.objects.filter(kind=agenda_changes.KIND, version=release)
    texts = {row.address: KINDS[row.kind].render(row).text for row in rows}
    return {box: [line.strip() for line in text.splitlines() if "Speech of" in line] for box, text in texts.items()}


def mail_to_aland() -> tuple[Message, str]:
    row = Message.objects.get(kind=agenda_changes.KIND, address="aland@mission.example")
    return row, KINDS[row.kind].render(row).text


@pytest.fixture
def debate(summit: Summit, parties: Parties) -> Session:
    made = session(summit, *parties.values(), opening=10)
    for position, (name, party) in enumerate(parties.items()):
        person = f.PersonFactory(summit=summit, name=name, office="")
        f.SlotFactory(session=made, party=party, speaker=person, position=position, minutes=5)
    release(summit)
    return made


def test_each_learns_its_own_place_and_time_and_nobody_elses(
    debate: Session, summit: Summit, organiser: User
) -> None:
    def speech(name: str, position: int, clock: str) -> str:
        return f"Speech of {name}: position {position}, at about {clock} London time"

    first = {box: lines[0] for box, lines in told(1).items()}
    assert first == {
        "aland@mission.example": speech("Aland", 1, "09:10"),
        "beland@mission.example": speech("Beland", 2, "09:15"),
        "celand@mission.example": speech("Celand", 3, "09:20"),
    }
    Message.objects.all().delete()
    speakers_list.move(slot=debate.slots.get(speaker__name="Celand"), to=2, by=organiser)
    releases.release(summit=summit, by=organiser)
    assert told(2) == {
        "aland@mission.example": [],
        "beland@mission.example": [speech("Beland", 3, "09:20")],
        "celand@mission.example": [speech("Celand", 2, "09:15")],
    }
    # Whoever may not know the times reads the place.
    Session.objects.filter(pk=debate.pk).update(times_to="organisers", ends_at=debate.ends_at + timedelta(hours=1))
    release(summit)
    assert told(3)["celand@mission.example"] == ["Speech of Celand: position 2"]


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
        f.MembershipFactory(party=parties["Aland"], person__office="", person__name=name).person
        for name in ("First", "Second", "Third")
    )
    f.SlotFactory(session=made, speaker=first, minutes=5)
    f.ParticipantFactory(session=made, person=third, position=9)
    release(summit, tell=False)
    made.slots.update(speaker=second)
    made.participants.filter(person=third).delete()
    release(summit)
    _row, said = mail_to_aland()
    assert said[said.index("1. ") : said.index("All times")] == WHOLE
    # Where they may not know who takes part, no role is told.
    Session.objects.filter(pk=made.pk).update(participants_to="organisers")
    release(summit)
    Session.objects.filter(pk=made.pk).update(title="Talks")
    made.slots.update(speaker=third)
    Message.objects.all().delete()
    release(summit)
    _row, said = mail_to_aland()
    assert "   for: the delegation; Second: no longer taking part; Third: now taking part\n" in said
    assert "speak" not in said.lower()


WHOLE = """1. Debate – changed
   Monday 31 March 2025, 09:00–10:00 London time
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
        party = f.PartyFactory(summit=summit, name=f"P{number}", footnote=f"N{number}.")
        f.ParticipantFactory(session=made, party=party, position=9)
    release(summit, tell=False)
    made.participants.filter(party__name="P4").delete()
    release(summit)
    row, said = mail_to_aland()
    assert "   Participants – removed\n      P4¹\n" in said
    assert row.facts["notes"] == [["¹", "N4."]]


def test_who_may_read_it_is_one_line_and_nothing_for_a_calendar(summit: Summit, talks: Session) -> None:
    """Two delegations meet in public, then not to be announced, and in public again: their calendars stay as they
    were, and learn of the next change of the session by a SEQUENCE that rises."""

    def becomes(visibility: Visibility) -> EmailMessage:
        Session.objects.filter(pk=talks.pk).update(visibility=visibility)
        release(summit)
        (sent,) = deliver()
        return sent

    def row() -> ReleasedSession:
        return ReleasedSession.objects.for_desk(summit).get(session=talks)

    becomes(Visibility.PUBLIC)
    public = row()
    hidden = becomes(Visibility.PARTICIPANTS)
    lines = [line.strip() for line in text(hidden).splitlines()]
    told = [line for line in lines if "Visible to" in line or "participants of" in line]
    assert told == ["Visible to", "now: participants of the session"]
    assert (calendars(hidden), row().visibility, row().sequence) == ([], Visibility.PARTICIPANTS, public.sequence)
    assert calendars(becomes(Visibility.PUBLIC)) == []
    assert (row().fingerprint, row().sequence) == (public.fingerprint, public.sequence)
    Session.objects.filter(pk=talks.pk).update(title="Talks again")
    release(summit)
    ((method, event),) = calendars(deliver()[0])
    assert (method, event["sequence"], row().sequence) == ("REQUEST", public.sequence + 1, public.sequence + 1)


def test_what_a_newer_release_says_is_not_sent(summit: Summit, organiser: User, talks: Session) -> None:
    cancel_and_move.cancel(session=talks, by=organiser)
    releases.release(summit=summit, by=organiser)
    cancel_and_move.reinstate(session=talks, by=organiser)
    Session.objects.filter(pk=talks.pk).update(title="Talks again")
    releases.release(summit=summit, by=organiser)
    (sent,) = deliver()
    said = text(sent)
    assert ("Talks <1> & more" in said, "Talks again" in said, "cancelled" in said) == (True, True, False)


LONDON = Zones.of("London", "Europe/London")
# Thursday, at 09:15 in London.
START = datetime(2026, 12, 3, 9, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
WAS = Snapshot(
    *("key", 1, 1, "plenary", "Criminal finances", "", START, START + HOUR, "Gold Room", "House", "public"),
    room_key="gold",
)
CHAIR = ParticipantSnapshot(ReleasedRole.CHAIR.value, None, 1, "", "A. Example", "")


def changed(**values: Any) -> SessionChange:
    return SessionChange(Nature.CHANGED, WAS, replace(WAS, **values))


ROOM = {"room_key": "state", "room_name": "State Drawing Room"}
LATER = {"starts_at": START + HOUR, "ends_at": START + 2 * HOUR}
SUBJECTS = {
    "Criminal finances: now in State Drawing Room, Thu 09:15": [changed(**ROOM)],
    "Criminal finances: now in State Drawing Room, Thu 10:15": [changed(**ROOM, **LATER)],
    "Criminal finances: now Thu 10:15": [changed(**LATER)],
    "Criminal finances: chair, Thu 09:15": [changed(places=(CHAIR,))],
    "Criminal finances: now in State Drawing Room": [changed(**ROOM, times_known=False)],
    "Criminal finances: added, Thu 09:15": [SessionChange(Nature.ADDED, None, WAS)],
    "Criminal finances: cancelled, Thu 09:15": [SessionChange(Nature.CANCELLED, WAS, None)],
    "Criminal finances: now Thu 10:15, and 1 other change": [changed(**LATER)] * 2,
    # Of one that only its participants may know of, nothing stands in a subject.
    "one change to your agenda": [changed(**ROOM, visibility="participants")],
    "2 changes to your agenda": [changed(**LATER), changed(**ROOM, visibility="organisers")],
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_says_what_changed(subject: str) -> None:
    with translation.override("en"):
        assert of_changes(SUBJECTS[subject], LONDON) == subject
