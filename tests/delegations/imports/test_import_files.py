"""Tables of parties and people: uploaded, previewed, imported once, undone, deleted; by services and in the admin."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from delegations.imports import column_recognition, definitions
from delegations.imports.definitions import PEOPLE
from delegations.imports.models import DelegationImportFile
from delegations.imports.services import importer
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import COLUMNS
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import Link
from summit.imports import jobs, services
from summit.imports.definitions import ImportProblem
from summit.imports.jobs import ImportAction
from summit.imports.models import ImportFile
from summit.jobs import runner
from summit.maintenance import heartbeats
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, text

pytestmark = pytest.mark.django_db
HOME = "/admin/delegations/delegationimportfile/"
TEXT = """party,kind,name,e-mail
France,country,Ada Example,ada@x.example
Italy,country,Bea Example,
nowhere,country,,
"""


def stored(summit: Summit, by: Any, table: str = TEXT, **more: Any) -> ImportFile:
    values = {"kind": "people", "filename": "C:\\lists\\people.csv", **more}
    return services.store(summit=summit, by=by, content=table.encode(), **values)


class TestStore:
    def test_it_is_previewed_and_nothing_is_written(self, summit: Summit, protocol: User) -> None:
        file = stored(summit, protocol)
        report = services.report_of(file)
        assert report is not None
        assert report.counts == {"new": 3, "changed": 0, "same": 0, "asks": 0, "refused": 0, "odd": 1}
        assert (file.filename, file.uploaded_by, file.applied_at) == ("people.csv", protocol, None)
        assert not Party.objects.exists()
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == ("summit.importfile.add", {"kind": "people", "lines": 3})
        with connection.cursor() as cursor:
            cursor.execute("SELECT content, report FROM summit_importfile")
            content, report_bytes = (bytes(value) for value in cursor.fetchone())
        assert b"Ada" not in content + report_bytes
        for by in (f.UserFactory.with_role(Role.VETTING, summit), Link("none")):
            refuses(PermissionDenied, stored, summit, by)
        assert ImportFile.objects.count() == 1

    def test_what_is_no_table_of_people(self, summit: Summit, protocol: User) -> None:
        for table, message in (
            ("", "The file is empty. Choose another file."),
            ("delegation,name\n", "The file has headings but no rows. Add rows and choose it again."),
            ("delegation,shoe size\nFrance,42\n", "No column has names."),
            ("name,office\nAda,Minister\n", "No column identifies delegations or people."),
        ):
            assert str(refuses(ImportProblem, stored, summit, protocol, table)).startswith(message)
        refuses(ImportProblem, stored, summit, protocol, kind="spaceships")
        assert not ImportFile.objects.exists()


def test_it_is_imported_once_and_its_rows_are_deleted(
    summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = stored(summit, protocol)
    # An error leaves it to be imported.
    with monkeypatch.context() as patched:
        patched.setattr(importer, "store", lambda *asked, **values: 1 / 0)
        refuses(ZeroDivisionError, services.apply, file=file, by=protocol)
    assert ImportFile.objects.get().next_row == 0
    report = services.apply(file=file, by=protocol)
    assert (report.writes, Person.objects.count(), Party.objects.count()) == (3, 2, 3)
    file = ImportFile.objects.get()
    assert (bytes(file.content), file.applied_at is not None) == (b"", True)
    assert services.report_of(file) == report
    for act in (services.apply, services.refresh_preview):
        with pytest.raises(ImportProblem, match=r"^This file is already imported or deleted\."):
            act(file=ImportFile.objects.get(), by=protocol)


def test_a_focal_point_brings_its_people_and_not_too_many(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    party, other = f.PartyFactory(summit=summit, name="France"), f.PartyFactory(summit=summit, name="Italy")
    by, foreign = (Link(f.InvitationLinkFactory(invitation__party=each).public_id) for each in (party, other))
    file = stored(summit, by, "name,passport number\nAda,P1\n", party_key=party.public_id)
    assert file.uploaded_by is None
    refuses(PermissionDenied, services.apply, file=file, by=foreign)
    services.apply(file=file, by=by)
    assert Particulars.objects.get().entered_for == party
    assert AuditEntry.objects.get(action="summit.importfile.apply").part_of == f"delegations.party:{party.public_id}"
    refuses(PermissionDenied, services.undo, file=file, by=foreign)
    services.undo(file=file, by=by)
    assert not Person.objects.filter(name="Ada").exists()
    refuses(PermissionDenied, stored, summit, by, "name\nAda\n", party_key=other.public_id)
    monkeypatch.setattr(definitions, "MOST_OF_PARTY", 1)
    problem = refuses(ImportProblem, stored, summit, by, "name\nAda\nBea\n", party_key=party.public_id)
    assert str(problem) == "The file has more than 1 rows. Choose a file with only your own people."


def test_many_rows_are_previewed_and_imported_by_a_worker(
    summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(action: ImportAction) -> str:
        job = jobs.start(file=file, action=action, by=protocol)
        runner.run(job.pk)
        job.refresh_from_db()
        assert job.problem == ""
        return jobs._result(job)

    monkeypatch.setattr(PEOPLE, "budget", replace(PEOPLE.budget, at_once=2))
    problem = refuses(ImportProblem, stored, summit, protocol, "name\nAda\nBea\nCleo\n")
    assert str(problem).startswith("No column identifies delegations or people.")
    file = stored(summit, protocol)
    assert services.report_of(file) is None
    assert run(ImportAction.PREVIEW) == "3 entries previewed. Nothing is imported yet."
    assert services.report_of(ImportFile.objects.get()) is not None
    assert run(ImportAction.APPLY) == "3 entries imported."
    assert Person.objects.count() == 2
    # A worker that comes back after it was killed.
    assert run(ImportAction.APPLY) == "3 entries imported."
    services.discard(file=file, by=protocol)
    assert run(ImportAction.APPLY) == "The file has been deleted."


def test_headings_that_would_be_taken_for_another_columns_are_refused_at_the_start() -> None:
    known = {name: column.personal_field.headings for name, column in COLUMNS.items()}
    for words in ("allergies,", "allergies، allergènes", "allergies, dietary requirements"):
        refuses(ImproperlyConfigured, column_recognition.headings, {**known, "allergies": words})
    assert column_recognition.headings({**known, "allergies": "allergies, allergènes"})["allergenes"] == "allergies"


def test_files_that_nobody_imports_and_old_journals_are_deleted(summit: Summit, protocol: User) -> None:
    old, new, done = (stored(summit, protocol) for _number in range(3))
    services.apply(file=done, by=protocol)
    ago = timezone.now() - services.WAITS - timedelta(hours=1)
    ImportFile.objects.filter(pk__in=[old.pk, done.pk]).update(uploaded_at=ago)
    heartbeats.clear_expired()
    assert set(ImportFile.objects.values_list("pk", flat=True)) == {new.pk, done.pk}
    assert ImportFile.objects.get(pk=done.pk).journal != ""
    ImportFile.objects.filter(pk=done.pk).update(applied_at=ago)
    heartbeats.clear_expired()
    done.refresh_from_db()
    assert (done.journal, services.can_undo(done)) == ("", False)
    assert "more than two weeks old" in str(refuses(ImportProblem, services.undo, file=done, by=protocol))


UPLOADED = """party,kind,name,category,size
France,country,Ada Example,,1
France,country,Bea Example,wizard,2
,,=1+1,,3
<b>Acme</b>,invited organisation,Cai,,4
"""


def send(client: Client, given: str = UPLOADED, **values: Any) -> Any:
    file = SimpleUploadedFile("people.csv", given.encode())
    return client.post(f"{HOME}upload/", {"summit": "here", "kind": "people", "file": file, **values})


@pytest.mark.once
class TestUpload:
    def test_what_cannot_be_read_says_why(self, desk: Client) -> None:
        f.SummitFactory(slug="there")
        for values, said in (
            ({"file": ""}, "Choose a file."),
            ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04nonsense")}, "This spreadsheet can’t be read."),
            ({"summit": "there"}, "Choose one from the list."),
        ):
            response = send(desk, **values)
            assert (response.status_code, said in text(response)) == (200, True), said
        assert not DelegationImportFile.objects.exists()


def test_the_report_on_delegations_is_about_delegations(desk: Client) -> None:
    send(desk, kind="parties")
    page = desk.get(f"{HOME}{DelegationImportFile.objects.get().pk}/change/").content.decode()
    assert '<th scope="col">Delegation</th>' in page
    assert '<th scope="col">Person</th>' not in page


@pytest.mark.once
class TestTake:
    def test_once_and_told(self, desk: Client) -> None:
        send(desk)
        address = f"{HOME}{DelegationImportFile.objects.get().pk}/take/"
        page = text(desk.post(address, follow=True))
        assert AuditEntry.objects.get(action=SEEN).fields == ["report"]
        words = re.sub(r"<[^>]*>", "", page)
        assert "2 entries imported." in words
        # An hour alone says nothing on the next day.
        assert re.search(r"2 entries imported on \w+ \d+ \w+ \d{4}, \d\d:\d\d ", words)
        assert "Import 2 entries</button>" not in page
        assert (Person.objects.count(), Party.objects.count()) == (2, 2)
        assert "This file is already imported or deleted." in text(desk.post(address, follow=True))
        assert Person.objects.count() == 2

    def test_deleted_and_a_focal_points_table_is_not_here(self, summit: Summit, desk: Client) -> None:
        key = f.PartyFactory(summit=summit).public_id
        theirs = f.DelegationImportFileFactory(summit=summit, party_key=key, filename="theirs.csv")
        assert desk.get(f"{HOME}{theirs.pk}/change/").status_code == 404
        assert "theirs.csv" not in text(desk.get(HOME))
        row = f.DelegationImportFileFactory(summit=summit)
        answer = desk.post(f"{HOME}{row.pk}/drop/", follow=True)
        assert "File deleted. Imported data stays." in text(answer)
        assert not DelegationImportFile.objects.filter(pk=row.pk).exists()
