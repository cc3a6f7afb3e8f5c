"""Scanning uploaded files: kept back, released, refused, tried again; and reading in a process of its own."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from PIL import Image

from delegations.imports.definitions import PEOPLE
from delegations.members.models.particulars import Photo
from delegations.members.services import photos
from press.texts.services import attachments
from sessions.documents.models import Document
from sessions.documents.services import documents
from sessions.documents.services.file_checks import File
from summit.audit.models import AuditEntry
from summit.audit.services import Mailbox
from summit.core.metrics import exposition
from summit.imports import services as imports
from summit.imports.definitions import ImportProblem
from summit.jobs import runner
from summit.jobs.models.jobs import Job
from summit.outbox import mime
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.quarantine import selectors
from summit.quarantine.models import TRANSITIONS, FileScan, ScanState
from summit.summits import emblem
from summit.summits.models import Summit
from summit.uploads import clamd, sandbox, scanning
from summit.uploads.process_slots import Busy, slot
from tests import factories as f
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 brief"
CLAMD = "unix:/nowhere/clamd.ctl"


def picture(colour: str = "#1d4f91") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 400), colour).save(buffer, "PNG")
    return buffer.getvalue()


class Scanner:
    """A scanner in place of clamd: finds `finds` or raises it, and remembers what it has seen."""

    def __init__(self) -> None:
        self.finds: str | Exception = ""
        self.seen: list[bytes] = []

    def __call__(self, content: bytes, *, url: str, seconds: float) -> str:
        assert (url, seconds) == (CLAMD, 60)
        self.seen.append(content)
        if isinstance(self.finds, Exception):
            raise self.finds
        return self.finds


@pytest.fixture
def scanner(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Scanner:
    settings.CLAMD_URL = CLAMD
    made = Scanner()
    monkeypatch.setattr(clamd, "scan", made)
    return made


def document(summit: Summit, content: bytes = PDF) -> Document:
    by = f.UserFactory.with_role(Role.ORGANISER, summit, email="editor@host.example")
    paper = documents.Paper(title="Brief", language="en", file=File("brief.pdf", "application/pdf", content))
    return documents.add(session=f.SessionFactory.create(summit=summit), paper=paper, by=by)


def state_of(row: Any) -> str:
    return str(FileScan.objects.get(object_id=row.pk).state)


def work() -> list[str]:
    """Do what the sweep and the workers do, and return what came of each check."""
    FileScan.objects.filter(state=ScanState.WAITING).update(due_at=Now())
    return [scanning.run(key) for key in scanning.hand_out()]


def test_without_a_scanner_nothing_is_kept_back(summit: Summit, django_assert_num_queries: Any) -> None:
    row = document(summit)
    assert not FileScan.objects.exists()
    with django_assert_num_queries(0):
        assert selectors.content_of(row) == PDF
        assert selectors.held(Document, [row.pk]) == {}
    with pytest.raises(CommandError, match="CLAMD_URL"):
        call_command("scan_uploads")


def test_a_file_is_kept_back_until_it_is_clean(summit: Summit, scanner: Scanner) -> None:
    row = document(summit)
    assert (state_of(row), selectors.content_of(row)) == ("waiting", None)
    said = exposition().decode()
    assert 'summit_uploads_scans{state="waiting"} 1.0' in said
    assert "summit_uploads_oldest_waiting_seconds 0" in said
    assert work() == ["clean"]
    assert scanner.seen == [PDF]
    assert (state_of(row), selectors.content_of(row)) == ("clean", PDF)
    assert work() == []


def test_a_virus_is_deleted_told_and_recorded(summit: Summit, scanner: Scanner) -> None:
    scanner.finds = "Test.Virus"
    security = f.UserFactory.with_role(Role.VETTING, summit)
    row = document(summit)
    assert work() == ["infected"]
    row.refresh_from_db()
    assert (bytes(row.content), row.size, row.file_name) == (b"", len(PDF), "brief.pdf")
    check = selectors.check_of(row)
    assert check is not None
    assert check.sentence == (
        "Refused: a virus was found (Test.Virus). The file has been deleted. Choose another file."
    )
    assert (check.uploaded_by, check.signature) == (row.added_by, "Test.Virus")
    entry = AuditEntry.objects.get(action="quarantine.refuse")
    assert (entry.object_key, entry.detail) == (row.public_id, {"signature": "Test.Virus"})
    mails = Message.objects.filter(kind="file_refused")
    assert {mail.address for mail in mails} == {row.added_by.email, security.email}
    said = mime.render(mails[0]).text
    assert "Test.Virus" in said
    assert f"/admin/agenda/session/{row.session_id}/documents/" in said
    # The bytes of an upload that was refused stay away even if scanning is turned off.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selectors, "is_on", lambda: False)
        assert selectors.content_of(row) is None
    # The frozen columns of a document are frozen again.
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(content=b"other")


def test_while_clamd_is_away_files_wait_as_long_as_it_takes(summit: Summit, scanner: Scanner) -> None:
    scanner.finds = clamd.Unreachable("connection refused")
    row = document(summit)
    for _attempt in range(len(scanning.BACK_OFF) + 5):
        assert work() == ["waiting"]
    check = FileScan.objects.get()
    assert (check.attempts, check.problem) == (0, "connection refused")
    assert selectors.content_of(row) is None
    scanner.finds = ""
    assert work() == ["clean"]


def test_a_file_without_a_result_fails_after_some_attempts(summit: Summit, scanner: Scanner) -> None:
    scanner.finds = clamd.NoResult("stream: what?")
    row = document(summit)
    assert [work()[0] for _attempt in range(len(scanning.BACK_OFF))] == ["waiting"] * len(scanning.BACK_OFF)
    assert work() == ["failed"]
    assert selectors.content_of(row) is None
    row.refresh_from_db()
    assert row.content == PDF
    scanner.finds = ""
    out = io.StringIO()
    call_command("scan_uploads", "--failed", stdout=out)
    assert out.getvalue().startswith("Queued: 1\nwaiting: 1,")
    assert work() == ["clean"]
    assert selectors.content_of(row) == PDF


def test_a_file_that_is_too_large_fails_at_once_and_is_told(summit: Summit, scanner: Scanner) -> None:
    scanner.finds = clamd.TooLarge("INSTREAM size limit exceeded. ERROR")
    row = document(summit)
    assert work() == ["failed"]
    assert selectors.check_of(row).sentence.startswith("This file couldn’t be checked")  # type: ignore[union-attr]
    assert "couldn’t be checked" in mime.render(Message.objects.get(kind="file_refused")).text
    assert AuditEntry.objects.filter(action="quarantine.fail").count() == 1


def test_a_result_is_of_the_scanned_file(summit: Summit, scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    by, person = f.UserFactory.with_role(Role.ORGANISER, summit), f.PersonFactory.create(summit=summit)
    photo = photos.store(person=person, content=picture(), by=by)

    def replaced_meanwhile(content: bytes, **_options: Any) -> str:
        photos.store(person=person, content=picture(colour="red"), by=by)
        return ""

    with monkeypatch.context() as patch:
        patch.setattr(clamd, "scan", replaced_meanwhile)
        assert work() == [""]
    assert state_of(photo) == "waiting"
    # The control: without the number of claims, the new picture counts as clean, unseen.
    with monkeypatch.context() as patch:
        patch.setattr(clamd, "scan", replaced_meanwhile)
        patch.setattr(scanning, "_claimed", lambda scan: FileScan.objects.filter(pk=scan.pk))
        mark = transaction.savepoint()
        assert work() == ["clean"]
        transaction.savepoint_rollback(mark)
    assert work() == ["clean"]


def test_a_killed_worker_leaves_its_file_to_another(summit: Summit, scanner: Scanner) -> None:
    document(summit)
    check = FileScan.objects.get()
    assert scanning.claim(check.pk) is not None
    assert scanning.claim(check.pk) is None
    FileScan.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert work() == ["clean"]


def test_attachments_photographs_and_the_emblem_appear_once_they_are_clean(summit: Summit, scanner: Scanner) -> None:
    officer = f.UserFactory.with_role(Role.PRESS_OFFICER, summit)
    file = File("annex.pdf", "application/pdf", PDF)
    annex = attachments.store(text=f.TextFactory.create(summit=summit), file=file, language="en", by=officer)
    by, person = f.UserFactory.with_role(Role.ORGANISER, summit), f.PersonFactory.create(summit=summit)
    photo = photos.store(person=person, content=picture(), by=by)
    emblem.store(summit=summit, content=picture(), by=by)
    assert (summit.emblem_digest, emblem.emblem_png(summit)) == ("", None)
    assert emblem.check_of_emblem(summit) is not None
    assert (selectors.content_of(annex), sorted(work())) == (None, ["clean"] * 3)
    assert selectors.content_of(annex) == PDF
    summit.refresh_from_db()
    assert emblem.emblem_png(summit)
    assert selectors.content_of(photo) == photo.image
    # A virus: the person has no photograph, the summit no emblem, and both were told.
    scanner.finds = "Test.Virus"
    photos.store(person=person, content=picture(), by=by)
    emblem.store(summit=summit, content=picture(), by=by)
    assert sorted(work()) == ["infected", "infected"]
    summit.refresh_from_db()
    assert not Photo.objects.exists()
    assert (summit.emblem_digest, emblem.emblem_png(summit)) == ("", None)
    assert set(AuditEntry.objects.filter(action="quarantine.refuse").values_list("object_type", flat=True)) == {
        "summit.person",
        "summit.summit",
    }
    # Refusals stay when what was deleted is purged, other checks go.
    scanning.clear_gone()
    assert FileScan.objects.filter(state="infected").count() == 2


def test_checks_of_deleted_files_are_purged(summit: Summit, scanner: Scanner) -> None:
    gone, kept = document(summit), f.DocumentFactory.create(session__summit=summit)
    assert scanning.queue_all() == 1
    Document.objects.filter(pk=gone.pk).delete()
    scanning.clear_gone()
    assert [check.object_id for check in FileScan.objects.all()] == [kept.pk]
    # A worker that finds no file any more forgets it too.
    check = FileScan.objects.get()
    Document.objects.filter(pk=kept.pk).delete()
    assert scanning.run(check.pk) == ""
    assert not FileScan.objects.exists()


TABLE = b"delegation,name,office\nLand,A. Example,Minister\n"


def test_a_table_is_read_only_once_it_is_clean(summit: Summit, scanner: Scanner) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, summit)
    file = imports.store(summit=summit, kind=PEOPLE.kind, filename="people.csv", content=b"PK\3\4 none", by=by)
    assert (file.rows, file.report, imports.is_unread(file)) == (0, "", True)
    for refused in (imports.refresh_preview, imports.apply):
        with pytest.raises(ImportProblem, match="Being checked for viruses"):
            refused(file=file, by=by)
    assert work() == ["clean"]
    runner.run(Job.objects.get().pk)
    file.refresh_from_db()
    report = imports.report_of(file)
    assert report is not None
    assert report.problem
    # One that can be read.
    file = imports.store(summit=summit, kind=PEOPLE.kind, filename="people.csv", content=TABLE, by=by)
    assert work() == ["clean"]
    runner.run(Job.objects.latest("pk").pk)
    file.refresh_from_db()
    assert (file.rows, imports.is_unread(file), bool(file.report)) == (1, False, True), file.report


def test_a_focal_points_table_is_read_for_them_and_a_virus_told(summit: Summit, scanner: Scanner) -> None:
    point = f.FocalPointFactory.create(party__summit=summit, person__email="focal@land.example")
    by = Mailbox(f.PortalSessionFactory.create(person=point.person, mailbox="focal@land.example").public_id)
    values: dict[str, Any] = {"summit": summit, "kind": PEOPLE.kind, "party_key": point.party.public_id, "by": by}
    file = imports.store(filename="people.csv", content=TABLE, **values)
    assert work() == ["clean"]
    file.refresh_from_db()
    report = imports.report_of(file)
    assert (file.rows, bool(report and report.lines)) == (1, True)
    scanner.finds = "Test.Virus"
    file = imports.store(filename="people.csv", content=TABLE, **values)
    assert work() == ["infected"]
    assert Message.objects.get(kind="file_refused").address == "focal@land.example"
    file.refresh_from_db()
    assert bytes(file.content) == b""


def test_files_from_before_stay_served_while_they_are_scanned(summit: Summit, scanner: Scanner) -> None:
    row = f.DocumentFactory.create(session__summit=summit)
    assert selectors.content_of(row) == row.content
    out = io.StringIO()
    call_command("scan_uploads", "--all", stdout=out)
    call_command("scan_uploads", "--all", stdout=out)
    assert [line for line in out.getvalue().splitlines() if line.startswith("Queued")] == ["Queued: 1", "Queued: 0"]
    assert selectors.content_of(row) == row.content
    scanner.finds = "Test.Virus"
    assert work() == ["infected"]
    row.refresh_from_db()
    assert selectors.content_of(row) is None
    out = io.StringIO()
    call_command("scan_uploads", stdout=out)
    assert f"{row.session.summit.slug} agenda.document:{row.pk}: infected, Test.Virus" in out.getvalue()
    scanner.finds = ""
    clean = document(summit)
    work()
    call_command("scan_uploads", "--again", stdout=out)
    assert (state_of(clean), selectors.content_of(clean)) == ("waiting", PDF)


BROKEN: dict[str, dict[str, Any]] = {
    "filescan_(state_known|finished_has_time)": {"state": "unknown"},
    "filescan_scanning_is_held": {"state": "scanning"},
    "filescan_finished_has_time": {"state": "clean"},
    "filescan_virus_has_name": {"state": "infected", "finished_at": Now()},
    "filescan_failure_says_why": {"state": "failed", "finished_at": Now()},
}


def test_what_must_hold_is_a_constraint_and_a_row_has_one_check(summit: Summit) -> None:
    assert set(TRANSITIONS) == set().union(*TRANSITIONS.values()) == set(ScanState.values)
    of = {"summit": summit, "kind": "agenda.document", "object_id": 1}
    for name, values in BROKEN.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            FileScan.objects.create(**of, **values)
    FileScan.objects.create(**of)
    with pytest.raises(IntegrityError), transaction.atomic():
        FileScan.objects.create(**of)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_scans_a_file(scanner: Scanner) -> None:
    summit = f.SummitFactory.create()
    document(summit)
    check = FileScan.objects.get()
    outcomes = at_once(lambda: scanning.run(check.pk), lambda: scanning.run(check.pk))
    assert sorted(outcomes) == ["", "clean"]
    assert scanner.seen == [PDF]


# --- reading in a process of its own, which is ended where it takes too much ----------------------------------------
def run(tmp_path: Path, body: str, arguments: dict[str, Any] | None = None, **options: Any) -> Any:
    reader = tmp_path / "reader.py"
    reader.write_text(f"import os, time\n\ndef read(content, **arguments):\n    {body}\n")
    return sandbox.run(str(reader), b"words", arguments or {}, **{"seconds": 1, "megabytes": 200, **options})


def test_bytes_and_arguments_go_in_and_a_result_comes_out(tmp_path: Path) -> None:
    made = run(tmp_path, "return [content.decode(), arguments]", {"rows": 2, "said": "été"})
    assert made == ["words", {"rows": 2, "said": "été"}]


def test_who_reads_knows_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    asks = 'return os.environ.get("SECRET_KEY")'
    assert run(tmp_path, asks) is None
    assert run(tmp_path, asks, settings=True) == "secret"


@pytest.mark.parametrize(
    ("body", "limits", "enough"),
    [
        ("until = time.process_time() + 1.1\n    while time.process_time() < until: pass", {}, {"seconds": 9}),
        ("time.sleep(2.3)", {}, {"seconds": 9}),
        # With time enough for a busy machine, so that memory alone is what lacks.
        ('len(b"x" * 300_000_000)', {"seconds": 9}, {"megabytes": 900, "seconds": 9}),
        ("os.abort()", {}, {}),
    ],
    ids=["processor", "clock", "memory", "killed"],
)
@pytest.mark.slow("waits until a limit of seconds is reached", 3)
def test_what_takes_too_much_ends(tmp_path: Path, body: str, limits: dict[str, int], enough: dict[str, int]) -> None:
    with pytest.raises(sandbox.TooMuch):
        run(tmp_path, body, **limits)
    # Control: with more of it, it ends by itself.
    if enough:
        assert run(tmp_path, body, **enough) is None


def test_what_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(sandbox.Failed, match=r"^ValueError: no$"):
        run(tmp_path, 'raise ValueError("no")')


def test_few_read_at_once(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Apart from what other tests read at this moment.
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(sandbox, "PATIENCE", 0)
    with slot("reading", number=2, patience=0), slot("reading", number=2, patience=0), pytest.raises(Busy):
        run(tmp_path, "return 1")
    assert run(tmp_path, "return 1") == 1


def test_it_waits_for_no_framework(tmp_path: Path) -> None:
    loaded = run(tmp_path, "import sys; return [name for name in sys.modules if name in ('django', 'celery')]")
    assert loaded == []
