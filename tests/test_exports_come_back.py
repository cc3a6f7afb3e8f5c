"""Each list that is exported and uploaded again: as it is it changes nothing, a changed cell changes one row, and a
number that is none of the list's adds nobody. A file that can't come in names the one that can."""

import csv
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from delegations.imports.definitions import PARTIES
from delegations.imports.selectors.person_row_form import RowForm
from delegations.members.models.categories import Category
from delegations.participants import list_xlsx
from summit.import_export import exported_lists
from summit.import_export.list_import import list_imports
from summit.imports import row_numbers, services
from summit.imports.definitions import DEFINITIONS, ImportProblem
from summit.imports.report import ImportReport
from summit.imports.table_definitions import TableImport
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.portal.delegation import helpers
from tests.ratchets import hold, table
from tests.summit.import_export.test_round_trips import TRIPS, World

pytestmark = pytest.mark.django_db
NUMBER, PUBLIC_ID = "Number in the system", "Public ID"
Rows = list[list[str]]


def _parties(summit: Summit, by: User) -> None:
    """Parties whose texts a cell can't hold as they are."""
    party = f.PartyFactory(summit=summit, name="France", iso_code="FR", formal_name="The  French\u00a0Republic")
    f.PartyNameFactory(party=party, name="Frankreich", language="fr")
    f.PartyFactory(summit=summit, name="=Zoo", kind="organisation", mission_email="zoo@example.org")


def _people(summit: Summit, by: User) -> None:
    """People of one name, of none, with texts and times that a cell can't hold as they are, and in no delegation."""
    _parties(summit, by)
    party, categories = summit.parties.get(name="France"), Category.objects.of(summit)
    f.CategoryFactory(summit=summit, code="twin", names=categories["adviser"].names or {"en": "Adviser"}, position=0)
    for number, code in enumerate(("adviser", "delegate")):
        values = {"name": "=Bea  Li", "email": f"bea{number}@example.org", "office": f"Envoy {number}"}
        person = f.PersonFactory(summit=summit, **values)
        f.MembershipFactory(party=party, person=person, category=categories[code], capacity=categories[code].capacity)
        texts = {"diet": "no nuts\n\nno  milk", "arrives_at": f.START + timedelta(seconds=7)}
        f.ParticularsFactory(person=person, entered_for=party, birth_date="1980-02-29", nationality="FR", **texts)
    f.MembershipFactory(party=party, person__name="", person__office="Minister", capacity="head")
    # What is stored is never refused, whatever one may enter today.
    old = {"passport_name": "آدا", "passport_number": "SPECIMEN0001"}
    member = f.MembershipFactory(party=party, person__name="Old", person__office="", capacity="delegate")
    f.ParticularsFactory(person=member.person, entered_for=party, **old)
    # A liaison officer, and somebody who has left.
    f.PersonFactory(summit=summit, name="Lia", email="lia@example.org")
    f.ParticularsFactory(person=f.PersonFactory(summit=summit, name="Leo"), entered_for=party, hotel="Ritz")


@dataclass(frozen=True)
class Pair:
    """An export and the upload that takes it: the kind of files, the path, what is made, and a cell that changes."""

    kind: str
    path: str
    make: Callable[[Summit, User], object]
    column: str
    value: str
    # The portal's export has no numbers of the system.
    number: str = NUMBER
    portal: bool = False


def _of_list(label: str, column: str, value: str) -> Pair:
    trip = TRIPS[label]

    def make(summit: Summit, by: User) -> None:
        Category.objects.of(summit)
        trip.needs(summit)
        trip.make(summit, by)

    return Pair(label, f"/admin/{label.replace('.', '/')}/table/", make, column, value)


CHANGES = {
    "summit.venue": ("Address", "2 Way"),
    "summit.room": ("Seats", "77"),
    "delegations.zone": ("Name", "Purple"),
    "delegations.category": ("Quota", "17"),
    "delegations.transferablepassrule": ("Passes", "5"),
    "delegations.declarationkind": ("Name in français", "Fusils"),
    "delegations.quota": ("Number", "9"),
    "delegations.partygroup": ("Name", "Lakes"),
    "delegations.retention": ("Days after the summit", "8"),
    "agenda.customkind": ("Name in français", "Marche"),
    "press.topic": ("Name in français", "Mers"),
    # Roles are given and taken, never changed: the row is refused.
    "summit.roleassignment": ("Email", "else@example.org"),
}
PAIRS = {
    "people at the desk": Pair("people", "/admin/summit/person/export/", _people, "Email", "new@example.org"),
    "people in the portal": Pair("people", "people/export/", _people, "Telephone", "+33 1 2", PUBLIC_ID, portal=True),
    "parties": Pair("parties", "/admin/delegations/party/export/", _parties, "Mission telephone", "+33 1"),
    **{label: _of_list(label, *change) for label, change in CHANGES.items()},
}


