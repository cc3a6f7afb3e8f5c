"""Tables that fill lists: looked at row by row before anything is written, taken over once."""

import io
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from summit.audit.models import AuditEntry
from summit.import_export import list_import, list_row_writer
from summit.import_export.list_import import list_imports
from summit.import_export.models import ListImportFile
from summit.imports import services, table_parsing
from summit.imports.definitions import ImportProblem
from summit.imports.models import ImportFile
from summit.jobs import runner
from summit.jobs.models.jobs import Job, JobState
from summit.maintenance import heartbeats
from summit.permissions.models import Role
from summit.summits import services as summits_services
from summit.summits.models import Summit, Venue
from summit.users.models import User
from tests.factories import ListImportFileFactory, SummitFactory, UserFactory, VenueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
UPLOAD = "/admin/summit/listimportfile/upload/"
VENUE, ROOM = "summit.venue", "summit.room"


def kept(summit: Summit, by: User, text: str | bytes, label: str = VENUE) -> ImportFile:
    content = text if isinstance(text, bytes) else text.encode()
    return services.store(summit=summit, kind=label, filename="a/table.csv", content=content, by=by)


def outcomes(row: ImportFile) -> list[tuple[str, str, list[str]]]:
    report = services.report_of(row)
    assert report is not None
    return [(line.name, line.outcome, line.notes or line.fields) for line in report.lines]


