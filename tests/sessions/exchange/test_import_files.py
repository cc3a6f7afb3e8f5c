"""Schedules that a desk uploads: looked at first, taken over once, by a worker where they are long."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from delegations.privacy.services import nightly_purge
from sessions.draft.models.sessions import Session
from sessions.exchange import import_job
from sessions.exchange.models import ScheduleImportFile
from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.services import import_files
from sessions.exchange.services.retention import _naming
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.jobs.job_kinds import Result
from summit.jobs.models.jobs import Job
from summit.permissions.models import Role
from summit.privacy.registry import Subject
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import PersonFactory, UserFactory
from tests.sessions.exchange.test_importer import as_json, event

pytestmark = pytest.mark.django_db
TWO = as_json(event(), event(2, title=""))


@pytest.fixture
def desk(summit: Summit) -> User:
    return UserFactory.with_role(Role.PROGRAMME, summit)


@pytest.fixture
def client(desk: User) -> Client:
    return signed_in(desk)


def store(summit: Summit, by: User, content: bytes = TWO, **more: Any) -> ScheduleImportFile:
    return import_files.store(summit=summit, filename="../A/their.json", content=content, by=by, **more)


def upload(client: Client, summit: Summit, content: bytes = TWO, name: str = "schedule.json") -> Any:
    sent = {"summit": summit.slug, "visibility": Visibility.PUBLIC, "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("admin:agenda_scheduleimportfile_upload"), sent)


def actions() -> list[str]:
    return list(
        AuditEntry.objects.filter(action__startswith="agenda.").order_by("pk").values_list("action", flat=True)
    )


def test_a_schedule_is_looked_at_and_then_taken_over(client: Client, summit: Summit) -> None:
    response = upload(client, summit)
    row = ScheduleImportFile.objects.get()
    page = reverse("admin:agenda_scheduleimportfile_change", args=[row.pk])
    assert response["Location"] == page
    assert Session.objects.count() == 0
    shown = client.get(page).content.decode()
    for said in ("Take over 1 event", "It has no title. Give it one.", "Rooms that would be new:", "Hall A"):
        assert said in shown
    assert "Event 1" not in client.get(f"{page}?rows=refused").content.decode()
    client.post(reverse("admin:agenda_scheduleimportfile_take", args=[row.pk]))
    assert list(Session.objects.values_list("title", "visibility")) == [("Event 1", "public")]
    shown = client.get(page).content.decode()
    assert ("1 event was taken over" in shown, "Take over 1 event" in shown) == (True, False)
    row.refresh_from_db()
    assert (bytes(row.content), row.filename) == (b"", "schedule.json")


def test_it_is_taken_over_once(summit: Summit, desk: User) -> None:
    """Two who press the button at once both hold the row with its bytes: the claim lets one in."""
    row, second = store(summit, desk), ScheduleImportFile.objects.get()
    import_files.apply(row=row, by=desk)
    Session.objects.update(title="Changed by hand")
    for act in (import_files.apply, import_files.refresh_preview):
        with pytest.raises(Unreadable, match="taken over or deleted already"):
            act(row=row, by=desk)
    with pytest.raises(Unreadable), transaction.atomic():
        import_files.apply(row=second, by=desk)
    assert Session.objects.get().title == "Changed by hand"
    # The control: without its claim it would be twice.
    ScheduleImportFile.objects.update(applied_at=None)
    import_files.apply(row=second, by=desk)
    assert Session.objects.get().title == "Event 1"


def test_what_is_no_schedule_is_said_beside_the_field(client: Client, summit: Summit) -> None:
    assert 'aria-invalid="true"' in upload(client, summit, b"words").content.decode()
    assert ScheduleImportFile.objects.count() == 0


def test_a_long_schedule_is_a_workers(
    client: Client, summit: Summit, desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "AT_ONCE", 1)
    response = upload(client, summit)
    row, job = ScheduleImportFile.objects.get(), Job.objects.get()
    assert response["Location"] == reverse("admin:jobs_job", args=[job.public_id])
    page = reverse("admin:agenda_scheduleimportfile_change", args=[row.pk])
    assert "Look at 2 events" in client.get(page).content.decode()
    assert import_job.READ.step(job).result == Result("look", {"number": 2})
    assert Session.objects.count() == 0
    client.post(reverse("admin:agenda_scheduleimportfile_take", args=[row.pk]))
    job = Job.objects.exclude(pk=job.pk).get()
    # A worker that was killed after it had written finds what it wrote.
    results = [import_job.READ.step(job).result for _time in range(2)]
    assert results == [Result("take", {"number": 1})] * 2
    assert Session.objects.count() == 1
    import_files.discard(row=row, by=desk)
    assert import_job.READ.step(job).result == Result("gone")


def test_only_who_edits_the_draft_uploads(summit: Summit, desk: User) -> None:
    press = UserFactory.with_role(Role.PRESS_OFFICER, summit)
    with pytest.raises(PermissionDenied):
        store(summit, press)
    row = store(summit, desk)
    for act in (import_files.refresh_preview, import_files.apply, import_files.discard):
        with pytest.raises(PermissionDenied):
            act(row=row, by=press)
    assert Session.objects.count() == 0
    import_files.discard(row=row, by=desk)
    assert actions() == ["agenda.schedule_file.add", "agenda.schedule_file.remove"]


def test_what_nobody_takes_over_goes_by_itself(summit: Summit, desk: User) -> None:
    old, taken = store(summit, desk), store(summit, desk)
    import_files.apply(row=taken, by=desk)
    ScheduleImportFile.objects.update(uploaded_at=old.uploaded_at - uploads_services.WAITS - timedelta(hours=1))
    new = store(summit, desk)
    assert set(ScheduleImportFile.objects.values_list("pk", flat=True)) == {taken.pk, new.pk}
    # Every night as well, be the summit a demonstration.
    ScheduleImportFile.objects.update(uploaded_at=new.uploaded_at - uploads_services.WAITS - timedelta(hours=1))
    Summit.objects.update(illustrative=True)
    nightly_purge.purge_all()
    assert set(ScheduleImportFile.objects.values_list("pk", flat=True)) == {taken.pk}


def test_schedules_that_name_somebody_are_found(summit: Summit, desk: User) -> None:
    person = PersonFactory(summit=summit, name="Ánna Speaker")
    theirs = store(summit, desk, as_json(event(persons=[{"name": "Ánna Speaker"}])))
    store(summit, desk)
    assert list(_naming(Subject(person))) == [theirs]
