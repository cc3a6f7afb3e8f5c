"""Files that people upload, read as tables."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from delegations.domain.columns import recognise
from delegations.fields import PARTICULARS, PERSON
from summit.tables import reading as tables
from summit.tables.harmless import harmless
from summit.tables.reading import TableProblem, read


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(TableProblem) as problem:
        read(filename="x.csv", content=content)
    return str(problem.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_separated_files_in_unicode(encoding: str, sign: str) -> None:
    text = f"party{sign}name\r\nTürkiye{sign}العربية\r\n\r\nCôte d’Ivoire\r\n"
    table = read(filename="x.csv", content=text.encode(encoding))
    assert table.headings == ["party", "name"]
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ["Türkiye", "العربية"]),
        (4, ["Côte d’Ivoire", ""]),
    ]


def test_letters_of_older_machines() -> None:
    text = "pays;nom\n" + "Côte d’Ivoire;Amélie Éléonore Lefèvre\nRépublique tchèque;François Garçon\n" * 20
    assert read(filename="x.csv", content=text.encode("cp1252")).rows[0].cells[0] == "Côte d’Ivoire"


def test_quoted_cells_hold_signs_and_lines() -> None:
    table = read(filename="x.csv", content=b'party,name\nUnited States,"Biden, Jr"\nItaly,"two\nlines"\n')
    assert [row.cells[1] for row in table.rows] == ["Biden, Jr", "two lines"]
    assert refusal(b'party,name\nItaly,"open\n').startswith("Row 2 can’t be read: a quotation mark is open")


def test_spreadsheets() -> None:
    # Spreadsheets know no zones.
    moment = datetime(2025, 3, 31, 9, 5)  # noqa: DTZ001
    rows = [["party", "n", "day", "at", "yes"], ["Italy", 3.0, date(2025, 3, 31), moment, True]]
    table = read(filename="x.xlsx", content=xlsx(*rows, [None] * 5, ["Malta", 2.5, None, "  a  b ", False]))
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ["Italy", "3", "2025-03-31", "2025-03-31 09:05", "1"]),
        (4, ["Malta", "2.5", "", "a b", "0"]),
    ]


def test_formulas_are_not_evaluated() -> None:
    table = read(filename="x.xlsx", content=xlsx(["party", "name"], ["Italy", "=1+1"]))
    # The file keeps no value with it: it was never opened in a spreadsheet.
    assert table.rows[0].cells == ["Italy", ""]


def test_what_is_no_table() -> None:
    assert refusal(b"  \n ") == "The file is empty. Choose the one that holds the table."
    assert refusal(b"PK\x03\x04nonsense").startswith("This spreadsheet can’t be read.")
    assert refusal(b"\xd0\xcf\x11\xe0old").startswith("This is an old or locked spreadsheet.")
    assert refusal(xlsx([])).startswith("The table is empty.")
    assert refusal(b"a,b\n1,2,3\n").startswith("Row 2 has more cells than there are headings.")
    assert refusal(b"a\n" + b"x" * 2001).startswith("A cell has more than 2000 characters.")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    assert refusal(b"a\n1\n2\n3\n") == "The table has more than 2 rows. Split it."
    monkeypatch.setattr(tables, "MOST_COLUMNS", 1)
    assert refusal(b"a,b\n1,2\n") == "The table has more than 1 columns. Take some out."
    monkeypatch.setattr(tables, "MOST_BYTES", 3)
    assert refusal(b"aaaaaa").startswith("The file has more than 0 MB.")


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_000)
    monkeypatch.setattr(tables, "MOST_UNPACKED", 100_000)
    assert refusal(packed.getvalue()) == "The spreadsheet is too large when it is unpacked. Save the table as CSV."


def people(rows: int) -> bytes:
    return xlsx(*([f"Person {number}"] for number in range(rows)))


def test_what_packs_well_and_would_take_long_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "FEW_SIGNS", 3_000)
    content = people(1_000)
    said = "The spreadsheet has too many cells, empty ones with a frame or a colour among them. Save it as CSV."
    with pytest.raises(TableProblem) as problem:
        read(filename="x", content=content, few=True)
    assert str(problem.value) == said
    # A desk reads larger ones.
    assert len(read(filename="x", content=content).rows) == 999
    monkeypatch.setattr(tables, "MOST_SIGNS", 3_000)
    assert refusal(content) == said


def test_control_without_counting_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "FEW_SIGNS", 3_000)
    monkeypatch.setattr(tables, "_check_packed", lambda content, few: None)
    assert len(read(filename="x", content=people(1_000), few=True).rows) == 999


def test_as_many_as_a_delegation_and_a_desk_may_have_are_read() -> None:
    assert len(read(filename="x", content=people(401), few=True).rows) == 400


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n\0\0", b"MZ\x90\0\x03\0"])
def test_what_is_another_kind_of_file(content: bytes) -> None:
    assert refusal(content) == "This file is no table. Choose one that was saved as XLSX or CSV."


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@x", "\t=1", " =1", "plain", "'quoted", ""])
def test_what_leaves_harmless_comes_back_as_it_was(text: str) -> None:
    out = harmless(text)
    assert not out.lstrip().startswith(("=", "+", "-", "@"))
    file = io.StringIO()
    csv.writer(file).writerows([["party", "name"], ["Italy", out]])
    back = read(filename="x.csv", content=file.getvalue().encode()).rows[0].cells[1]
    assert back == " ".join(text.split())


class TestColumns:
    @pytest.mark.parametrize(
        ("heading", "name"),
        [
            ("Country", "party"),
            ("iso3", "iso3"),
            ("ISO-3166", "iso2"),
            ("speaker", "head"),
            ("Chef de délégation", "head"),
            ("post", "office"),
            ("E-Mail", "email"),
            ("الوفد", "party"),
            ("Date of  birth", "birth_date"),
            ("passport_number", "passport_number"),
        ],
    )
    def test_known_words(self, heading: str, name: str) -> None:
        assert recognise([heading]).known == {0: name}

    def test_every_field_of_a_person_is_known_by_its_own_name(self) -> None:
        for name in (*PERSON, *PARTICULARS):
            assert recognise([name]).known == {0: name}

    def test_what_is_not_known_and_what_is_there_twice_is_told(self) -> None:
        found = recognise(["order", "Name", "full name", "", "Shoe size"])
        assert (found.known, found.unknown, found.twice) == ({1: "name"}, ["order", "Shoe size"], ["full name"])