@pytest.fixture
def world() -> World:
    here, there = f.SummitFactory(slug="a"), f.SummitFactory(slug="b")
    by = f.UserFactory(is_superuser=True)
    for summit in (here, there):
        Category.objects.of(summit)
    return World(here, there, by, signed_in(by))


class Exchange:
    """One pair in a world: what goes out, and what is said of what comes in."""

    def __init__(self, pair: Pair, world: World) -> None:
        self.pair, self.by, self.party_key = pair, world.by, ""
        pair.make(world.here, world.by)
        self.client, self.summit, self.path = world.client, world.here, pair.path
        if pair.portal:
            party = world.here.parties.get(name="France")
            user = f.UserFactory()
            f.FocalPointFactory(party=party, person__user=user, person__name="Fay", person__summit=world.here)
            f.InvitationFactory(party=party, state="sent", sent_at=f.START)
            desk = helpers.World(party, user, signed_in(user))
            self.client, self.path, self.party_key, self.by = desk.client, desk.path(pair.path), party.public_id, user

    def export(self, ending: str) -> bytes:
        if "/table/" in self.path:
            summit_path = list_imports()[self.pair.kind].importable.viewset.summit_path
            asked = f"summit={self.summit.slug}&{summit_path}__id__exact={self.summit.pk}"
            answer: Any = self.client.post(f"{self.path}?{asked}", {"ending": ending}, follow=False)
            return b"".join(answer.streaming_content)
        answer = self.client.get(self.path, {"take": ending, "summit": self.summit.slug}, follow=True)
        assert answer.status_code == 200
        return bytes(answer.content)

    def upload(self, content: bytes) -> ImportReport:
        file = services.store(
            summit=self.summit,
            kind=self.pair.kind,
            filename="x",
            content=content,
            by=self.by,
            party_key=self.party_key,
        )
        report = services.report_of(file)
        assert report is not None
        return report


def cells_of(content: bytes, ending: str) -> Rows:
    """Return the cells as a spreadsheet program reads them."""
    if ending == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet: Any = load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def file_of(rows: Rows, ending: str) -> bytes:
    """Return a file with these cells."""
    if ending == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return text.getvalue().encode("utf-8-sig")
    book, output = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(output)
    return output.getvalue()


def with_cell(heads: list[str], row: list[str], column: str, value: Any) -> list[Any]:
    at = heads.index(column)
    return [*row[:at], value, *row[at + 1 :]]


def outcomes(report: ImportReport) -> list[str]:
    return [line.outcome for line in report.lines]


# All lists are written and read as XLSX by the same code.
BOTH = ("people at the desk", "people in the portal", "parties", "summit.room")


@pytest.mark.slow("looks at what each list exports twice")
@pytest.mark.parametrize(("name", "ending"), [(name, "csv") for name in PAIRS] + [(name, "xlsx") for name in BOTH])
def test_what_is_exported_comes_in(name: str, ending: str, world: World) -> None:
    exchange = Exchange(PAIRS[name], world)
    column, value, number = exchange.pair.column, exchange.pair.value, exchange.pair.number
    content = exchange.export(ending)
    heads, *rows = cells_of(content, ending)
    assert heads[0] == number
    # Unchanged.
    report = exchange.upload(content)
    same = ["same"] * len(rows)
    assert (outcomes(report), report.questions, report.facts["unknown"]) == (same, {}, [])
    assert [line.notes for line in report.lines if line.notes] == []
    # One cell; and further rows with a number of no row, and with one of another summit's.
    theirs = f.PartyFactory(summit=world.there)
    strangers = [
        "nothing" if number == PUBLIC_ID else 10**9,
        theirs.public_id if number == PUBLIC_ID else 10**9 + theirs.pk,
    ]
    first = with_cell(heads, rows[0], column, value)
    edited = [heads, first, *rows[1:], *(with_cell(heads, rows[0], number, each) for each in strangers)]
    report = exchange.upload(file_of(edited, ending))
    expected = "refused" if name == "summit.roleassignment" else "changed"
    assert outcomes(report) == [expected, *same[1:], "refused", "refused"]
    assert (len(report.lines[0].fields), report.questions) == (expected == "changed", {})
    for stranger, line in zip(strangers, report.lines[-2:], strict=True):
        [note] = line.notes
        said = f"No entry here has the “{number}” {stranger}. It was deleted, or it is from another summit or list."
        assert note.startswith(said)


