"""Calendars and schedules, read back by other parsers than the ones that wrote them."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from django.test import Client
from icalendar import Calendar, Timezone
from lxml import etree

from sessions.calendars.selectors import icalendar
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.core.process_cache import forget_all
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import SessionFactory, SummitFactory
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
    begun = observances(unfold(icalendar.time_zone(name, 2024, 2026).decode()))
    zone = ZoneInfo(name)
    moment = datetime(2024, 1, 2, tzinfo=UTC)
    while moment < datetime(2026, 12, 31, tzinfo=UTC):
        local = moment.astimezone(zone)
        if local.fold == 0:
            wall = local.replace(tzinfo=None)
            assert [offset for at, offset in begun if at <= wall][-1] == local.utcoffset(), local
        moment += timedelta(hours=1)


def test_summer_time_begins_when_it_does() -> None:
    """DTSTART is in the offset before the change: 01:00, where the icalendar library's own zone says 02:00."""
    ours = icalendar.time_zone("Europe/London", 2025, 2025).decode()
    theirs = Timezone.from_tzid("Europe/London", first_date=date(2025, 1, 1), last_date=date(2026, 1, 1))
    assert "DTSTART:20250330T010000" in ours
    assert "DTSTART:20250330T020000" in theirs.to_ical().decode()


def feed(summit: Summit) -> Any:
    response = Client().get(f"/{summit.slug}/agenda.ics")
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(response.content)


def test_the_feed_has_what_is_public_and_nothing_else(summit: Summit) -> None:
    for visibility in Visibility.values:
        session(summit, title=f"for {visibility}", visibility=visibility)
    release(summit)
    calendar = feed(summit)
    (event,) = calendar.events
    public = Session.objects.get(title="for public")
    assert (str(event["uid"]), event["sequence"], str(event["summary"])) == (public.uid, 1, "for public")
    assert str(event["url"]).endswith(f"/{summit.slug}/agenda/{public.public_id}/")
    assert (calendar["method"], str(calendar["version"])) == ("PUBLISH", "2.0")
    assert event["last-modified"].dt.tzinfo is not None
    Session.objects.filter(pk=public.pk).update(title="for public, later")
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
        calendar = Calendar.from_ical(Client().get(f"/{summit.slug}/agenda.ics").content)
        told = [(str(each["summary"]), each["dtstart"]) for each in calendar.events]
        return [(title, at.dt.astimezone(UTC), "TZID" not in at.params) for title, at in told]

    assert starts() == [
        ("First", start, True),
        ("Second", start + HOUR, True),
        ("After", start + 2 * HOUR, False),
    ]
    # The page says which, and its sentence too.
    page = Client().get(f"/{summit.slug}/agenda/").content.decode()
    assert all(said in page for said in ("01:30 (UTC+1)", "01:30 (UTC)"))
    # Control: without it each reader of the calendar makes the second the first.
    monkeypatch.setattr(icalendar, "is_repeated", lambda local: False)
    forget_all()
    Session.objects.filter(title="After").update(summary="Another release")
    release(summit)
    assert [at for _title, at, _utc in starts()][:2] == [start, start]


def test_lines_are_folded_and_end_as_the_standard_wants(summit: Summit) -> None:
    session(summit, title="Élargissement, " * 12, summary="a; b\nc", visibility=Visibility.PUBLIC)
    # Before the first release the feed is empty.
    assert feed(summit).events == []
    release(summit)
    content = Client().get(f"/{summit.slug}/agenda.ics").content
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


def schedule(summit: Summit, query: str = "") -> tuple[dict[str, Any], etree._Element]:
    """Return what the two schedule files say."""
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
