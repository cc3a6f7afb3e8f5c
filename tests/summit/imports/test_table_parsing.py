"""Files that people upload, read as tables."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from delegations.imports.column_recognition import recognise, recognised
from delegations.members.person_field_groups import PARTICULARS, PERSON
from summit.core.csv_injection import harmless
from summit.imports import table_parsing
from summit.imports.definitions import ImportProblem
from summit.imports.table_parsing import read
from tests.delegations.helpers import refuses

OTHER = "This file is not a spreadsheet. Choose one saved as XLSX or CSV."


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def refusal(content: bytes) -> str:
    problem = refuses(ImportProblem, read, filename="x.csv", content=content)
    return str(problem)


def test_separated_files_in_unicode_and_older_letters() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        for sign in (",", ";", "\t", "|"):
            text = f"party{sign}name\r\nTürkiye{sign}العربية\r\n\r\nCôte d’Ivoire\r\n"
            table = read(filename="x.csv", content=text.encode(encoding))
            assert table.headings == ["party", "name"]
            rows = [(row.number, row.cells) for row in table.rows]
            assert rows == [(2, ["Türkiye", "العربية"]), (4, ["Côte d’Ivoire", ""])], (encoding, sign)
    # Letters of older machines.
    text = "pays;nom\n" + "Côte d’Ivoire;Amélie Éléonore Lefèvre\nRépublique tchèque;François Garçon\n" * 20
    assert read(filename="x.csv", content=text.encode("cp1252")).rows[0].cells[0] == "Côte d’Ivoire"


def test_quoted_cells_hold_signs_and_lines() -> None:
    table = read(filename="x.csv", content=b'party,name\nUnited States,"Biden, Jr"\nItaly,"two\nlines"\n')
    assert [row.cells[1] for row in table.rows] == ["Biden, Jr", "two lines"]
    assert refusal(b'party,name\nItaly,"open\n').startswith(
        "Row 2 can’t be read because of a misplaced quotation mark"
    )
    # A line of a megabyte has no quotation mark at all.
    assert refusal(b"party,name\n" + b"x" * 1024**2) == "A cell has more than 32767 characters. Shorten it."


def test_spreadsheets() -> None:
    # Spreadsheets know no zones.
    moment = datetime(2025, 3, 31, 9, 5)  # noqa: DTZ001
    rows = [["party", "n", "day", "at", "yes"], ["Italy", 3.0, date(2025, 3, 31), moment, True]]
    table = read(filename="x.xlsx", content=xlsx(*rows, [None] * 5, ["Malta", 2.5, None, "  a  b ", False]))
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ["Italy", "3", "2025-03-31", "2025-03-31 09:05", "1"]),
        (4, ["Malta", "2.5", "", "a b", "0"]),
    ]
    # Formulas are not evaluated. The file keeps no value with one: it was never opened in a spreadsheet.
    table = read(filename="x.xlsx", content=xlsx(["party", "name"], ["Italy", "=1+1"]))
    assert table.rows[0].cells == ["Italy", ""]


def test_what_is_no_table() -> None:
    for content, said in (
        (b"  \n ", "The file is empty. Choose another file."),
        (b"PK\x03\x04nonsense", "This spreadsheet can’t be read."),
        (b"\xd0\xcf\x11\xe0old", "This spreadsheet is locked or in an old format."),
        (xlsx([]), "The file is empty."),
        (b"a\n" + b"x" * 32768, "A cell has more than 32767 characters."),
        *((magic, OTHER) for magic in (b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n\0\0", b"MZ\x90\0\x03\0")),
    ):
        assert refusal(content).startswith(said)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_parsing, "TABLE", replace(table_parsing.TABLE, entries=2))
    for most, said in (
        (2, ""),
        (3, "The file has more than 2 rows. Split it."),
        (40, "The file has more than 2 rows. Split it."),
    ):
        rows = [[number] for number in range(1, most + 1)]
        lines = "".join(f"{number}\n" for (number,) in rows)
        objects = json.dumps([{"a": number} for (number,) in rows])
        # A sheet isn't cut in silence: its reader says that there is more.
        for content in (f"a\n{lines}".encode(), objects.encode(), xlsx(["a"], *rows)):
            if said:
                assert refusal(content) == said
            else:
                assert len(read(filename="x", content=content).rows) == most
    monkeypatch.setattr(table_parsing, "MOST_COLUMNS", 1)
    assert refusal(b"a,b\n1,2\n") == "The file has more than 1 columns. Remove some."
    monkeypatch.setattr(table_parsing, "TABLE", replace(table_parsing.TABLE, largest=3))
    assert refusal(b"aaaaaa").startswith("The file has more than 0 MB.")


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet_of(body: str, styles: str = "") -> bytes:
    """Make a spreadsheet whose first sheet says this, and whose styles say that."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(["party", "name"]))) as book,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as other,
    ):
        for name in book.namelist():
            said = book.read(name)
            if name == "xl/worksheets/sheet1.xml":
                said = f'<worksheet xmlns="{SHEET}"><sheetData>{body}</sheetData></worksheet>'.encode()
            elif name == "xl/styles.xml" and styles:
                said = f'<styleSheet xmlns="{SHEET}"><cellXfs>{styles}</cellXfs></styleSheet>'.encode()
            other.writestr(name, said)
    return made.getvalue()


