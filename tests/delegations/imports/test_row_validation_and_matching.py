"""Rows that are read as a person would read them: one cell that is wrong keeps none of the others back, and people of
one word are not one person."""

from typing import Any

import pytest

from delegations.imports.selectors import person_row_form, row_matching
from delegations.imports.services.importer import read_in
from delegations.members.models.categories import Category
from delegations.members.models.duplicates import DuplicateCandidate, DuplicateReason
from summit.audit.services import SYSTEM
from summit.imports.report import ImportReport
from summit.imports.table_parsing import read
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    made: Summit = f.SummitFactory()
    Category.objects.of(made)
    for name, code in (("France", "FR"), ("Italy", "IT"), ("Kenya", "KE")):
        f.PartyFactory(summit=made, name=name, iso_code=code)
    return made


def into(summit: Summit, text: str) -> ImportReport:
    return read_in(summit=summit, table=read(filename="x.csv", content=text.encode()), by=SYSTEM)


def outcomes(report: ImportReport) -> list[str]:
    return [line.outcome for line in report.lines]


def people() -> list[tuple[str, str, str]]:
    return list(Person.objects.order_by("pk").values_list("name", "office", "email"))


BAD = "delegation,name,office,e-mail,language\nFrance,Ada Example,Minister,nonsense,tlhIngan\n"
LEFT = [
    "email: Enter a full email address, such as office@mission.example. The cell is skipped.",
]


class TestOneBadCell:
    def test_the_others_are_read_and_it_is_told(self, summit: Summit) -> None:
        report = into(summit, BAD)
        assert (outcomes(report), report.counts["odd"]) == (["new"], 1)
        assert report.lines[0].notes[:1] == LEFT
        assert all(note.endswith("The cell is skipped.") for note in report.lines[0].notes)
        assert people() == [("Ada Example", "Minister", "")]
        # Twice is as once.
        assert outcomes(into(summit, BAD)) == ["same"]

    def test_what_was_there_stays(self, summit: Summit) -> None:
        into(summit, "delegation,name,office,e-mail\nFrance,Ada Example,Minister,a@x.example\n")
        report = into(summit, "delegation,name,office,rank,e-mail\nFrance,Ada Example,Minister,General,nonsense\n")
        assert (outcomes(report), report.lines[0].fields) == (["changed"], ["rank"])
        assert people() == [("Ada Example", "Minister", "a@x.example")]

    def test_who_somebody_is_must_be_right(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        long = f"delegation,name,office\nFrance,{'A' * 300},Minister\n"
        assert (outcomes(into(summit, long)), people()) == (["refused"], [])
        # Control: left out too, the office alone would be entered.
        monkeypatch.setattr(person_row_form, "WHO", ())
        assert (outcomes(into(summit, long)), people()) == (["new"], [("", "Minister", "")])

    def test_a_row_with_a_mailbox_and_nobody_is_told(self, summit: Summit) -> None:
        report = into(summit, "delegation,name,e-mail\nFrance,,a@x.example\n")
        assert report.lines[0].notes == ["This row names no person. Enter a name or the office held."]


TWELVE = "delegation,name,office,e-mail\n" + "".join(
    f"France,Ahmad,Adviser {number},a{number}@x.example\n" for number in range(12)
)


class TestNamesOfOneWord:
    def test_twelve_of_one_delegation_are_twelve(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        assert outcomes(into(summit, TWELVE)) == ["new"] * 12
        assert outcomes(into(summit, TWELVE)) == ["same"] * 12
        # Somebody who was there may hold another office now.
        moved = into(summit, "delegation,name,office\nFrance,Ahmad,Minister\n")
        assert outcomes(moved) == ["asks"]
        # Control: as for names of several words, each was asked about.
        Person.objects.all().delete()
        monkeypatch.setattr(row_matching, "is_single", lambda name: False)
        assert outcomes(into(summit, TWELVE)) == ["new", *["asks"] * 11]

    def test_in_several_delegations_they_resemble_nobody(self, summit: Summit) -> None:
        rows = "delegation,name,office\n" + "".join(
            f"{name},{{0}},Minister\n" for name in ("France", "Italy", "Kenya")
        )
        report = into(summit, rows.format("Ahmad"))
        assert [line.notes for line in report.lines] == [[], [], []]
        assert not DuplicateCandidate.objects.exists()
        # A full name does, in a script without spaces too.
        for name, number in (("Ada Example", 3), ("习近平", 3)):
            DuplicateCandidate.objects.all().delete()
            into(summit, rows.format(name))
            found: Any = DuplicateCandidate.objects.filter(why=DuplicateReason.NAME)
            assert found.count() == number
