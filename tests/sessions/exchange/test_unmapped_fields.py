"""What another schedule says of a session and no field is for goes out again, and what doesn't is said."""

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.core import mail
from django.test import Client
from lxml import etree

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import snapshots
from sessions.draft.models.sessions import Session
from sessions.visibility.models import Visibility
from summit.audit.services import SYSTEM
from summit.imports.report import ImportReport
from summit.summits.models import Summit
from tests.factories import SummitFactory
from tests.schemas import SCHEMAS, needs_schemas
from tests.sessions.conftest import release
from tests.sessions.exchange.helpers import SCHEDULE, read_in
from tests.sessions.exchange.test_importer import as_json, event, outcomes

pytestmark = pytest.mark.django_db

SAID = {
    "guid": "6c3ca2ee-9a42-4c8a-8e8a-000000000001",
    "subtitle": "Und was daraus wurde",
    "track": "Borders & law",
    "type": "lecture",
    "language": "de",
    "links": [{"url": "https://a.example/x?a=1&b=2", "title": "Vor & nach", "type": "blog"}],
    "attachments": [{"url": "https://a.example/slides.pdf", "title": "slides.pdf", "type": "slides"}],
}


def take(summit: Summit, content: bytes) -> ImportReport:
    return read_in(summit=summit, content=content, by=SYSTEM, visibility=Visibility.PUBLIC)


def given(summit: Summit, ending: str = "json") -> bytes:
    return Client().get(f"/{summit.slug}/agenda/schedule.{ending}").content


def events(summit: Summit) -> list[dict[str, Any]]:
    days = json.loads(given(summit))["schedule"]["conference"]["days"]
    return [each for day in days for room in day["rooms"].values() for each in room]


def told(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in SAID}


class TestRoundTrip:
    def test_what_comes_in_goes_out_again(self, summit: Summit) -> None:
        take(summit, as_json(event(**SAID)))
        release(summit)
        assert [told(each) for each in events(summit)] == [SAID]
        # Our own schedules bring it to another summit too, in both forms, and change nothing here.
        for ending in ("json", "xml"):
            content = given(summit, ending)
            other = SummitFactory()
            assert outcomes(take(other, content)) == ["new"]
            release(other)
            assert [told(each) for each in events(other)] == [SAID]
            assert outcomes(take(summit, content)) == ["same"]

    def test_what_is_our_own_is_as_before(self, summit: Summit) -> None:
        take(summit, as_json(event(guid="", language="", type="", subtitle=None, links=None)))
        assert Session.objects.get().carried is None
        release(summit)
        (one,) = events(summit)
        assert [one[name] for name in ("subtitle", "track", "type", "language", "links")] == [
            *("", None, "working_session", "en", []),
        ]

    def test_the_type_is_that_of_the_kind_that_it_was_taken_for(self, summit: Summit) -> None:
        take(summit, as_json(event(**SAID)))
        Session.objects.update(kind="plenary")
        release(summit)
        assert events(summit)[0]["type"] == "plenary"

    def test_what_is_not_kept_is_said(self, summit: Summit) -> None:
        links: list[Any] = [{"url": "javascript:x()"}, {"url": "https://a.example/\u202e"}, "https://b.example", 7]
        rows = [
            event(1, links=links, logo="x.png", language="Klingon, mostly", recording_license="", answers=[]),
            event(2, logo="y.png", do_not_record=True, track="x" * 501),
        ]
        report = take(summit, as_json(*rows))
        assert report.facts["left"] == {"do_not_record": 1, "language": 1, "links": 3, "logo": 2, "track": 1}
        assert SCHEDULE.notices(report)[-1] == (
            "Not imported (names in the file): do_not_record (1), language (1), links (3), logo (2), track (1)"
        )
        release(summit)
        assert [each["links"] for each in events(summit)] == [
            [{"type": "web", "title": "https://b.example", "url": "https://b.example"}],
            [],
        ]


