"""The mail that says what changed, and the calendar parts in it."""

import email
from datetime import UTC, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.tasks import deliver_agenda_changes
from sessions.visibility.models import Visibility
from summit.celery import app
from summit.outbox import mime
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import START, RoomFactory, VenueFactory
from tests.sessions.conftest import Parties, later, release, session

pytestmark = pytest.mark.django_db


def deliver() -> list[EmailMessage]:
    """Deliver all that waits and return the mails."""
    mail.outbox.clear()
    deliver_agenda_changes(list(Message.objects.filter(kind="agenda_change").values_list("pk", flat=True)))
    return [
        email.message_from_bytes(sent.as_bytes(), policy=default)  # type: ignore[attr-defined]
        if hasattr(sent, "as_bytes")
        else email.message_from_bytes(sent.message().as_bytes(), policy=default)
        for sent in mail.outbox
    ]


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
    room = RoomFactory(venue=VenueFactory(summit=summit, name="House"), name="Blue Room", directions=directions)
    made = session(summit, parties["Aland"], title="Talks <1> & more", room=room)
    session(
        summit,
        parties["Aland"],
        title="Dinner",
        starts_at=START + timedelta(hours=8),
        ends_at=START + timedelta(hours=10),
    )
    release(summit, tell=False)
    return made


def test_a_move_is_told_with_both_times_in_the_venues_zone(summit: Summit, organiser: User, talks: Session) -> None:
    later(talks, organiser, hours=2)
    releases.release(summit=summit, by=organiser, note="Talks are later")
    (sent,) = deliver()
    said = text(sent)
    assert sent["To"] == "aland@mission.example"
    assert sent["Reply-To"] == summit.contact_email
    assert sent["Subject"] == f"{summit.short_name}: one change in your agenda (Aland)"
    for words in ("Talks <1> & more – changed", "Talks are later", "Aland", "/portal/"):
        assert words in said
    assert "before: Monday 31 March 2025, 09:00–10:00 London time" in said
    assert "now: Monday 31 March 2025, 11:00–12:00 London time" in said
    assert "Dinner" not in said
    assert "Up the stairs" not in said
    ((method, event),) = calendars(sent)
    assert method == "REQUEST"
    assert (str(event["uid"]), event["sequence"]) == (talks.uid, 2)
    assert event["dtstart"].params["TZID"] == "Europe/London"
    assert event["dtstart"].to_ical() == b"20250331T110000"
    assert event.start.astimezone(UTC) == START + timedelta(hours=2)
    assert str(event["organizer"]) == f"mailto:{summit.contact_email}"
    assert str(event["attendee"]) == "mailto:aland@mission.example"
    assert event["attendee"].params["CN"] == "Aland"
    assert str(event["location"]) == "Blue Room, House"
    stored = Message.objects.get(version=2)
    assert event["dtstamp"].dt == stored.created_at.replace(microsecond=0)
    assert stored.state == MessageState.SENT


def test_a_new_room_is_told_with_the_way_to_it(summit: Summit, organiser: User, parties: Parties) -> None:
    venue = VenueFactory(summit=summit)
    ways = {"en": "Up the stairs <left>", "fr": "En haut"}
    first, second = (RoomFactory(venue=venue, name=name, directions=ways) for name in ("One", "Two"))
    Party.objects.filter(pk=parties["Beland"].pk).update(language="fr")
    moved, stays = (session(summit, parties["Aland"], parties["Beland"], room=first) for _number in range(2))
    release(summit, tell=False)
    cancel_and_move.move(session=moved, starts_at=moved.starts_at, ends_at=moved.ends_at, room=second, by=organiser)
    later(stays, organiser, hours=2)
    releases.release(summit=summit, by=organiser)
    sent = {str(each["To"]): each for each in deliver()}
    said = text(sent["aland@mission.example"])
    assert said.count("How to get there: Up the stairs <left>") == 1
    html = sent["aland@mission.example"].get_body(("html",))
    assert html is not None
    assert '<bdi lang="en">Up the stairs &lt;left&gt;</bdi>' in html.get_content()
    assert ": En haut" in text(sent["beland@mission.example"])


