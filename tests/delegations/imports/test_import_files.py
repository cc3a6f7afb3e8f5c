"""Uploaded tables: kept, looked at, taken over once, deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone, translation

from delegations.imports import blank_files, column_recognition, import_job
from delegations.imports.models import DelegationImportFile, ImportPurpose
from delegations.imports.services import import_files
from delegations.imports.services.import_files import ImportFileProblem
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from delegations.privacy.services import nightly_purge
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM, Link
from summit.import_export import parsers as tables
from summit.jobs import runner
from summit.jobs import services as jobs_services
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.uploads.import_jobs import LOOK, TAKE
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.threads import at_once

pytestmark = pytest.mark.django_db
TEXT = """party,kind,name,e-mail
France,country,Ada Example,ada@x.example
Italy,country,Bea Example,
nowhere,country,,
"""


def stored(summit: Summit, by: Any, text: str = TEXT, **more: Any) -> DelegationImportFile:
    values = {"purpose": ImportPurpose.PEOPLE, "filename": "C:\\lists\\people.csv", **more}
    return import_files.store(summit=summit, by=by, content=text.encode(), **values)


class TestStore:
    def test_it_is_looked_at_and_nothing_is_written(self, summit: Summit, protocol: User) -> None:
        row = stored(summit, protocol)
        report = import_files.report_of(row)
        assert report is not None
        assert report.counts == {"new": 3, "changed": 0, "same": 0, "asks": 0, "refused": 0, "odd": 1}
        assert (row.filename, row.uploaded_by, row.applied_at) == ("people.csv", protocol, None)
        assert not Party.objects.exists()
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == ("delegations.delegationimportfile.add", {"lines": 3})
        # Rows and report are encrypted.
        with connection.cursor() as cursor:
            cursor.execute("SELECT content, report FROM delegations_delegationimportfile")
            content, report = (bytes(value) for value in cursor.fetchone())
        assert b"Ada" not in content + report
        for by in (f.UserFactory.with_role(Role.VETTING, summit), Link("none")):
            refuses(PermissionDenied, stored, summit, by)
        assert DelegationImportFile.objects.count() == 1

    def test_what_is_no_table_of_people(self, summit: Summit, protocol: User) -> None:
        for text, said in (
            ("", "The file is empty. Choose the one that holds the table."),
            ("party,name\n", "The table has headings and no rows. Fill in a row for each, and choose it again."),
            ("party,shoe size\nFrance,42\n", "No column names people."),
            ("name,office\nAda,Minister\n", "No column says who is meant."),
        ):
            assert str(refuses(ImportFileProblem, stored, summit, protocol, text)).startswith(said)
        assert not DelegationImportFile.objects.exists()


class TestTake:
    def test_it_writes_and_forgets(self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch) -> None:
        row = stored(summit, protocol)
        # What goes wrong leaves it to be taken.
        with monkeypatch.context() as patched:
            patched.setattr(import_files, "read_in", lambda **values: 1 / 0)
            refuses(ZeroDivisionError, import_files.apply, sheet=row, by=protocol)
        assert DelegationImportFile.objects.get().applied_at is None
        report = import_files.apply(sheet=row, by=protocol)
        assert (report.writes, Person.objects.count(), Party.objects.count()) == (3, 2, 3)
        row = DelegationImportFile.objects.get()
        assert (bytes(row.content), row.applied_at is not None) == (b"", True)
        assert import_files.report_of(row) == report
        for act in (import_files.apply, import_files.refresh_preview):
            with pytest.raises(ImportFileProblem, match=r"^This table is taken over or deleted already\."):
                act(sheet=DelegationImportFile.objects.get(), by=protocol)


def test_a_focal_point_brings_its_people_and_not_too_many(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    party, other = f.PartyFactory(summit=summit, name="France"), f.PartyFactory(summit=summit, name="Italy")
    by, foreign = (Link(f.InvitationLinkFactory(invitation__party=each).public_id) for each in (party, other))
    row = stored(summit, by, "name,passport number\nAda,P1\n", party=party)
    assert row.uploaded_by is None
    refuses(PermissionDenied, import_files.apply, sheet=row, by=foreign)
    import_files.apply(sheet=row, by=by)
    assert Particulars.objects.get().entered_for == party
    refuses(PermissionDenied, stored, summit, by, "name\nAda\n", party=other)
    monkeypatch.setattr(import_files, "MOST_OF_PARTY", 1)
    problem = refuses(ImportFileProblem, stored, summit, by, "name\nAda\nBea\n", party=party)
    assert str(problem) == "The table has more than 1 rows. Choose one with your own people alone."


class TestLongWork:
    def run(self, protocol: User, row: DelegationImportFile, action: str) -> str:
        params = {"sheet": row.public_id, "action": action}
        job = jobs_services.start(kind=import_job.NAME, by=protocol, summit=row.summit, params=params)
        runner.run(job.pk)
        job.refresh_from_db()
        assert job.problem == ""
        return import_job.READ_IN.result(job)

    def test_many_rows_are_looked_at_and_taken_over_by_a_worker(
        self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(import_files, "AT_ONCE", 2)
        row = stored(summit, protocol)
        assert import_files.report_of(row) is None
        assert self.run(protocol, row, LOOK).startswith("3 rows are looked at; nothing is written yet.")
        assert import_files.report_of(DelegationImportFile.objects.get()) is not None
        assert self.run(protocol, row, TAKE) == "3 rows are taken over."
        assert Person.objects.count() == 2
        # A worker that comes back after it was killed.
        assert self.run(protocol, row, TAKE) == "3 rows are taken over."
        import_files.discard(sheet=row, by=protocol)
        assert self.run(protocol, row, TAKE) == "The table was deleted meanwhile."


def test_what_nobody_takes_over_goes(summit: Summit, protocol: User) -> None:
    old, new, done = (stored(summit, protocol) for _number in range(3))
    import_files.apply(sheet=done, by=protocol)
    ago = timezone.now() - uploads_services.WAITS - timedelta(hours=1)
    DelegationImportFile.objects.filter(pk__in=[old.pk, done.pk]).update(uploaded_at=ago)
    Summit.objects.update(illustrative=True)
    nightly_purge.purge_all()
    assert set(DelegationImportFile.objects.values_list("pk", flat=True)) == {new.pk, done.pk}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestTwoBrowsers:
    def race(self) -> list[str]:
        """Let two take one sheet over; return what came of each."""
        summit = f.SummitFactory()
        Category.objects.of(summit)
        row = stored(summit, SYSTEM)
        both = [DelegationImportFile.objects.select_related("summit").get(pk=row.pk) for _number in range(2)]
        came = at_once(*(lambda mine=mine: import_files.apply(sheet=mine, by=SYSTEM) for mine in both))
        assert Membership.objects.count() == 2
        return sorted(type(each).__name__ for each in came)

    def test_it_is_taken_over_once(self) -> None:
        assert self.race() == ["ImportFileProblem", "ImportReport"]

    def test_control_without_the_claim_it_is_taken_over_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads_services, "claim", lambda row: True)
        assert self.race() == ["ImportReport", "ImportReport"]


class TestBlank:
    @pytest.mark.parametrize("language", ["en", "fr", "ar"])
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_its_headings_are_known_in_every_language(self, ending: str, language: str, summit: Summit) -> None:
        for purpose in ImportPurpose.values:
            wanted = blank_files.names(purpose)
            with translation.override(language):
                made = blank_files.write(wanted, ending=ending, categories=Category.objects.of(summit).values())
            found = column_recognition.recognise(tables.read(filename="x", content=made).headings)
            assert (list(found.known.values()), found.unknown, found.twice) == (wanted, [], [])

    def test_it_asks_for_nothing_that_its_reader_may_not_enter(self) -> None:
        assert "passport_number" not in blank_files.names(ImportPurpose.PEOPLE, allowed=["diet"])
        assert blank_files.names(ImportPurpose.PEOPLE, own=True)[0] == "name"
