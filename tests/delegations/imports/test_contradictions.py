"""Rows of one file that contradict each other: asked about or refused, and the same file twice changes nothing."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from summit.imports.report import ImportReport
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import link
from tests.delegations.imports.conftest import into, outcomes, people
from tests.plan_apply_undo import few_examples, rolled_back, whole_database

pytestmark = pytest.mark.django_db
BOXES = "country,mission e-mail\nFrance,a@embassy.example\nFrance,b@embassy.example\n"
ENTER = {"* enter": "enter", "* kind": "organisation"}


@pytest.fixture
def france(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="France", iso_code="FR", mission_email="a@embassy.example")


class TestDelegations:
    @pytest.mark.parametrize("here", ["a@embassy.example", "b@embassy.example", "old@embassy.example", ""])
    def test_two_mailboxes_of_one_mission_are_asked_about_and_change_nothing(
        self, summit: Summit, france: Party, here: str
    ) -> None:
        Party.objects.update(mission_email=here)
        for _time in range(2):
            report = into(summit, BOXES)
            assert outcomes(report) == ["asks", "asks"]
            assert report.lines[0].notes == ["See the question in row 3."]
            [asked] = report.questions.values()
            text = "Mission email address: rows 2, 3 contradict each other. Which one is right?"
            assert (asked.key, asked.text) == ("3 contradiction mission_email", text)
            assert asked.choices == [["2", "“a@embassy.example” (row 2)"], ["3", "“b@embassy.example” (row 3)"]]
            assert Party.objects.get().mission_email == here

    @pytest.mark.parametrize(("answer", "expected"), [("2", ["same", "same"]), ("3", ["same", "changed"])])
    def test_the_answer_counts_and_the_file_twice_changes_nothing(
        self, summit: Summit, france: Party, answer: str, expected: list[str]
    ) -> None:
        answers = {"* contradiction mission_email": answer}
        assert outcomes(into(summit, BOXES, answers=answers)) == expected
        assert Party.objects.get().mission_email == f"{'ab'[int(answer) - 2]}@embassy.example"
        assert into(summit, BOXES, answers=answers).writes == into(summit, BOXES).writes == 0

    def test_a_delegation_that_the_file_adds(self, summit: Summit) -> None:
        report = into(summit, BOXES, answers=ENTER)
        assert (outcomes(report), list(report.questions)[1:]) == (["new", "asks"], ["3 contradiction mission_email"])
        assert Party.objects.get().mission_email == ""
        answers = {"3 contradiction mission_email": "3"}
        assert outcomes(into(summit, BOXES, answers=answers)) == ["same", "changed"]
        Party.objects.all().delete()
        assert outcomes(into(summit, BOXES, answers=answers | ENTER)) == ["new", "same"]
        assert Party.objects.get().mission_email == "b@embassy.example"

    def test_two_names_that_are_both_confirmed(self, summit: Summit, france: Party) -> None:
        text = "country,formal name\nFrance,One\nFrance,Two\n"
        for _time in range(2):
            report = into(summit, text, answers={"* formal_name": "take"})
            assert outcomes(report) == ["asks", "asks"]
        assert Party.objects.get().formal_name == france.formal_name
        answers = {"* formal_name": "take", "3 contradiction formal_name": "3"}
        assert outcomes(into(summit, text, answers=answers)) == ["same", "changed"]
        assert (into(summit, text, answers=answers).writes, Party.objects.get().formal_name) == (0, "Two")

    def test_people_of_such_rows_are_written(self, summit: Summit, france: Party) -> None:
        text = "country,mission e-mail,name\nFrance,a@embassy.example,Ada\nFrance,b@embassy.example,Bea\n"
        assert outcomes(into(summit, text)) == ["new", "new"]
        assert outcomes(into(summit, text)) == ["asks", "asks"]
        assert people("name") == ["Ada", "Bea"]


class TestPeople:
    def test_rows_that_are_said_to_mean_one_person_may_add_but_not_contradict(
        self, summit: Summit, france: Party
    ) -> None:
        text = (
            "delegation,name,office,e-mail,rank\nFrance,Ada Example,Minister,a@x.example,\n"
            "France,Ada Example,Adviser,a@x.example,\nFrance,Ada Example,Minister,,General\n"
        )
        answers = {"3 person": "row 2", "4 person": "row 2"}
        report = into(summit, text, answers=answers)
        assert outcomes(report) == ["new", "refused", "changed"]
        said = "Row 2 names the same person with another value: office held. Correct one of them."
        assert report.lines[1].notes == [said]
        assert people("office", "email", "rank") == [("Minister", "a@x.example", "General")]
        assert into(summit, text).writes == 0

    @pytest.mark.parametrize("first", ["", "delegate"])
    def test_two_categories_of_one_person(self, summit: Summit, france: Party, first: str) -> None:
        text = f"delegation,name,category\nFrance,Ada,{first}\nFrance,Ada,adviser\n"
        for outcome in ("new", "same"):
            report = into(summit, text)
            assert outcomes(report) == [outcome, "refused"]
            said = "Row 2 names the same person with another value: Category. Correct one of them."
            assert report.lines[1].notes == [said]
            assert Membership.objects.get().category.code == "delegate"

    def test_a_row_with_the_name_that_another_row_replaces_is_a_new_person_at_once(
        self, summit: Summit, france: Party
    ) -> None:
        into(summit, "delegation,person key,name\nFrance,Q1,Ada\n")
        text = "delegation,person key,name\nFrance,Q1,Bea\nFrance,,Ada\n"
        assert outcomes(into(summit, text)) == ["changed", "new"]
        assert (outcomes(into(summit, text)), people("name")) == (["same", "same"], ["Bea", "Ada"])


COLUMNS = {
    "party": ["France", "FRANCE", "Italy", "European Union"],
    "iso2": ["", "", "FR"],
    "formal name": ["", "French Republic", "République française"],
    "alphabetical key": ["", "F", "G"],
    "mission e-mail": ["", "a@embassy.example", "b@embassy.example"],
    "mission telephone": ["", "+44 20 7946 0001", "+44 20 7946 0002"],
    "name": ["", "Ada Example", "Example Ada", "Bea", "Cai Other"],
    "office": ["", "Minister", "Adviser"],
    "category": ["", "delegate", "adviser"],
    "e-mail": ["", "a@x.example", "b@x.example"],
    "rank": ["", "General", "Admiral"],
    "passport number": ["", "", "X1"],
    "person id": ["", "", "1", "2"],
    # Of people who are there: in the party, in none, in another.
    "number in the system": ["", "", "Ada", "Bea", "Cai"],
}
ANSWERS = {
    "enter": ["enter"],
    "kind": ["organisation"],
    "formal_name": ["keep", "take"],
    "name": ["keep", "take"],
    "sort_key": ["keep", "take"],
    "person": ["other", *(f"row {number}" for number in range(2, 6))],
    **{f"contradiction {name}": ["2", "3", "4"] for name in ("mission_email", "mission_phone", "formal_name")},
}
ROW = st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in COLUMNS.items()})


def written(rows: list[dict[str, Any]], *, left_out: str = "") -> str:
    text = io.StringIO()
    names = [name for name in COLUMNS if name != left_out]
    writer = csv.DictWriter(text, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def twice(summit: Summit, text: str, answers: dict[str, str], **values: Any) -> tuple[ImportReport, ImportReport]:
    with rolled_back():
        first = into(summit, text, answers=answers, **values)
        after = whole_database()
        # Who imports the file again decides nothing anew.
        second = into(summit, text, **values)
        assert (second.writes, whole_database() == after) == (0, True)
    return first, second


@pytest.mark.slow("reads the whole database after each step")
@given(
    rows=st.lists(ROW, min_size=2, max_size=4),
    answers=st.fixed_dictionaries({f"* {kind}": st.sampled_from(["", *given]) for kind, given in ANSWERS.items()}),
    own=st.booleans(),
)
@settings(few_examples, max_examples=40)
def test_any_file_twice_changes_nothing(
    rows: list[dict[str, Any]], answers: dict[str, str], own: bool, summit: Summit, france: Party
) -> None:
    if not Person.objects.exists():
        f.MembershipFactory(party=france, person__name="Ada Example", person__office="Minister")
        f.PersonFactory(summit=summit, name="Bea Example")
        f.MembershipFactory(party__summit=summit, person__name="Cai Example")
    numbers = {
        name.split()[0]: str(pk) for name, pk in Person.objects.filter(summit=summit).values_list("name", "pk")
    }
    heading = "number in the system"
    rows = [{**row, heading: numbers.get(row[heading], "")} for row in rows]
    values: dict[str, Any] = {"party": france, "by": link(france)} if own else {}
    twice(summit, written(rows, left_out="party" if own else ""), answers, **values)
