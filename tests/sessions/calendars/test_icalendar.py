"""Calendars and schedules, read back by other parsers; private ones: who reads what, and until when."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar
from lxml import etree

from delegations.members import departure_listeners
from delegations.parties.models.parties import Party
from delegations.portal_access.services import portal_sessions
from sessions.calendars import services as calendars_services
from sessions.calendars.models import CalendarFeed
from sessions.calendars.selectors import icalendar
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.log_filters import without_tokens
from summit.core.process_cache import forget_all
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.factories import SessionFactory, SummitFactory
from tests.module_fixtures import once_a_module
from tests.schemas import SCHEMAS, needs_schemas
from tests.sessions.conftest import fill, release, session

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def unfold(content: str) -> list[str]:
    """Return the content lines of a calendar (RFC 5545, 3.1)."""
    return content.replace("\r\n ", "").split("\r\n")


def observances(lines: list[str]) -> list[tuple[datetime, timedelta]]:
    """Read VTIMEZONE as RFC 5545, 3.6.5 says: from which wall-clock time on which offset holds."""
    begun = []
    for start in (number for number, line in enumerate(lines) if line in ("BEGIN:STANDARD", "BEGIN:DAYLIGHT")):
        end = next(number for number in range(start, len(lines)) if lines[number].startswith("END:"))
        part = dict(line.split(":", 1) for line in lines[start + 1 : end])
        to = part["TZOFFSETTO"]
        sign = -1 if to.startswith("-") else 1
        at = datetime.strptime(part["DTSTART"], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall-clock time
        begun.append((at, sign * timedelta(hours=int(to[1:3]), minutes=int(to[3:5]))))
    return sorted(begun)


@pytest.mark.parametrize("name", ["Europe/London", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_the_zone_is_right_at_every_hour_around_its_changes(name: str) -> None:
    begun = observances(unfold(icalendar.time_zone(name, 2024, 2025).decode()))
    zone = ZoneInfo(name)
    moment = datetime(2024, 1, 2, tzinfo=UTC)
    while moment < datetime(2025, 12, 31, tzinfo=UTC):
        local = moment.astimezone(zone)
        if local.fold == 0:
            wall = local.replace(tzinfo=None)
            assert [offset for at, offset in begun if at <= wall][-1] == local.utcoffset(), local
        moment += timedelta(hours=1)


def feed(summit: Summit) -> Any:
    response = Client().get(f"/{summit.slug}/agenda.ics")
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(response.content)


def test_the_feed_has_what_is_public_and_nothing_else(summit: Summit) -> None:
    """Its lines are folded and end as RFC 5545 wants, and before the first release it is empty."""
    assert feed(summit).events == []
    title = "Élargissement, " * 12
    for visibility in Visibility.values:
        session(summit, title=f"{title}{visibility}", summary="a; b\nc", visibility=visibility)
    release(summit)
    calendar = feed(summit)
    (event,) = calendar.events
    public = Session.objects.get(summit=summit, visibility="public")
    assert (str(event["uid"]), event["sequence"], str(event["summary"])) == (public.uid, 1, f"{title}public")
    assert str(event["url"]).endswith(f"/{summit.slug}/agenda/{public.public_id}/")
    assert (calendar["method"], str(calendar["version"])) == ("PUBLISH", "2.0")
    assert event["last-modified"].dt.tzinfo is not None
    content = Client().get(f"/{summit.slug}/agenda.ics").content
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    Session.objects.filter(pk=public.pk).update(title="Later")
    release(summit)
    (event,) = feed(summit).events
    assert (str(event["uid"]), event["sequence"]) == (public.uid, 2)


def test_the_hour_that_comes_twice_is_told_in_utc(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A local time with TZID would be the first of both, an hour early."""
    start = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    for number, title in enumerate(("First", "Second", "After")):
        at = start + timedelta(hours=number)
        SessionFactory(summit=summit, title=title, starts_at=at, ends_at=at + HOUR, visibility="public")
    release(summit)

    def starts() -> list[tuple[str, datetime, bool]]:
        told = [(str(each["summary"]), each["dtstart"]) for each in feed(summit).events]
        return [(title, at.dt.astimezone(UTC), "TZID" not in at.params) for title, at in told]

    assert starts() == [("First", start, True), ("Second", start + HOUR, True), ("After", start + 2 * HOUR, False)]
    page = Client().get(f"/{summit.slug}/agenda/").content.decode()
    assert all(said in page for said in ("01:30 (UTC+1)", "01:30 (UTC)"))
    # Control: without it each reader of the calendar makes the second the first.
    monkeypatch.setattr(icalendar, "is_repeated", lambda local: False)
    forget_all()
    Session.objects.filter(title="After").update(summary="Another release")
    release(summit)
    assert [at for _title, at, _utc in starts()][:2] == [start, start]


def schedule(summit: Summit, query: str = "") -> tuple[dict[str, Any], etree._Element]:
    files = [Client().get(f"/{summit.slug}/agenda/schedule.{ending}{query}") for ending in ("json", "xml")]
    assert [file.status_code for file in files] == [200, 200]
    return json.loads(files[0].content), etree.fromstring(files[1].content)