def test_a_table_is_previewed_and_applied_once(
    summit: Summit, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    VenueFactory(summit=summit, name="Old", address="1 Way", opens_at=None, closes_at=None)
    text = "Name,Address,Opens,Closes,Colour\nOld,2 Way,,\nNew,3 Way,8:00,22:00\nOdd,,08:00,\n,,,\nOLD,,,\n"
    row = kept(summit, organiser, text)
    both = "Enter both opening and closing times, or leave both blank."
    assert outcomes(row) == [
        ("Old", "changed", ["address"]),
        ("New", "new", []),
        ("Odd", "refused", [both]),
        ("OLD", "refused", ["Row 2 is about the same entry. Remove one of them."]),
    ]
    report = services.report_of(row)
    assert report is not None
    assert (report.facts["unknown"], row.filename, Venue.objects.count()) == (["Colour"], "table.csv", 1)
    assert services.apply(file=row, by=organiser).writes == 2
    assert list(Venue.objects.order_by("name").values_list("name", "address", "opens_at")) == [
        ("New", "3 Way", time(8)),
        ("Old", "2 Way", None),
    ]
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["summit.importfile.add", "summit.venue.change", "summit.venue.add", "summit.importfile.apply"]
    assert (bytes(ListImportFile.objects.get().content), row.applied_at is not None) == (b"", True)
    with pytest.raises(ImportProblem):
        services.apply(file=row, by=organiser)
    # The control: without the rollback looking writes.
    monkeypatch.setattr(list_import.transaction, "set_rollback", lambda wanted: None)
    kept(summit, organiser, "name\nNewer\n")
    assert Venue.objects.filter(name="Newer").exists()


def test_what_is_no_table_is_refused_in_words(summit: Summit, organiser: User) -> None:
    unread = "This JSON can’t be read. Save it again in UTF-8."
    for text, said in (
        ("colour\nred\n", "No column identifies the rows. The first row must include these columns: “name”."),
        ("colour\n" + "red\n" * 101, "No column identifies the rows."),
        ("name\n", "The file has headings but no rows. Add rows and choose it again."),
        ("name\n" + "A\n" * 2001, "The file has more than 2000 rows. Split it."),
        ('{"name": "A"}', "This JSON must be a list of objects, each with the column names"),
        ('[{"name": "A"', unread),
        ("[" * 100_000, unread),
    ):
        with pytest.raises(ImportProblem) as raised:
            kept(summit, organiser, text)
        assert str(raised.value).startswith(said)


def test_whoever_may_not_change_a_list_fills_none(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    press = UserFactory.with_role(Role.PRESS_OFFICER, summit)
    elsewhere = UserFactory.with_role(Role.ORGANISER, SummitFactory())
    for user, label in ((press, VENUE), (press, "summit.roleassignment"), (elsewhere, VENUE)):
        with pytest.raises(PermissionDenied):
            kept(summit, user, "name\nA\n", label)
    row = ListImportFileFactory(summit=summit)
    with pytest.raises(PermissionDenied):
        services.apply(file=row, by=press)
    # An error of ours is none of the file's.
    by = UserFactory.with_role(Role.ORGANISER, summit)
    with monkeypatch.context() as patched:
        patched.setattr(summits_services, "add_venue", lambda **given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            kept(summit, by, "name\nA\n")
    # What nobody takes over goes after two weeks.
    ListImportFile.objects.filter(pk=row.pk).update(uploaded_at=timezone.now() - timedelta(days=15))
    fresh = ListImportFileFactory(summit=summit)
    heartbeats.clear_expired()
    assert list(ListImportFile.objects.values_list("pk", flat=True)) == [fresh.pk]
    # The domain asks too: past the door each row is refused.
    monkeypatch.setattr(list_import, "check", lambda *asked: None)
    assert outcomes(kept(summit, press, "name\nA\n"))[0][1] == "refused"


def upload(desk: Client, content: bytes) -> Any:
    return desk.post(UPLOAD, {"summit": "here", "kind": VENUE, "file": SimpleUploadedFile("v.csv", content)})


def test_a_desk_uploads_looks_and_takes_over(desk: Client) -> None:
    listed = desk.get("/admin/summit/venue/").content.decode()
    assert f'href="{UPLOAD}?kind=summit.venue&amp;summit=here"' in listed
    page = desk.get(f"{UPLOAD}?kind=summit.venue&summit=here").content.decode()
    assert '<option value="summit.venue" selected>' in page
    assert "<dd>Name, Address, Opens, Closes</dd>" in page
    answer = upload(desk, b"name\nLancaster House\n")
    row = f"/admin/summit/listimportfile/{ListImportFile.objects.get().pk}/"
    assert answer["Location"] == f"{row}change/"
    shown = desk.get(answer["Location"]).content.decode()
    assert ("Import 1 entry" in shown, "Lancaster House" in shown) == (True, True)
    assert desk.post(f"{row}take/").status_code == 302
    assert Venue.objects.get().name == "Lancaster House"
    assert desk.post(f"{row}drop/").status_code == 302
    assert (ListImportFile.objects.count(), Venue.objects.count()) == (0, 1)
    # What is refused is said beside the file.
    assert "No column identifies the rows." in upload(desk, b"colour\nred\n").content.decode()


def test_many_rows_are_a_workers(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_imports()[VENUE], "budget", replace(list_imports()[VENUE].budget, at_once=1))
    upload(desk, b"name\nA\nB\n")
    address = f"/admin/summit/listimportfile/{ListImportFile.objects.get().pk}/"
    for action, number in (("preview", 0), ("apply", 2)):
        if action == "apply":
            desk.post(f"{address}take/")
        job = Job.objects.latest("pk")
        runner.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result, job.result_params) == (JobState.DONE, action, {"number": 2})
        assert Venue.objects.count() == number
    page = desk.get(f"/admin/jobs/{job.public_id}/").content.decode()
    assert "2 entries imported." in page
    assert f'<a class="button" href="{address}change/">Show report</a>' in page


def test_rows_that_are_as_they_are_cost_no_query_each(summit: Summit, organiser: User) -> None:
    numbers = []
    for count in (2, 6):
        for number in range(count):
            Venue.objects.get_or_create(summit=summit, name=f"V{number}")
        content = ("name\n" + "".join(f"V{number}\n" for number in range(count))).encode()
        table = table_parsing.read(filename="a", content=content)
        by = User.objects.get(pk=organiser.pk)
        with CaptureQueriesContext(connection) as queries:
            list_row_writer.read_in(
                importable=list_imports()[VENUE].importable, summit=summit, table=table, rows=slice(None), by=by
            )
        # A row is tried in a savepoint of its own: two statements, and no query.
        numbers.append(len([each for each in queries if "SAVEPOINT" not in each["sql"]]))
    assert numbers[0] == numbers[1]


def test_a_spreadsheet_with_times_of_its_own(summit: Summit, organiser: User) -> None:
    book, made = Workbook(), io.BytesIO()
    for cells in (["name", "opens", "closes"], ["A", time(8), time(22, 30)]):
        book.worksheets[0].append(cells)
    book.save(made)
    services.apply(file=kept(summit, organiser, made.getvalue()), by=organiser)
    assert Venue.objects.values_list("opens_at", "closes_at").get() == (time(8), time(22, 30))
