"""Schedules that a desk uploads: previewed, imported once, undone; what no field is for goes out again or is said."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from sessions.agenda.selectors import snapshots
from sessions.draft.models.sessions import Session
from sessions.exchange.models import ScheduleImportFile
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.imports import jobs, services
from summit.imports.definitions import ImportProblem
from summit.imports.models import ImportFile
from summit.imports.personal_data import naming
from summit.imports.report import ImportReport
from summit.jobs.job_kinds import Result
from summit.jobs.models.jobs import Job
from summit.permissions.models import Role
from summit.privacy.registry import Subject
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.factories import PersonFactory, SummitFactory, UserFactory
from tests.sessions.conftest import release
from tests.sessions.exchange.test_importer import SCHEDULE, as_json, event, outcomes, read_in

pytestmark = pytest.mark.django_db
TWO = as_json(event(), event(2, title=""))


@pytest.fixture
def officer(summit: Summit) -> User:
    return UserFactory.with_role(Role.PROGRAMME, summit)


@pytest.fixture
def client(officer: User) -> Client:
    return signed_in(officer)


def store(summit: Summit, by: User, content: bytes = TWO) -> ImportFile:
    return services.store(summit=summit, kind="schedule", filename="../A/their.json", content=content, by=by)


def upload(client: Client, summit: Summit, content: bytes = TWO, name: str = "schedule.json") -> Any:
    sent = {"summit": summit.slug, "kind": "schedule", "visibility": Visibility.PUBLIC}
    address = reverse("admin:agenda_scheduleimportfile_upload")
    return client.post(address, {**sent, "file": SimpleUploadedFile(name, content)})


def actions() -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="summit.importfile.").order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_it_is_imported_once(summit: Summit, officer: User) -> None:
    """Two who press the button at once both hold the row with its bytes: the claim lets one in."""
    file, second = store(summit, officer), ImportFile.objects.get()
    services.apply(file=file, by=officer)
    Session.objects.update(title="Changed by hand")
    for act in (services.apply, services.refresh_preview):
        refuses(ImportProblem, act, file=file, by=officer, match="already imported or deleted")
    with pytest.raises(ImportProblem), transaction.atomic():
        services.apply(file=second, by=officer)
    assert Session.objects.get().title == "Changed by hand"
    # The control: without its claim it would be twice.
    ImportFile.objects.update(applied_at=None, next_row=0)
    services.apply(file=second, by=officer)
    assert Session.objects.get().title == "Event 1"


def test_a_long_schedule_is_a_workers(
    client: Client, summit: Summit, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SCHEDULE, "budget", replace(SCHEDULE.budget, at_once=1))
    response = upload(client, summit)
    file, job = ScheduleImportFile.objects.get(), Job.objects.get()
    assert response["Location"] == reverse("admin:jobs_job", args=[job.public_id])
    page = reverse("admin:agenda_scheduleimportfile_change", args=[file.pk])
    assert "Preview 2 entries" in client.get(page).content.decode()
    assert jobs.prepare(job).result == Result("preview", {"number": 2})
    assert Session.objects.count() == 0
    client.post(reverse("admin:agenda_scheduleimportfile_take", args=[file.pk]))
    job = Job.objects.exclude(pk=job.pk).get()
    # A worker that was killed after it had written finds what it wrote.
    results = [jobs.step(job).result for _time in range(2)]
    assert results == [Result("apply", {"number": 1})] * 2
    assert Session.objects.count() == 1
    services.discard(file=file, by=officer)
    assert jobs.step(job).result == Result("gone")


def test_only_who_edits_the_draft_uploads(summit: Summit, officer: User) -> None:
    press = UserFactory.with_role(Role.PRESS_OFFICER, summit)
    refuses(PermissionDenied, store, summit, press)
    file = store(summit, officer)
    for act in (services.refresh_preview, services.apply, services.undo, services.discard):
        refuses(PermissionDenied, act, file=file, by=press)
    assert Session.objects.count() == 0
    services.discard(file=file, by=officer)
    assert actions() == ["summit.importfile.add", "summit.importfile.remove"]


def test_schedules_that_name_somebody_are_found(summit: Summit, officer: User) -> None:
    person = PersonFactory(summit=summit, name="Ánna Speaker")
    theirs = store(summit, officer, as_json(event(persons=[{"name": "Ánna Speaker"}])))
    store(summit, officer)
    assert list(naming(Subject(person))) == [theirs]


SAID = {
    "guid": "6c3ca2ee-9a42-4c8a-8e8a-000000000001",
    "subtitle": "Und was daraus wurde",
    "track": "Borders & law",
    "type": "lecture",
    "language": "de",
    "links": [{"url": "https://a.example/x?a=1&b=2", "title": "Vor & nach", "type": "blog"}],
    "attachments": [{"url": "https://a.example/slides.pdf", "title": "slides.pdf", "type": "slides"}],
}


def imported(summit: Summit, content: bytes) -> ImportReport:
    return read_in(summit=summit, content=content, by=SYSTEM, visibility=Visibility.PUBLIC)


def published(summit: Summit, ending: str = "json") -> bytes:
    return Client().get(f"/{summit.slug}/agenda/schedule.{ending}").content


def events(summit: Summit) -> list[dict[str, Any]]:
    days = json.loads(published(summit))["schedule"]["conference"]["days"]
    return [each for day in days for room in day["rooms"].values() for each in room]


def told(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in SAID}


class TestRoundTrip:
    def test_what_comes_in_goes_out_again(self, summit: Summit) -> None:
        imported(summit, as_json(event(**SAID)))
        release(summit)
        assert [told(each) for each in events(summit)] == [SAID]
        # Our own schedules bring it to another summit too, in both forms, and change nothing here.
        for ending in ("json", "xml"):
            content = published(summit, ending)
            other = SummitFactory()
            assert outcomes(imported(other, content)) == ["new"]
            release(other)
            assert [told(each) for each in events(other)] == [SAID]
            assert outcomes(imported(summit, content)) == ["same"]

    def test_what_is_our_own_is_as_before(self, summit: Summit) -> None:
        imported(summit, as_json(event(guid="", language="", type="", subtitle=None, links=None)))
        assert Session.objects.get().carried is None
        release(summit)
        (one,) = events(summit)
        own = [one[name] for name in ("subtitle", "track", "type", "language", "links")]
        assert own == ["", None, "working_session", "en", []]

    def test_the_type_is_that_of_the_kind_that_it_was_taken_for(self, summit: Summit) -> None:
        imported(summit, as_json(event(**SAID)))
        Session.objects.update(kind="plenary")
        release(summit)
        assert events(summit)[0]["type"] == "plenary"

    def test_what_is_not_kept_is_said(self, summit: Summit) -> None:
        links: list[Any] = [{"url": "javascript:x()"}, {"url": "https://a.example/\u202e"}, "https://b.example", 7]
        rows = [
            event(1, links=links, logo="x.png", language="Klingon, mostly", recording_license="", answers=[]),
            event(2, logo="y.png", do_not_record=True, track="x" * 501),
        ]
        report = imported(summit, as_json(*rows))
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
        imported(summit, as_json(event(**SAID)))
        release(summit)
        imported(summit, as_json(event(**{**SAID, "subtitle": "A surprise"})))
        assert "A surprise" not in published(summit).decode()
        Session.objects.update(title_to=Visibility.PARTICIPANTS)
        release(summit)
        assert not [word for word in ("surprise", "Borders", "a.example") if word in published(summit).decode()]
        # Control: without the mask it stands there.
        monkeypatch.setattr(snapshots, "_empty", lambda session, parts: {})
        Session.objects.update(summary="Other words")
        release(summit)
        assert "A surprise" in published(summit).decode()

    def test_the_desk_reads_it(self, summit: Summit, desk: Client) -> None:
        imported(summit, as_json(event(**SAID)))
        path = f"/admin/agenda/session/{Session.objects.get().pk}/change/"
        assert "Und was daraus wurde" in desk.get(path).content.decode()
        Session.objects.update(carried=None)
        assert "schedule.json" not in desk.get(path).content.decode()


class TestTimes:
    def starts(self, summit: Summit, content: bytes) -> list[str]:
        imported(summit, content)
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
            *("31 09:00", "31 23:30", "01 01:30")
        ]
        other = SummitFactory()
        assert self.starts(other, self.old("23:30", "01:30", day_change="06:00:00")) == ["31 23:30", "01 01:30"]

    def test_where_nothing_says_so_it_is_told(self, summit: Summit) -> None:
        report = imported(summit, self.old("01:30", "09:30"))
        assert [line.notes for line in report.lines] == [
            ["It starts during the night. Correct the day if it is the following night."],
            [],
        ]
        # A moment is one.
        assert (
            imported(summit, as_json(event(3, date="2025-03-31T01:30:00+01:00", start="01:30"))).lines[0].notes == []
        )

    def test_what_the_format_cannot_say_is_refused(self, summit: Summit) -> None:
        rows = [event(1, duration="9999999:00"), event(2, duration="100:00"), event(3, duration="99:59")]
        report = imported(summit, as_json(*rows))
        assert outcomes(report) == ["refused", "refused", "new"]
        assert report.lines[0].notes == ["It would last longer than four days. Correct the duration."]