def check_schedule(data: dict[str, Any], xml: etree._Element) -> None:
    """Fail where a schedule isn't as its format's descriptions say."""
    described = json.loads((SCHEMAS / "frab-schedule.schema.json").read_text())
    jsonschema.validate(data, described, format_checker=jsonschema.Draft6Validator.FORMAT_CHECKER)
    etree.XMLSchema(etree.parse(SCHEMAS / "frab-schedule.xsd")).assertValid(xml)


@needs_schemas
@pytest.mark.parametrize(
    ("slug", "zone", "number"), [("g7", "America/Argentina/Buenos_Aires", 4), ("a-b-c", "Etc/GMT+3", 0)]
)
def test_schedules_are_valid(slug: str, zone: str, number: int, organiser: User) -> None:
    summit = SummitFactory(slug=slug, time_zone=zone)
    fill(summit, number)
    if number:
        session(summit, visibility=Visibility.PUBLIC, title="No room", summary="Words & <signs>")
        organiser.is_superuser = True
        releases.release(summit=summit, by=organiser)
    data, xml = schedule(summit)
    check_schedule(data, xml)
    events = [
        event for day in data["schedule"]["conference"]["days"] for room in day["rooms"].values() for event in room
    ]
    assert len(events) == len(xml.findall("day/room/event")) == (number + 1 if number else 0)


def fetch(token: str, **headers: str) -> HttpResponse:
    """Ask for a calendar as a program does. Each request has an id of its own."""
    answer: HttpResponse = Client().get(f"/calendar/{token}.ics", headers=headers)  # type: ignore[assignment]
    answer.headers.pop("X-Request-ID", None)
    return answer


def events(token: str) -> dict[str, Any]:
    response = fetch(token)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar: Any = Calendar.from_ical(response.content)
    assert (calendar["method"], str(calendar["version"])) == ("PUBLISH", "2.0")
    return {str(event["summary"]): event for event in calendar.events}


class World:
    """A head, a member and a focal point of Aland with accounts, in sessions of all sorts."""

    def __init__(self) -> None:
        summit: Summit = f.SummitFactory()
        aland, beland = (f.PartyFactory(summit=summit, name=name) for name in ("Aland", "Beland"))
        self.summit, self.party, self.by = summit, aland, f.UserFactory.with_role(Role.ORGANISER, summit)
        self.head = self.member_of(aland, code="head")
        self.member = self.member_of(aland)
        self.focal = f.PersonFactory(summit=summit, user=f.UserFactory())
        f.FocalPointFactory(party=aland, person=self.focal)
        hour = iter(range(20))

        def make(title: str, *parties: Party, **values: Any) -> Session:
            start = f.START + timedelta(hours=next(hour))
            times = {"starts_at": start, "ends_at": start + timedelta(minutes=50)}
            return session(summit, *parties, title=title, **{**times, **values})

        make("Whole delegation", aland)
        heads = make("Heads")
        f.ParticipantFactory(session=heads, party=aland, level="head")
        category = make("Category")
        f.ParticipantFactory(session=category, category=self.member.membership.category)
        mine = make("Mine", beland, room_to="organisers", times_to="organisers")
        f.ParticipantFactory(session=mine, person=self.member)
        for state in SignUpState.values:
            open_to = make(f"Signed up, {state}", visibility="accredited", sign_up=True)
            SignUp.objects.create(session=open_to, person=self.member, state=state)
        make("Confidential", aland, visibility=Visibility.ORGANISERS)
        make("Others'", beland)
        make("For everybody", visibility=Visibility.PUBLIC)
        releases.release(summit=summit, by=self.by)

    def member_of(self, party: Party, **values: Any) -> Person:
        person: Person = f.PersonFactory(summit=self.summit, user=f.UserFactory())
        f.MembershipFactory(party=party, person=person, **values)
        return person

    def address(self, person: Person, **values: Any) -> str:
        return calendars_services.make(by=person.user, person=person, **values)[1]  # type: ignore[arg-type]

    def party_address(self) -> str:
        return calendars_services.make(by=self.focal.user, party=self.party)[1]  # type: ignore[arg-type]


@once_a_module
def world() -> World:
    return World()


def test_each_reads_what_they_take_part_in(world: World) -> None:
    own = {"Whole delegation", "Category", "Mine", "Signed up, place"}
    assert set(events(world.address(world.member))) == own
    assert set(events(world.party_address())) == {*own, "Heads"}
    # What turns confidential is gone, and SEQUENCE rises.
    token = world.address(world.head)
    found = events(token)
    assert (set(found), found["Heads"]["sequence"]) == ({"Whole delegation", "Heads"}, 1)
    Session.objects.filter(title="Heads").update(summary="Later")
    releases.release(summit=world.summit, by=world.by)
    assert events(token)["Heads"]["sequence"] == 2
    Session.objects.filter(title="Heads").update(visibility=Visibility.ORGANISERS)
    releases.release(summit=world.summit, by=world.by)
    assert set(events(token)) == {"Whole delegation"}


