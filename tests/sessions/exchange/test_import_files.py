"""Schedules that a desk uploads: previewed first, imported once, by a worker where they are long, and undone."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from sessions.draft.models.sessions import Session
from sessions.exchange.models import ScheduleImportFile
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.imports import jobs, services
from summit.imports.definitions import ImportProblem
from summit.imports.models import ImportFile
from summit.imports.personal_data import naming
from summit.jobs.job_kinds import Result
from summit.jobs.models.jobs import Job
from summit.people.models import Person
from summit.permissions.models import Role
from summit.privacy.registry import Subject
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import PersonFactory, UserFactory
from tests.sessions.exchange.helpers import SCHEDULE
from tests.sessions.exchange.test_importer import as_json, event

pytestmark = pytest.mark.django_db
TWO = as_json(event(), event(2, title=""))


@pytest.fixture
def desk(summit: Summit) -> User:
    return UserFactory.with_role(Role.PROGRAMME, summit)


@pytest.fixture
def client(desk: User) -> Client:
    return signed_in(desk)


def store(summit: Summit, by: User, content: bytes = TWO) -> ImportFile:
    return services.store(summit=summit, kind="schedule", filename="../A/their.json", content=content, by=by)


def upload(client: Client, summit: Summit, content: bytes = TWO, name: str = "schedule.json") -> Any:
    sent = {"summit": summit.slug, "kind": "schedule", "visibility": Visibility.PUBLIC}
    address = reverse("admin:agenda_scheduleimportfile_upload")
    return client.post(address, {**sent, "file": SimpleUploadedFile(name, content)})


def actions() -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="summit.importfile.").order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_a_schedule_is_previewed_and_then_imported(client: Client, summit: Summit) -> None:
    form = client.get(reverse("admin:agenda_scheduleimportfile_upload")).content.decode()
    assert "Visibility of new sessions" in form
    response = upload(client, summit)
    file = ScheduleImportFile.objects.get()
    page = reverse("admin:agenda_scheduleimportfile_change", args=[file.pk])
    assert response["Location"] == page
    assert Session.objects.count() == 0
    shown = client.get(page).content.decode()
    for text in ("Import 1 entry", "Enter a title.", "New rooms: Hall A"):
        assert text in shown
    assert "Event 1" not in client.get(f"{page}?rows=refused").content.decode()
    client.post(reverse("admin:agenda_scheduleimportfile_take", args=[file.pk]))
    assert list(Session.objects.values_list("title", "visibility")) == [("Event 1", "public")]
    shown = client.get(page).content.decode()
    assert ("1 entry imported on " in shown, "Import 1 entry" in shown) == (True, False)
    file.refresh_from_db()
    assert (bytes(file.content), file.filename) == (b"", "schedule.json")


def test_it_is_imported_once(summit: Summit, desk: User) -> None:
    """Two who press the button at once both hold the row with its bytes: the claim lets one in."""
    file, second = store(summit, desk), ImportFile.objects.get()
    services.apply(file=file, by=desk)
    Session.objects.update(title="Changed by hand")
    for act in (services.apply, services.refresh_preview):
        with pytest.raises(ImportProblem, match="already imported or deleted"):
            act(file=file, by=desk)
    with pytest.raises(ImportProblem), transaction.atomic():
        services.apply(file=second, by=desk)
    assert Session.objects.get().title == "Changed by hand"
    # The control: without its claim it would be twice.
    ImportFile.objects.update(applied_at=None, next_row=0)
    services.apply(file=second, by=desk)
    assert Session.objects.get().title == "Event 1"


def test_an_import_is_undone_with_its_rooms_and_people(summit: Summit) -> None:
    desk = UserFactory.with_role(Role.ORGANISER, summit)
    services.apply(file=store(summit, desk), by=desk)
    moved = as_json(event(title="Moved", room="Hall B", persons=[{"name": "B. Other"}]))
    file = store(summit, desk, moved)
    before = list(Session.objects.values("title", "room__name", "slots__speaker__name"))
    services.apply(file=file, by=desk)
    [session] = Session.objects.all()
    assert (session.title, session.room and session.room.name) == ("Moved", "Hall B")
    services.undo(file=file, by=desk)
    assert list(Session.objects.values("title", "room__name", "slots__speaker__name")) == before
    assert set(Room.objects.values_list("name", flat=True)) == {"Hall A"}
    assert set(Person.objects.values_list("name", flat=True)) == {"A. Speaker"}
    # Whoever edits the session as it was meanwhile is told of a conflict.
    assert Session.objects.get().revision > session.revision


def test_what_is_no_schedule_is_said_beside_the_field(client: Client, summit: Summit) -> None:
    assert 'aria-invalid="true"' in upload(client, summit, b"words").content.decode()
    assert ScheduleImportFile.objects.count() == 0


def test_a_long_schedule_is_a_workers(
    client: Client, summit: Summit, desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SCHEDULE, "budget", replace(SCHEDULE.budget, at_once=1))
    response = upload(client, summit)
    file, job = ScheduleImportFile.objects.get(), Job.objects.get()
    assert response["Location"] == reverse("admin:jobs_job", args=[job.public_id])
    page = reverse("admin:agenda_scheduleimportfile_change", args=[file.pk])
    assert "Preview 2 entries" in client.get(page).content.decode()
    assert jobs.step(job).result == Result("preview", {"number": 2})
    assert Session.objects.count() == 0
    client.post(reverse("admin:agenda_scheduleimportfile_take", args=[file.pk]))
    job = Job.objects.exclude(pk=job.pk).get()
    # A worker that was killed after it had written finds what it wrote.
    results = [jobs.step(job).result for _time in range(2)]
    assert results == [Result("apply", {"number": 1})] * 2
    assert Session.objects.count() == 1
    services.discard(file=file, by=desk)
    assert jobs.step(job).result == Result("gone")


def test_only_who_edits_the_draft_uploads(summit: Summit, desk: User) -> None:
    press = UserFactory.with_role(Role.PRESS_OFFICER, summit)
    with pytest.raises(PermissionDenied):
        store(summit, press)
    file = store(summit, desk)
    for act in (services.refresh_preview, services.apply, services.undo, services.discard):
        with pytest.raises(PermissionDenied):
            act(file=file, by=press)
    assert Session.objects.count() == 0
    services.discard(file=file, by=desk)
    assert actions() == ["summit.importfile.add", "summit.importfile.remove"]


def test_schedules_that_name_somebody_are_found(summit: Summit, desk: User) -> None:
    person = PersonFactory(summit=summit, name="Ánna Speaker")
    theirs = store(summit, desk, as_json(event(persons=[{"name": "Ánna Speaker"}])))
    store(summit, desk)
    assert list(naming(Subject(person))) == [theirs]
