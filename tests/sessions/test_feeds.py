"""Private calendars: who reads what by which address, and when it is dead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.parser import parse
from dateutil.tz import tzical
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from delegations.domain import departures, doors
from delegations.models import InvitationState, Party
from sessions.domain import feeds, releases
from sessions.models import Feed, Session, SignUp, SignUpState, Visibility
from summit.logs import without_tokens
from summit.models import AuditEntry, Person, Role, Summit, User
from tests.delegations.helpers import signed_in
from tests.factories import (
    START,
    FocalPointFactory,
    InvitationFactory,
    MembershipFactory,
    ParticipantFactory,
    PartyFactory,
    PersonFactory,
    SessionFactory,
    SummitFactory,
    UserFactory,
)
from tests.rows import once_a_module
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db


def fetch(token: str, **headers: str) -> HttpResponse:
    """Ask for a calendar as a program does."""
    return Client().get(f"/calendar/{token}.ics", headers=headers)  # type: ignore[return-value]


def events(token: str) -> dict[str, Any]:
    response = fetch(token)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar: Any = Calendar.from_ical(response.content)
    assert (calendar["method"], str(calendar["version"])) == ("PUBLISH", "2.0")
    return {str(event["summary"]): event for event in calendar.events}


class World:
    """A head, a member and a focal point of Aland with accounts, in sessions of all sorts."""

    def __init__(self) -> None:
        summit: Summit = SummitFactory()
        aland, beland = (PartyFactory(summit=summit, name=name) for name in ("Aland", "Beland"))
        self.summit, self.party, self.by = summit, aland, UserFactory.with_role(Role.ORGANISER, summit)
        self.head = self.member_of(aland, code="head")
        self.member = self.member_of(aland)
        self.focal = PersonFactory(summit=summit, user=UserFactory())
        FocalPointFactory(party=aland, person=self.focal)
        hour = iter(range(20))

        def make(title: str, *parties: Party, **values: Any) -> Session:
            start = START + timedelta(hours=next(hour))
            times = {"starts_at": start, "ends_at": start + timedelta(minutes=50)}
            return session(summit, *parties, title=title, **{**times, **values})

        make("Whole delegation", aland)
        heads = make("Heads")
        ParticipantFactory(session=heads, party=aland, level="head")
        category = make("Category")
        ParticipantFactory(session=category, category=self.member.membership.category)
        mine = make("Mine", beland, room_to="organisers", times_to="organisers")
        ParticipantFactory(session=mine, person=self.member)
        for state in SignUpState.values:
            open_to = make(f"Signed up, {state}", visibility="accredited", sign_up=True)
            SignUp.objects.create(session=open_to, person=self.member, state=state)
        make("Confidential", aland, visibility=Visibility.ORGANISERS)
        make("Others'", beland)
        make("For everybody", visibility=Visibility.PUBLIC)
        releases.release(summit=summit, by=self.by)

    def member_of(self, party: Party, **values: Any) -> Person:
        person: Person = PersonFactory(summit=self.summit, user=UserFactory())
        MembershipFactory(party=party, person=person, **values)
        return person

    def address(self, person: Person, **values: Any) -> str:
        return feeds.make(by=person.user, person=person, **values)[1]  # type: ignore[arg-type]


@once_a_module
def world() -> World:
    return World()


def test_each_reads_what_they_take_part_in(world: World) -> None:
    of_party = feeds.make(by=world.focal.user, party=world.party)[1]  # type: ignore[arg-type]
    own = {"Whole delegation", "Category", "Mine", "Signed up, place"}
    assert set(events(world.address(world.head))) == {"Whole delegation", "Heads"}
    assert set(events(world.address(world.member))) == own
    assert set(events(of_party)) == {*own, "Heads"}


def test_what_is_kept_from_those_who_take_part_is_not_in_it(world: World) -> None:
    found = events(world.address(world.member, alarms=True))
    mine, other = found["Mine"], found["Whole delegation"]
    row = Session.objects.get(title="Mine")
    assert mine["dtstart"].dt == row.starts_at.astimezone(world.summit.zone).date()
    assert ("location" in mine, str(mine["transp"]), mine.alarms.times) == (False, "TRANSPARENT", [])
    assert other["dtstart"].dt == START.astimezone(world.summit.zone)
    assert [str(part["action"]) for part in other.subcomponents] == ["DISPLAY"]
    assert [part["trigger"].dt for part in other.subcomponents] == [timedelta(minutes=-15)]
    assert (str(other["class"]), "attendee" in other) == ("PRIVATE", False)
    assert str(other["organizer"]) == f"mailto:{world.summit.contact_email}"
    assert str(other["url"]).endswith(f"/portal/agenda/{Session.objects.get(title='Whole delegation').public_id}/")
    assert events(world.address(world.member))["Whole delegation"].subcomponents == []


def test_sequence_rises_and_what_turns_confidential_is_gone(world: World) -> None:
    token = world.address(world.head)
    assert events(token)["Heads"]["sequence"] == 1
    Session.objects.filter(title="Heads").update(summary="Later")
    releases.release(summit=world.summit, by=world.by)
    assert events(token)["Heads"]["sequence"] == 2
    Session.objects.filter(title="Heads").update(visibility=Visibility.ORGANISERS)
    releases.release(summit=world.summit, by=world.by)
    assert set(events(token)) == {"Whole delegation"}


def test_its_words_are_in_the_readers_language(world: World) -> None:
    Session.objects.get(title="Heads").texts.create(language="fr", title="Chefs", summary="Entre eux")
    releases.release(summit=world.summit, by=world.by)
    Person.objects.filter(pk=world.head.pk).update(language="fr")
    found = events(world.address(world.head))["Chefs"]
    assert (found["summary"].params["LANGUAGE"], str(found["description"])) == ("fr", "Entre eux")
    assert str(found["categories"].cats[0]) == "Séance de travail"


def test_a_program_that_asks_again_gets_a_304(world: World) -> None:
    token = world.address(world.member)
    first = fetch(token)
    assert (first["Cache-Control"], first["Referrer-Policy"]) == ("private, no-cache", "no-referrer")
    again = fetch(token, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    SignUp.objects.filter(state=SignUpState.PLACE).delete()
    assert fetch(token, if_none_match=first["ETag"]).status_code == 200
    # No cookie is looked at or set.
    client = signed_in(world.by)
    response = client.get(f"/calendar/{token}.ics")
    assert (response.status_code, response.cookies, "Cookie" in response.get("Vary", "")) == (200, {}, False)


def test_the_address_is_in_no_log_nor_record_and_not_in_the_database(world: World) -> None:
    row, token = feeds.make(by=world.member.user, person=world.member)  # type: ignore[arg-type]
    feeds.end(feeds=[row], by=world.by)
    assert without_tokens(f"Not Found: /calendar/{token}.ics") == "Not Found: /calendar/[hidden].ics"
    assert [token in str(value) for row in Feed.objects.values() for value in row.values()].count(True) == 0
    found = AuditEntry.objects.filter(action__contains="_feed").order_by("pk")
    assert [(entry.action, entry.object_key, entry.detail) for entry in found] == [
        ("sessions.open_feed", world.member.public_id, {}),
        ("sessions.end_feed", world.member.public_id, {}),
    ]


def shut_account(world: World, row: Feed) -> None:
    User.objects.filter(pk=row.user_id).update(is_active=False)


def take_account(world: World, row: Feed) -> None:
    Person.objects.filter(pk=row.person_id).update(user=None)


def leave(world: World, row: Feed) -> None:
    world.member.membership.delete()
    departures.leave(party=world.party, person=world.member, by=world.by)


def revoke_party(world: World, row: Feed) -> None:
    InvitationFactory(party=world.party, state=InvitationState.REVOKED)


def end(world: World, row: Feed) -> None:
    assert feeds.end(feeds=[row], by=world.by) == 1
    assert feeds.end(feeds=[row], by=world.by) == 0


@pytest.mark.parametrize("kill", [shut_account, take_account, leave, revoke_party, end])
def test_it_is_dead_at_once_and_like_one_that_never_was(kill: Callable[[World, Feed], None], world: World) -> None:
    row, token = feeds.make(by=world.member.user, person=world.member)  # type: ignore[arg-type]
    assert fetch(token).status_code == 200
    kill(world, Feed.objects.select_related("person__summit").get(pk=row.pk))
    dead, never = fetch(token), fetch("0" * 48)
    assert (dead.status_code, dead.content, dict(dead.items())) == (404, never.content, dict(never.items()))


def test_a_partys_calendar_dies_with_its_focal_point(world: World) -> None:
    token = feeds.make(by=world.focal.user, party=world.party)[1]  # type: ignore[arg-type]
    assert fetch(token).status_code == 200
    world.party.focal_points.all().delete()
    assert fetch(token).status_code == 404


def test_what_a_mailbox_opened_dies_where_it_stands_for_them_no_more(world: World) -> None:
    Person.objects.filter(pk=world.member.pk).update(email="member@aland.example")
    world.member.refresh_from_db()
    door = doors.open_by_code(mailbox="member@aland.example", person=world.member, agent="")
    token = feeds.make(by=doors.Mailbox(door.public_id), person=world.member)[1]
    assert fetch(token).status_code == 200
    Person.objects.filter(pk=world.member.pk).update(email="other@aland.example")
    assert fetch(token).status_code == 404


def test_nobody_makes_one_of_what_they_may_not_read(world: World) -> None:
    for target in ({"person": world.head}, {"party": world.party}):
        with pytest.raises(PermissionDenied):
            feeds.make(by=world.member.user, **target)  # type: ignore[arg-type]
    assert not Feed.objects.exists()


def test_there_are_ten_at_most(world: World) -> None:
    for _number in range(feeds.MOST):
        world.address(world.member)
    with pytest.raises(feeds.TooMany, match="There are 10 addresses already"):
        world.address(world.member)


def test_queries_do_not_grow_with_the_programme(world: World) -> None:
    token = world.address(world.member)
    fetch(token)
    with CaptureQueriesContext(connection) as few:
        fetch(token)
    for _number in range(3):
        session(world.summit, world.party)
    releases.release(summit=world.summit, by=world.by)
    with CaptureQueriesContext(connection) as many:
        assert len(events(token)) == 7
    assert len(many) == len(few) <= 6


# --- Times, read by another parser than the one that wrote them ----------------------------------------------------
# The clocks went forward in London on 30 March 2025 at 01:00 UTC, in New York on 9 March at 07:00 UTC.
ZONES = ["Europe/London", "America/New_York"]
MOMENTS = [
    datetime(2025, 3, day, hour, minute, tzinfo=UTC)
    for day in (8, 9, 10, 29, 30, 31)
    for hour, minute in ((0, 30), (1, 0), (6, 59), (7, 0), (13, 15), (23, 45))
]


def read_alone(content: str) -> dict[str, tuple[datetime, datetime]]:
    """Read a calendar by the rules of RFC 5545 with dateutil's reader of VTIMEZONE, without icalendar."""
    plain = content.replace("\r\n ", "")
    zones = tzical(StringIO(plain))
    found = {}
    for part in plain.split("BEGIN:VEVENT")[1:]:
        lines = dict(line.split(":", 1) for line in part.split("END:VEVENT")[0].strip().split("\r\n"))
        times = {}
        for name, value in lines.items():
            if name.startswith(("DTSTART;TZID=", "DTEND;TZID=")):
                times[name[:5]] = parse(value).replace(tzinfo=zones.get(name.partition("TZID=")[2]))
            elif name in ("DTSTART", "DTEND"):
                times[name[:5]] = parse(value)
        found[lines["UID"]] = (times["DTSTA"].astimezone(UTC), times["DTEND"].astimezone(UTC))
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_times_survive_the_change_to_summer_time(zone: str) -> None:
    summit = SummitFactory(time_zone=zone)
    person = PersonFactory(summit=summit, user=UserFactory())
    expected = {}
    for moment in MOMENTS:
        made = SessionFactory(
            summit=summit, starts_at=moment, ends_at=moment + timedelta(minutes=90), visibility="participants"
        )
        ParticipantFactory(session=made, person=person)
        expected[made.uid] = (moment, moment + timedelta(minutes=90))
    releases.release(summit=summit, by=UserFactory(is_superuser=True))
    content = fetch(feeds.make(by=person.user, person=person)[1]).content.decode()
    assert read_alone(content) == expected
    assert ZoneInfo(zone).key in content