def test_every_list_that_comes_in_is_exchanged() -> None:
    kinds = {kind for kind, each in DEFINITIONS.items() if isinstance(each, TableImport)}
    hold(table(kinds, {pair.kind for pair in PAIRS.values()}, f"{__file__} PAIRS"))


@pytest.mark.parametrize("name", ["summit.zone", "people at the desk"])
def test_rows_of_another_summit_add_nothing_until_their_numbers_are_cleared(name: str, world: World) -> None:
    pair = PAIRS.get(name) or PAIRS["delegations.zone"]
    exchange = Exchange(pair, world)
    rows = cells_of(exchange.export("csv"), "csv")
    exchange.summit = world.there
    assert set(outcomes(exchange.upload(file_of(rows, "csv")))) == {"refused"}
    without = [
        [cell for cell, head in zip(row, rows[0], strict=True) if head not in (NUMBER, PUBLIC_ID)] for row in rows
    ]
    # Delegations that the summit doesn't have are asked for first.
    assert {"new", "asks"} & set(outcomes(exchange.upload(file_of(without, "csv"))))


def test_a_number_and_an_id_of_two_rows_are_refused(world: World) -> None:
    exchange = Exchange(PAIRS["people at the desk"], world)
    heads, first_row, second, *_rest = cells_of(exchange.export("csv"), "csv")
    [first] = exchange.upload(file_of([heads, with_cell(heads, first_row, NUMBER, second[0])], "csv")).lines
    assert (first.outcome, first.notes[0][:56]) == (
        "refused",
        "“Number in the system” and “Public ID” are those of two ",
    )


@pytest.mark.parametrize("name", ["people at the desk", "people in the portal", "parties", "summit.venue"])
def test_the_number_and_one_more_column_are_enough(name: str, world: World) -> None:
    exchange = Exchange(PAIRS[name], world)
    heads, *rows = cells_of(exchange.export("csv"), "csv")
    kept = [heads.index(exchange.pair.number), heads.index(exchange.pair.column)]
    rows[0] = with_cell(heads, rows[0], exchange.pair.column, exchange.pair.value)
    report = exchange.upload(file_of([[row[at] for at in kept] for row in (heads, *rows)], "csv"))
    assert outcomes(report) == ["changed", *["same"] * (len(rows) - 1)]