def test_the_first_release_tells_of_a_programme(summit: Summit, parties: Parties) -> None:
    session(summit, parties["Aland"], title="Talks", starts_at=START, ends_at=START + timedelta(hours=1))
    release(summit)
    (sent,) = deliver()
    assert sent["Subject"] == f"{summit.short_name}: your agenda (Aland)"
    assert text(sent).splitlines()[:4] == [
        f"{summit.name}: agenda of Aland.",
        "",
        "1. Talks",
        "   Monday 31 March 2025, 09:00–10:00 London time",
    ]


def test_several_changes_are_attached_and_one_is_not(summit: Summit, organiser: User, talks: Session) -> None:
    cancel_and_move.cancel(session=talks, by=organiser)
    releases.release(summit=summit, by=organiser)
    (alone,) = deliver()
    assert [part.get_content_type() for part in alone.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    cancel_and_move.reinstate(session=talks, by=organiser)
    Session.objects.filter(title="Dinner").update(title="Supper")
    releases.release(summit=summit, by=organiser)
    (both,) = deliver()
    assert [(part.get_content_type(), part.get_filename()) for part in both.iter_attachments()] == [
        ("text/calendar", f"01-{talks.public_id}.ics"),
        ("text/calendar", f"02-{Session.objects.get(title='Supper').public_id}.ics"),
    ]
    assert [method for method, _event in calendars(both)] == ["REQUEST", "REQUEST"]
    # The cancellation was the second of the one; of the other this is the first change.
    assert [event["sequence"] for _method, event in calendars(both)] == [3, 2]


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
    assert [
        line.strip() for line in text(hidden).splitlines() if "Visible to" in line or "participants of" in line
    ] == [
        "Visible to",
        "now: participants of the session",
    ]
    assert (calendars(hidden), row().visibility, row().sequence) == ([], Visibility.PARTICIPANTS, public.sequence)
    assert (calendars(becomes(Visibility.PUBLIC)), row().fingerprint, row().sequence) == (
        *([], public.fingerprint),
        public.sequence,
    )
    Session.objects.filter(pk=talks.pk).update(title="Talks again")
    release(summit)
    ((method, event),) = calendars(deliver()[0])
    assert (method, event["sequence"], row().sequence) == ("REQUEST", public.sequence + 1, public.sequence + 1)


def test_cancelled_says_so_and_what_left_the_view_does_not(summit: Summit, organiser: User, talks: Session) -> None:
    cancel_and_move.cancel(session=talks, by=organiser, reason="The minister is ill.")
    releases.release(summit=summit, by=organiser)
    (sent,) = deliver()
    assert "Talks <1> & more – cancelled\r\n   Reason: The minister is ill." in text(sent)
    Session.objects.filter(title="Dinner").update(visibility=Visibility.ORGANISERS)
    releases.release(summit=summit, by=organiser)
    (sent,) = deliver()
    said = text(sent)
    assert "Dinner – no longer in your agenda" in said
    assert "cancel" not in said.lower()
    assert "Reason" not in said
    assert "confidential" not in said.lower()
    # RFC 5546 knows one word for what leaves a calendar.
    assert [method for method, _event in calendars(sent)] == ["CANCEL"]


def test_the_same_message_is_the_same_bytes_and_sent_once(summit: Summit, organiser: User, talks: Session) -> None:
    cancel_and_move.cancel(session=talks, by=organiser)
    releases.release(summit=summit, by=organiser)
    message = Message.objects.get(version=2)
    first, second = mime.render(message), mime.render(message)
    assert [part.content for part in first.attachments] == [part.content for part in second.attachments]
    assert first.text == second.text
    assert [len(deliver()), len(deliver())] == [1, 0]
    app.loader.import_default_modules()
    assert KINDS["agenda_change"].task in app.tasks


def test_what_a_newer_release_says_is_not_sent(summit: Summit, organiser: User, talks: Session) -> None:
    cancel_and_move.cancel(session=talks, by=organiser)
    releases.release(summit=summit, by=organiser)
    cancel_and_move.reinstate(session=talks, by=organiser)
    Session.objects.filter(pk=talks.pk).update(title="Talks again")
    releases.release(summit=summit, by=organiser)
    (sent,) = deliver()
    said = text(sent)
    assert "Talks <1> & more" in said
    assert "Talks again" in said
    assert "cancelled" not in said
