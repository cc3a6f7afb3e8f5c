"""Uploaded tables: kept, looked at, taken over once, deleted."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone, translation

from delegations import reading
from delegations.domain import columns, nightly, sheets
from delegations.domain.sheets import SheetProblem
from delegations.models import Category, Membership, Particulars, Party, Sheet, SheetPurpose
from delegations.printed import blank
from summit.domain import uploaded
from summit.domain.audit import SYSTEM, Link
from summit.models import AuditEntry, Person, Role, Summit, User
from summit.tables import reading as tables
from summit.uploads.working import LOOK, TAKE
from summit.work.domain import jobs, running
from tests import factories as f

pytestmark = pytest.mark.django_db

TEXT = "party,name,e-mail\nFrance,Ada Example,ada@x.example\nItaly,Bea Example,\nnowhere,,\n"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory()
    Category.objects.of(found)
    return found


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


def stored(summit: Summit, by: Any, text: str = TEXT, **more: Any) -> Sheet:
    values = {"purpose": SheetPurpose.PEOPLE, "filename": "C:\\lists\\people.csv", **more}
    return sheets.store(summit=summit, by=by, content=text.encode(), **values)


class TestStore:
    def test_it_is_looked_at_and_nothing_is_written(self, summit: Summit, protocol: User) -> None:
        row = stored(summit, protocol)
        report = sheets.report_of(row)
        assert report is not None
        assert report.counts == {"new": 3, "changed": 0, "same": 0, "refused": 0, "odd": 1}
        assert (row.filename, row.uploaded_by, row.applied_at) == ("people.csv", protocol, None)
        assert not Party.objects.exists()
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == ("delegations.sheet.add", {"lines": 3})
        assert "Ada" not in json.dumps(entry.detail)

    def test_a_delegations_spreadsheet_may_not_be_as_large_as_a_desks(
        self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        party = f.PartyFactory(summit=summit)
        monkeypatch.setattr(tables, "FEW_SIGNS", 5)
        content = blank.write(["name"], ending="xlsx", categories=[])
        values = {"summit": summit, "purpose": SheetPurpose.PEOPLE, "filename": "x", "content": content}
        with pytest.raises(SheetProblem, match=r"^The table has headings and no rows"):
            sheets.store(by=protocol, **values)
        with pytest.raises(SheetProblem, match=r"^The spreadsheet has too many cells"):
            sheets.store(by=protocol, party=party, **values)

    def test_rows_and_report_are_encrypted(self, summit: Summit, protocol: User) -> None:
        stored(summit, protocol)
        with connection.cursor() as cursor:
            cursor.execute("SELECT content, report FROM delegations_sheet")
            content, report = (bytes(value) for value in cursor.fetchone())
        assert b"Ada" not in content + report

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "The file is empty. Choose the one that holds the table."),
            ("party,name\n", "The table has headings and no rows. Fill in a row for each, and choose it again."),
            ("party,shoe size\nFrance,42\n", "No column names people."),
            ("name,office\nAda,Minister\n", "No column says who is meant."),
        ],
    )
    def test_what_is_no_table_of_people(self, text: str, said: str, summit: Summit, protocol: User) -> None:
        with pytest.raises(SheetProblem) as problem:
            stored(summit, protocol, text)
        assert str(problem.value).startswith(said)
        assert not Sheet.objects.exists()

    def test_strangers_store_nothing(self, summit: Summit) -> None:
        for by in (f.UserFactory.with_role(Role.VETTING, summit), Link("none")):
            with pytest.raises(PermissionDenied):
                stored(summit, by)


class TestTake:
    def test_it_writes_and_forgets_the_rows(self, summit: Summit, protocol: User) -> None:
        row = stored(summit, protocol)
        report = sheets.take(sheet=row, by=protocol)
        assert (report.writes, Person.objects.count(), Party.objects.count()) == (3, 2, 3)
        row = Sheet.objects.get()
        assert (bytes(row.content), row.applied_at is not None) == (b"", True)
        assert sheets.report_of(row) == report

    def test_a_second_time_it_says_so(self, summit: Summit, protocol: User) -> None:
        row = stored(summit, protocol)
        sheets.take(sheet=row, by=protocol)
        for act in (sheets.take, sheets.look):
            with pytest.raises(SheetProblem) as problem:
                act(sheet=Sheet.objects.get(), by=protocol)
            assert str(problem.value).startswith("This table is taken over or deleted already.")

    def test_what_goes_wrong_leaves_it_to_be_taken(
        self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = stored(summit, protocol)
        monkeypatch.setattr(sheets, "read_in", lambda **values: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sheets.take(sheet=row, by=protocol)
        assert Sheet.objects.get().applied_at is None

    def test_deleted(self, summit: Summit, protocol: User) -> None:
        row = stored(summit, protocol)
        sheets.drop(sheet=row, by=protocol)
        assert not Sheet.objects.exists()
        with pytest.raises(SheetProblem):
            sheets.take(sheet=row, by=protocol)


class TestOneParty:
    def test_a_focal_point_for_its_own_people(self, summit: Summit) -> None:
        party, other = f.PartyFactory(summit=summit, name="France"), f.PartyFactory(summit=summit, name="Italy")
        by = Link(f.InvitationLinkFactory(invitation__party=party).public_id)
        row = stored(summit, by, "name,passport number\nAda,P1\n", party=party)
        assert row.uploaded_by is None
        sheets.take(sheet=row, by=by)
        assert Particulars.objects.get().entered_for == party
        with pytest.raises(PermissionDenied):
            stored(summit, by, "name\nAda\n", party=other)
        with pytest.raises(PermissionDenied):
            sheets.take(sheet=row, by=Link(f.InvitationLinkFactory(invitation__party=other).public_id))

    def test_not_too_many(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        party = f.PartyFactory(summit=summit, name="France")
        by = Link(f.InvitationLinkFactory(invitation__party=party).public_id)
        monkeypatch.setattr(sheets, "MOST_OF_PARTY", 1)
        with pytest.raises(SheetProblem) as problem:
            stored(summit, by, "name\nAda\nBea\n", party=party)
        assert str(problem.value) == "The table has more than 1 rows. Choose one with your own people alone."


class TestLongWork:
    def run(self, protocol: User, row: Sheet, deed: str) -> str:
        params = {"sheet": row.public_id, "deed": deed}
        job = jobs.start(kind=reading.NAME, by=protocol, summit=row.summit, params=params)
        running.run(job.pk)
        job.refresh_from_db()
        assert job.problem == ""
        return reading.READ_IN.result(job)

    def test_many_rows_are_looked_at_and_taken_over_by_a_worker(
        self, summit: Summit, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sheets, "AT_ONCE", 2)
        row = stored(summit, protocol)
        assert sheets.report_of(row) is None
        assert self.run(protocol, row, LOOK).startswith("3 rows are looked at; nothing is written yet.")
        assert sheets.report_of(Sheet.objects.get()) is not None
        assert self.run(protocol, row, TAKE) == "3 rows are taken over."
        assert Person.objects.count() == 2
        # A worker that comes back after it was killed.
        assert self.run(protocol, row, TAKE) == "3 rows are taken over."
        sheets.drop(sheet=row, by=protocol)
        assert self.run(protocol, row, TAKE) == "The table was deleted meanwhile."


def test_what_nobody_takes_over_goes(summit: Summit, protocol: User) -> None:
    old, new, done = (stored(summit, protocol) for _number in range(3))
    sheets.take(sheet=done, by=protocol)
    ago = timezone.now() - uploaded.WAITS - timedelta(hours=1)
    Sheet.objects.filter(pk__in=[old.pk, done.pk]).update(uploaded_at=ago)
    Summit.objects.update(illustrative=True)
    nightly.purge_all()
    assert set(Sheet.objects.values_list("pk", flat=True)) == {new.pk, done.pk}


@pytest.mark.django_db(transaction=True)
class TestTwoBrowsers:
    def race(self) -> list[str]:
        summit = f.SummitFactory()
        Category.objects.of(summit)
        row, ready = stored(summit, SYSTEM), threading.Barrier(2)
        told: list[str] = []

        def press() -> None:
            try:
                mine = Sheet.objects.select_related("summit").get(pk=row.pk)
                ready.wait(10)
                sheets.take(sheet=mine, by=SYSTEM)
                told.append("taken")
            except SheetProblem:
                told.append("told")
            except Exception as problem:
                told.append(repr(problem))
            finally:
                connection.close()

        threads = [threading.Thread(target=press) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert Membership.objects.count() == 2
        return sorted(told)

    def test_it_is_taken_over_once(self) -> None:
        assert self.race() == ["taken", "told"]

    def test_control_without_the_claim_it_is_taken_over_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploaded, "claim", lambda row: True)
        assert self.race() == ["taken", "taken"]


class TestBlank:
    @pytest.mark.parametrize("language", ["en", "fr", "ar"])
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    @pytest.mark.parametrize("purpose", SheetPurpose.values)
    def test_its_headings_are_known_in_every_language(
        self, purpose: str, ending: str, language: str, summit: Summit
    ) -> None:
        wanted = blank.names(purpose)
        with translation.override(language):
            made = blank.write(wanted, ending=ending, categories=Category.objects.of(summit).values())
        head = tables.read(filename="x", content=made).headings
        found = columns.recognise(head)
        assert (list(found.known.values()), found.unknown, found.twice) == (wanted, [], [])

    def test_it_asks_for_nothing_that_its_reader_may_not_enter(self) -> None:
        assert "passport_number" not in blank.names(SheetPurpose.PEOPLE, allowed=["diet"])
        assert blank.names(SheetPurpose.PEOPLE, own=True)[0] == "name"