class TestPeople:
    """What a number decides that no name can."""

    def lines(self, world: World, **cells: str) -> Any:
        exchange = Exchange(PAIRS["people at the desk"], world)
        rows = cells_of(exchange.export("csv"), "csv")
        at = {row[rows[0].index("Name")].lstrip("'"): row for row in rows[1:]}
        row = at[cells.pop("of")]
        for column, value in cells.items():
            row[rows[0].index(column.replace("_", " "))] = value
        [line] = exchange.upload(file_of([rows[0], row], "csv")).lines
        return line

    @pytest.mark.parametrize(
        ("cells", "outcome", "said"),
        [
            ({"of": "Lia", "Name": "Lea"}, "changed", "name"),
            ({"of": "Lia", "Delegation": "France"}, "changed", "category"),
            ({"of": "Lia", "Category": "adviser"}, "refused", "This person is in no delegation. Enter"),
            ({"of": "", "Name": "Now Known"}, "changed", "name"),
            ({"of": "", "Delegation": "=Zoo"}, "refused", "Minister belongs to France. A file doesn’t move"),
            ({"of": "", "Delegation": "Utopia"}, "refused", "Minister belongs to France. A file doesn’t move"),
        ],
    )
    def test_the_number_says_who(self, world: World, cells: dict[str, str], outcome: str, said: str) -> None:
        line = self.lines(world, **cells)
        assert (line.outcome, any(each.startswith(said) for each in line.fields + line.notes)) == (outcome, True)

    @pytest.mark.parametrize("part", ["number", "blanks"])
    def test_the_control(self, world: World, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without numbers a changed name is somebody new; without comparing blanks each export is a change."""
        if part == "number":
            monkeypatch.setattr(row_numbers, "find", lambda cells, known: None)
            assert self.lines(world, of="=Bea  Li", Name="Lea").outcome == "new"
        else:
            monkeypatch.setattr(RowForm, "_is_stored", lambda self, name, text: not text)
            assert self.lines(world, of="=Bea  Li").outcome == "changed"


# --- the wrong file -------------------------------------------------------------------------------------------------
def headings_of(label: str, ending: str) -> list[str]:
    """Return the headings of a list's export with the columns that it shows."""
    [found] = [
        each
        for each in exported_lists._exports()
        if each.export == exported_lists.name_of(label, exported_lists.LISTED)
        and (("number in the system" in each.every) if ending == "csv" else ("id" in each.every))
    ]
    return sorted(found.every)


def problem(content: bytes, kind: str, world: World, party_key: str = "") -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        services.store(summit=world.here, kind=kind, filename="x", content=content, by=world.by, party_key=party_key)
    return caught.value


@pytest.mark.slow("compares each list's headings with those of each other")
def test_each_list_is_told_from_each_that_comes_in(world: World) -> None:
    """By its headings alone: a list's own export is taken, every other one is named."""
    labels = [desk.opts.label_lower for desk in site._registry.values() if hasattr(desk, "further_headings")]
    assert len(labels) > 35
    wrong = []
    for kind, definition in DEFINITIONS.items():
        if not isinstance(definition, TableImport):
            continue
        recognised = definition.recognised(world.by)
        for label, ending in itertools.product(labels, ("csv", "json")):
            headings = headings_of(label, ending)
            # JSON without ids says too little where there are few columns, and has none that a list is known by.
            if ending == "csv" or len(headings) > exported_lists.FEWEST:
                found = exported_lists.other_title(headings, definition.export, recognised(headings))
                if bool(found) != (label != kind):
                    wrong.append((kind, label, ending, found))
    assert wrong == []


@pytest.mark.slow("uploads a file of each kind that is wrong")
def test_the_desk_names_the_right_file_and_offers_it(world: World) -> None:
    exchange = Exchange(PAIRS["people at the desk"], world)
    participants: Any = Workbook()
    participants.active.append(list_xlsx.headings())
    participants.active.append(["Delegations", "France", "", "", "Ada", "", "", ""])
    output = io.BytesIO()
    participants.save(output)
    listed = {
        label: f"/admin/{label.replace('.', '/')}/table/" for label in ("summit.person", "delegations.membership")
    }
    files = {path: exchange.client.post(f"{path}?summit=a", {"ending": "xlsx"}) for path in listed.values()}
    contents = {
        "Members": b"".join(files[listed["delegations.membership"]].streaming_content),
        "People": b"".join(files[listed["summit.person"]].streaming_content),
        "List of participants": output.getvalue(),
    }
    said = {
        "Members": "This file is an export of “Members”. Export “People” and choose that file.",
        "People": "This file has the columns of the list “People”, in which fields are joined or missing. Export it "
        "with every field and choose that file.",
        "List of participants": "This file is an export of “List of participants”. Export “People” and choose that "
        "file.",
    }
    for title, content in contents.items():
        file = SimpleUploadedFile("x.xlsx", content)
        values = {"summit": "a", "kind": "people", "file": file}
        page = exchange.client.post("/admin/delegations/delegationimportfile/upload/", values).content.decode()
        assert said[title] in page
        [address, *_others] = re.findall(r'<a href="(/admin/summit/person/export/[^"]*)"', page)
        right = exchange.client.get(address.replace("&amp;", "&")).content
        assert set(outcomes(exchange.upload(right))) == {"same"}


def test_portal_and_further_uploads_name_the_right_file(world: World) -> None:
    exchange = Exchange(PAIRS["people in the portal"], world)
    wrong = file_of(
        [["Number in the system", "Person", "Delegation", "Category", "State"], ["1", "Ada", "", "", ""]], "csv"
    )
    address = exchange.path.replace("export/", "table/")
    page = exchange.client.post(address, {"file": SimpleUploadedFile("x.csv", wrong)})
    assert page.status_code == 422
    [right, *_others] = re.findall(r'<a href="(/portal/[^"]*/people/export/[^"]*)"', page.content.decode())
    content = exchange.client.get(right.replace("&amp;", "&")).content
    assert set(outcomes(exchange.upload(content))) == {"same"}
    assert [label for _address, label in problem(wrong, "schedule", world).offers] == [
        "schedule.json",
        "schedule.xml",
    ]
    refusal = problem(wrong, "people", world)
    assert [address for address, _label in refusal.offers] == [
        f"/admin/summit/person/export/?summit__id__exact={world.here.pk}&summit=a&take={ending}"
        for ending in ("xlsx", "csv")
    ]
    assert PARTIES.exports(summit=world.here, party_key="", by=world.by)[0][0].startswith(
        "/admin/delegations/party/export/"
    )