class TestReaders:
    def test_it_is_kept_with_the_title_and_until_it_is_released(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        take(summit, as_json(event(**SAID)))
        release(summit)
        take(summit, as_json(event(**{**SAID, "subtitle": "A surprise"})))
        assert "A surprise" not in given(summit).decode()
        Session.objects.update(title_to=Visibility.PARTICIPANTS)
        release(summit)
        assert not [word for word in ("surprise", "Borders", "a.example") if word in given(summit).decode()]
        # Control: without the mask it stands there.
        monkeypatch.setattr(snapshots, "_empty", lambda session, parts: {})
        Session.objects.update(summary="Other words")
        release(summit)
        assert "A surprise" in given(summit).decode()

    def calendar(self, summit: Summit) -> list[str]:
        """Return the lines of the calendar but for when it was made."""
        lines = Client().get(f"/{summit.slug}/agenda.ics").content.decode().splitlines()
        return [line for line in lines if not line.startswith(("DTSTAMP", "LAST-MODIFIED"))]

    def test_no_calendar_changes_for_it(self, summit: Summit, django_capture_on_commit_callbacks: Any) -> None:
        take(summit, as_json(event(**SAID)))
        release(summit)
        calendar = self.calendar(summit)
        mail.outbox.clear()
        take(summit, as_json(event(**{**SAID, "track": "Another"})))
        with django_capture_on_commit_callbacks(execute=True):
            release(summit)
        assert [each["track"] for each in events(summit)] == ["Another"]
        assert list(ReleasedSession.objects.values_list("sequence", flat=True)) == [1, 1]
        assert "SEQUENCE:1" in calendar
        assert self.calendar(summit) == calendar
        assert mail.outbox == []

    def test_the_desk_reads_it(self, summit: Summit, desk: Client) -> None:
        take(summit, as_json(event(**SAID)))
        page = desk.get(f"/admin/agenda/session/{Session.objects.get().pk}/change/").content.decode()
        assert "Und was daraus wurde" in page
        Session.objects.update(carried=None)
        page = desk.get(f"/admin/agenda/session/{Session.objects.get().pk}/change/").content.decode()
        assert "schedule.json" not in page


class TestTimes:
    def starts(self, summit: Summit, content: bytes) -> list[str]:
        take(summit, content)
        rows = Session.objects.filter(summit=summit).order_by("starts_at")
        return [f"{row.starts_at.astimezone(summit.zone):%d %H:%M}" for row in rows]

    def old(self, *clocks: str, **of_day: str) -> bytes:
        """Events of the old form: a day, and a clock each."""
        rows = [event(number, date=None, start=clock) for number, clock in enumerate(clocks, 1)]
        data = json.loads(as_json(*rows))
        conference = data["schedule"]["conference"]
        if "day_change" in of_day:
            conference["day_change"] = of_day.pop("day_change")
        conference["days"][0] |= of_day
        return json.dumps(data).encode()

    def test_a_night_belongs_to_the_day_before(self, summit: Summit) -> None:
        night = {"day_start": "2025-03-31T10:00:00+01:00", "day_end": "2025-04-01T04:00:00+01:00"}
        assert self.starts(summit, self.old("23:30", "01:30", "09:00", **night)) == [
            *("31 09:00", "31 23:30", "01 01:30"),
        ]
        other = SummitFactory()
        assert self.starts(other, self.old("23:30", "01:30", day_change="06:00:00")) == ["31 23:30", "01 01:30"]

    def test_where_nothing_says_so_it_is_told(self, summit: Summit) -> None:
        report = take(summit, self.old("01:30", "09:30"))
        assert [line.notes for line in report.lines] == [
            ["It starts during the night. Correct the day if it is the following night."],
            [],
        ]
        # A moment is one.
        assert take(summit, as_json(event(3, date="2025-03-31T01:30:00+01:00", start="01:30"))).lines[0].notes == []

    def test_what_the_format_cannot_say_is_refused(self, summit: Summit) -> None:
        rows = [event(1, duration="9999999:00"), event(2, duration="100:00"), event(3, duration="99:59")]
        report = take(summit, as_json(*rows))
        assert outcomes(report) == ["refused", "refused", "new"]
        assert report.lines[0].notes == ["It would last longer than four days. Correct the duration."]


@needs_schemas
def test_both_forms_are_valid(summit: Summit) -> None:
    take(summit, as_json(event(**SAID), event(2, links=["https://b.example"])))
    row = Session.objects.get(title="Event 2")
    # What a desk may enter, and no schedule.
    Session.objects.filter(pk=row.pk).update(ends_at=row.starts_at + timedelta(days=9))
    release(summit)
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "frab-schedule.xsd"))
    schema.assertValid(etree.fromstring(given(summit, "xml")))
    jsonschema.validate(json.loads(given(summit)), json.loads((SCHEMAS / "frab-schedule.schema.json").read_text()))