def test_what_is_kept_from_those_who_take_part_is_not_in_it(world: World) -> None:
    found = events(world.address(world.member, alarms=True))
    mine, other = found["Mine"], found["Whole delegation"]
    row = Session.objects.get(title="Mine")
    assert mine["dtstart"].dt == row.starts_at.astimezone(world.summit.zone).date()
    assert ("location" in mine, str(mine["transp"]), mine.alarms.times) == (False, "TRANSPARENT", [])
    assert other["dtstart"].dt == f.START.astimezone(world.summit.zone)
    alarms = [(str(part["action"]), part["trigger"].dt) for part in other.subcomponents]
    assert alarms == [("DISPLAY", timedelta(minutes=-15))]
    assert (str(other["class"]), "attendee" in other) == ("PRIVATE", False)
    assert str(other["organizer"]) == f"mailto:{world.summit.contact_email}"
    assert str(other["url"]).endswith(f"/portal/agenda/{Session.objects.get(title='Whole delegation').public_id}/")
    assert events(world.address(world.member))["Whole delegation"].subcomponents == []


def test_a_program_that_asks_again_gets_a_304(world: World) -> None:
    token = world.address(world.member)
    first = fetch(token)
    assert (first["Cache-Control"], first["Referrer-Policy"]) == ("private, no-cache", "no-referrer")
    again = fetch(token, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    SignUp.objects.filter(state=SignUpState.PLACE).delete()
    assert fetch(token, if_none_match=first["ETag"]).status_code == 200
    client = signed_in(world.by)
    response = client.get(f"/calendar/{token}.ics")
    assert (response.status_code, response.cookies, "Cookie" in response.get("Vary", "")) == (200, {}, False)


def test_the_address_is_in_no_log_nor_record_and_not_in_the_database(world: World) -> None:
    row, token = calendars_services.make(by=world.member.user, person=world.member)  # type: ignore[arg-type]
    assert [calendars_services.end(feeds=[row], by=world.by) for _time in range(2)] == [1, 0]
    assert without_tokens(f"Not Found: /calendar/{token}.ics") == "Not Found: /calendar/[hidden].ics"
    assert token not in str(list(CalendarFeed.objects.values()))
    found = AuditEntry.objects.filter(action__contains="_feed").order_by("pk")
    told = [(entry.action, entry.object_key, entry.detail) for entry in found]
    assert told == [(f"agenda.{action}_feed", world.member.public_id, {}) for action in ("open", "end")]


def leave(world: World, row: CalendarFeed) -> None:
    world.member.membership.delete()
    departure_listeners.notify_member_left(party=world.party, person=world.member, by=world.by)


KILLED: dict[str, Callable[[World, CalendarFeed], object]] = {
    "its account is shut": lambda world, row: User.objects.filter(pk=row.user_id).update(is_active=False),
    "its account is taken": lambda world, row: Person.objects.filter(pk=row.person_id).update(user=None),
    "its person leaves": leave,
    "its delegation is revoked": lambda world, row: f.InvitationFactory(party=world.party, state="revoked"),
    "it is ended": lambda world, row: calendars_services.end(feeds=[row], by=world.by),
}


@pytest.mark.parametrize("name", KILLED)
def test_it_is_dead_at_once_and_like_one_that_never_was(name: str, world: World) -> None:
    row, token = calendars_services.make(by=world.member.user, person=world.member)  # type: ignore[arg-type]
    assert fetch(token).status_code == 200
    KILLED[name](world, CalendarFeed.objects.select_related("person__summit").get(pk=row.pk))
    dead, never = fetch(token), fetch("0" * 48)
    assert (dead.status_code, dead.content, dict(dead.items())) == (404, never.content, dict(never.items()))


def test_a_partys_calendar_dies_with_its_focal_point(world: World) -> None:
    token = world.party_address()
    assert fetch(token).status_code == 200
    world.party.focal_points.all().delete()
    assert fetch(token).status_code == 404


def test_what_a_mailbox_opened_dies_where_it_stands_for_them_no_more(world: World) -> None:
    Person.objects.filter(pk=world.member.pk).update(email="member@aland.example")
    world.member.refresh_from_db()
    door = portal_sessions.open_by_code(mailbox="member@aland.example", person=world.member, agent="")
    token = calendars_services.make(by=audit.Mailbox(door.public_id), person=world.member)[1]
    assert fetch(token).status_code == 200
    Person.objects.filter(pk=world.member.pk).update(email="other@aland.example")
    assert fetch(token).status_code == 404


def test_nobody_makes_one_of_what_they_may_not_read_and_there_are_ten_at_most(world: World) -> None:
    for target in ({"person": world.head}, {"party": world.party}):
        refuses(PermissionDenied, calendars_services.make, by=world.member.user, **target)
    assert not CalendarFeed.objects.exists()
    for _number in range(calendars_services.MOST):
        world.address(world.member)
    refuses(calendars_services.TooManyCalendars, world.address, world.member, match="There are already 10 addresses")
