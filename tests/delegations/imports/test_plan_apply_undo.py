"""Random tables of parties and people: imported as previewed, nothing the second time, and undone without a trace."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delegations.parties.models.policy import Policy
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.plan_apply_undo import check, few_examples
from tests.schemas import DATA, needs_data

pytestmark = pytest.mark.django_db
COLUMNS = {
    "party": ["France", "Italy", "Aland", "European Union", ""],
    "formal name": ["", "French Republic", "République française"],
    "mission e-mail": ["", "a@embassy.example", "no mailbox"],
    "name": ["", "Ada Example", "Example Ada", "Bea Other", "Cai"],
    "office": ["", "Minister", "Adviser"],
    "category": ["", "head", "delegate", "adviser", "wizard"],
    "e-mail": ["", "ada@x.example", "bea@x.example"],
    "passport number": ["", "X1", "X2"],
    "arrives": ["", "2025-03-30 14:30", "03/04/2025"],
    "person id": ["", "1", "2"],
}
ROW = st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in COLUMNS.items()})
ROWS = st.lists(ROW, min_size=3, max_size=6)


@pytest.fixture(autouse=True)
def rows(summit: Summit) -> None:
    """Two parties, one with a member, and a kind of transferable pass for every two people."""
    Policy.objects.of(summit)
    f.TransferablePassRuleFactory(summit=summit, people=2, passes=1)
    france = f.PartyFactory(summit=summit, name="France", iso_code="FR")
    f.MembershipFactory(party=france, person__name="Ada Example", person__office="Minister")
    f.PartyFactory(summit=summit, name="Italy", iso_code="IT")


@needs_data
@pytest.mark.slow("a real table of 193 speakers")
def test_the_list_of_the_general_debate(summit: Summit, protocol: User) -> None:
    content = (DATA / "unga-77" / "speakers.csv").read_bytes()
    answers = {"* enter": "enter", "* kind": "international"}
    report = check(
        summit=summit, kind="people", filename="speakers.csv", content=content, by=protocol, answers=answers
    )
    # Two of the parties are here already.
    assert (report.counts["new"], report.counts["refused"], report.counts["asks"]) == (193, 0, 0)


@pytest.mark.slow("reads the whole database after each step")
@given(table=ROWS, kind=st.sampled_from(["people", "parties"]))
@settings(few_examples, max_examples=5)
def test_a_random_table(table: list[dict[str, Any]], kind: str, summit: Summit, protocol: User) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS))
    writer.writeheader()
    # A row of empty cells is no row, and a table has one row at least.
    writer.writerows([row for row in table if any(row.values())] or [{"party": "Italy", "name": "Dora"}])
    check(summit=summit, kind=kind, filename="x.csv", content=text.getvalue().encode(), by=protocol)