TOO_MANY = "The spreadsheet has too many cells, including empty formatted cells. Save it as CSV."


def test_what_takes_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files that took 20 seconds or a gigabyte of the process that answers pages."""
    # Two cells as far apart as they can be: as a table they take hundreds of gigabytes.
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(sheet_of(far)) == TOO_MANY
    cells = sheet_of(("<row>" + '<c s="1"/>' * 198 + "</row>") * 5_000)
    assert len(cells) < 40_000
    monkeypatch.setattr(table_parsing, "TABLE", replace(table_parsing.TABLE, seconds=0))
    assert refusal(cells) == TOO_MANY
    # Control: with more time it is read.
    monkeypatch.setattr(table_parsing, "TABLE", replace(table_parsing.TABLE, seconds=60))
    assert refusal(cells) == "The file is empty. Its first row must name the columns."


def test_cells_hold_no_more_than_a_file_of_text_may(monkeypatch: pytest.MonkeyPatch) -> None:
    content = xlsx(["name"], *(["Person " * 200] for _number in range(400)))
    assert len(read(filename="x", content=content).rows) == 400
    monkeypatch.setattr(table_parsing, "TABLE", replace(table_parsing.TABLE, largest=100_000))
    assert refusal(content) == "The spreadsheet is too large when unpacked. Save it as CSV."


def test_spreadsheets_of_other_programs_are_read() -> None:
    space = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
    spaces = " ".join(f'xmlns:{each}="{space.format(each)}"' for each in ("office", "table", "text"))
    row = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        "</table:table-row>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{space.format("manifest")}"/>')
        book.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="1">{row.format("party")}{row.format("Malta")}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    table = read(filename="x.ods", content=made.getvalue())
    assert (table.headings, [row.cells for row in table.rows]) == (["party"], [["Malta"]])


def test_what_leaves_harmless_comes_back_as_it_was() -> None:
    for text in ("=1+1", "+44", "-1", "@x", "\t=1", " =1", "plain", "'quoted", ""):
        out = harmless(text)
        assert not out.lstrip().startswith(("=", "+", "-", "@"))
        file = io.StringIO()
        csv.writer(file).writerows([["party", "name"], ["Italy", out]])
        back = read(filename="x.csv", content=file.getvalue().encode()).rows[0].cells[1]
        assert back == " ".join(text.split())


def test_columns_are_known_by_their_words() -> None:
    for heading, name in (
        *(("Country", "party"), ("iso3", "iso3"), ("ISO-3166", "iso2"), ("speaker", "head")),
        *(("Chef de délégation", "head"), ("post", "office"), ("E-Mail", "email"), ("الوفد", "party")),
        *(("Date of  birth", "birth_date"), *((field, field) for field in (*PERSON, *PARTICULARS))),
    ):
        assert recognise([heading]).known == {0: name}
    found = recognise(["order", "Name", "full name", "", "Shoe size"])
    assert (found.known, found.unknown, found.twice) == ({1: "name"}, ["order", "Shoe size"], ["full name"])


def rows_of(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    table = read(filename="x", content=content, recognised=recognised)
    return table.headings, [(row.number, row.cells) for row in table.rows]


class TestAsAPersonReads:
    def test_a_title_above_the_headings(self) -> None:
        title = [["Delegations, as of 3 March"], ["Ministry; protocol desk"], []]
        table = [["Country", "Full name", "Post"], ["Italy", "Ada", "Head, acting"]]
        read_as = (table[0], [(5, table[1])])
        assert rows_of(xlsx(*title, *table)) == read_as
        for sign in (",", ";", "\t"):
            file = io.StringIO()
            csv.writer(file, delimiter=sign).writerows([*title, *table])
            assert rows_of(file.getvalue().encode()) == read_as
        # Control: nothing tells the headings from the title where no heading is known.
        assert read(filename="x", content=xlsx(*title, *table)).headings[0] == "Delegations, as of 3 March"

    def test_the_first_row_stays_where_it_names_columns(self) -> None:
        rows: list[list[object]] = [["Land", "Name", "Remark"], ["Italy", "Country", "Post"], ["Malta", "Ada", "x"]]
        assert rows_of(xlsx(*rows))[0] == rows[0]
        # A wide row is no title.
        wide: list[list[object]] = [["a", "b", "c", "d"], ["Country", "Name", "Post"], ["Italy", "Ada", "x"]]
        assert rows_of(xlsx(*wide))[0] == wide[0]

    def test_merged_cells(self) -> None:
        book = Workbook()
        sheet: Any = book.active
        for row in (
            ["Country", "Person", None, "Post"],
            [None, "Name", "E-mail", None],
            ["Italy", "Ada", "a@x.example", "Minister"],
            [None, "Bea", None, None],
            [None, None, None, None],
            ["Malta", "Cy", None, None],
        ):
            sheet.append(row)
        for cells in ("A1:A2", "D1:D2", "B1:C1", "A3:A5", "D3:D4", "A6:A9"):
            sheet.merge_cells(cells)
        made = io.BytesIO()
        book.save(made)
        assert rows_of(made.getvalue()) == (
            ["Country", "Name", "E-mail", "Post"],
            [
                (3, ["Italy", "Ada", "a@x.example", "Minister"]),
                (4, ["Italy", "Bea", "", "Minister"]),
                (5, ["Italy", "", "", ""]),
                (6, ["Malta", "Cy", "", ""]),
            ],
        )

    def test_rows_are_counted_as_a_spreadsheet_shows_them(self) -> None:
        text = b'country,"full\nname"\nItaly,"Ada\n\nExample"\n\nMalta,Bea\n'
        assert rows_of(text) == (["country", "full name"], [(2, ["Italy", "Ada Example"]), (4, ["Malta", "Bea"])])
        assert refusal(b'a,b\n"one\ntwo",x\nc,"open\n').startswith("Row 3 can’t be read")

    def test_a_column_without_a_heading_is_told(self) -> None:
        headings, rows = rows_of(b"country,,name\nItaly,x,Ada,y\nMalta,,Bea\n")
        assert (headings, rows[1]) == (["country", "column B", "name", "column D"], (3, ["Malta", "", "Bea", ""]))
        assert recognise(headings).unknown == ["column B", "column D"]

    def test_a_long_cell_refuses_no_other(self) -> None:
        text = f"country,name,biography\nItaly,Ada,{'word ' * 4000}\n"
        assert rows_of(text.encode())[1][0][1][:2] == ["Italy", "Ada"]
