"""Tables that people upload: comma-separated files, spreadsheets and JSON, as rows of text.

Nothing in a file is evaluated: of a formula the value counts that the spreadsheet kept with it. The apostrophe by
which our own exports keep a cell from being taken for a formula is taken off again.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from summit.tables.harmless import SIGNS

MOST_BYTES = 10 * 1024 * 1024
# What a spreadsheet, which is a ZIP, may become when it is unpacked.
MOST_UNPACKED = 200 * 1024 * 1024
FEW_UNPACKED = 40 * 1024 * 1024
# Reading a spreadsheet takes as long as it has elements, cells and others, which pack well: so many "<" in all its
# parts are some seconds' work, and enough for MOST_ROWS; a delegation's table needs far fewer, of far fewer people.
MOST_SIGNS = 8_000_000
FEW_SIGNS = 300_000
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST = 2_000
CHUNK = 1024 * 1024
# Of a file whose letters are not UTF-8 this much is looked at to tell how they are written.
SAMPLE = 256 * 1024
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class TableProblem(Exception):
    """A file can't be read as a table, with a sentence that says what to do."""


@dataclass(frozen=True)
class Row:
    """A row of a table: `number` counts from 1 as the file's own rows do, the headings' row too."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A table: its headings as they are written, and its rows, each with as many cells as there are headings."""

    headings: list[str]
    rows: list[Row]


def read(*, filename: str, content: bytes, few: bool = False) -> Table:
    """Read a file as a table. Its bytes say what it is, not its name. With `few` it is one of few people, and
    the less may a spreadsheet be. Raises TableProblem."""
    if len(content) > MOST_BYTES:
        raise TableProblem(too_large())
    if not content.strip():
        raise TableProblem(_("The file is empty. Choose the one that holds the table."))
    if content.startswith(b"PK"):
        lines = _spreadsheet(content, few)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableProblem(_("This is an old or locked spreadsheet. Save it as XLSX without a password, or as CSV."))
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return _objects(content)
    elif content.startswith(b"%PDF") or (b"\0" in content[:SAMPLE] and not content.startswith(_UTF16)):
        raise TableProblem(_("This file is no table. Choose one that was saved as XLSX or CSV."))
    else:
        lines = _separated(content)
    return _table(lines)


def _objects(content: bytes) -> Table:
    """Read JSON: a list of objects, whose names are the headings."""
    said = _("This JSON is no list of rows. It must be a list of objects, each with the names of the columns.")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise TableProblem(_("This JSON can’t be read. Save it again, in UTF-8.")) from problem
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise TableProblem(said)
    headings = list(dict.fromkeys(name for each in found for name in each))
    _check_size(len(headings), len(found))
    rows = [
        Row(number, ["" if each.get(name) is None else _worded(each[name]) for name in headings])
        for number, each in enumerate(found, start=1)
    ]
    return Table([_clean(name) for name in headings], rows)


def _worded(value: Any) -> str:
    """Return a value of JSON as the text of a cell."""
    return _clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _check_size(columns: int, rows: int) -> None:
    if rows > MOST_ROWS:
        raise TableProblem(_("The table has more than %(n)d rows. Split it.") % {"n": MOST_ROWS})
    if columns > MOST_COLUMNS:
        raise TableProblem(_("The table has more than %(n)d columns. Take some out.") % {"n": MOST_COLUMNS})


def too_large() -> str:
    """Say that a file has more bytes than are read, and what to do."""
    said = _("The file has more than %(n)d MB. Take pictures and other sheets out of it, or split it.")
    return said % {"n": MOST_BYTES // 1024 // 1024}


def _table(lines: Iterator[tuple[int, list[str]]]) -> Table:
    headings: list[str] = []
    rows: list[Row] = []
    for number, cells in lines:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if not headings:
            headings = cells
            continue
        if len(cells) > len(headings):
            said = _("Row %(n)d has more cells than there are headings. Give each column a heading in the first row.")
            raise TableProblem(said % {"n": number})
        rows.append(Row(number, cells + [""] * (len(headings) - len(cells))))
        _check_size(0, len(rows))
    if not headings:
        raise TableProblem(_("The table is empty. Its first row names the columns."))
    _check_size(len(headings), 0)
    return Table(headings, rows)


def _separated(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {sign: first.count(sign) for sign in (",", ";", "\t", "|")}
    sign = max(counts, key=lambda sign: counts[sign])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [_clean(cell) for cell in cells]
    except csv.Error as problem:
        if "field larger" in str(problem):
            raise TableProblem(_too_long()) from problem
        said = _("Row %(n)d can’t be read: a quotation mark is open or stands in the middle of a cell. Correct it.")
        raise TableProblem(said % {"n": reader.line_num}) from problem


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    guess = from_bytes(content[:SAMPLE], cp_isolation=["cp1252", "cp1250", "cp1256", "cp1251"]).best()
    if guess is None:
        raise TableProblem(_("The letters of this file can’t be told. Save it as CSV in UTF-8, or as XLSX."))
    return content.decode(guess.encoding, "replace")


def _spreadsheet(content: bytes, few: bool) -> Iterator[tuple[int, list[str]]]:
    broken = _("This spreadsheet can’t be read. Open it, save it as XLSX, and choose that file.")
    try:
        _check_packed(content, few)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        # Some programs write a wrong size into the file.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), start=1):
            # Many programs leave thousands of rows without anything in them.
            if cells.count(None) < len(cells):
                yield number, ["" if cell is None else _text(cell) for cell in cells]
    except TableProblem:
        raise
    except Exception as problem:
        # The library answers a file that is none of its own with whatever its parts raise.
        raise TableProblem(broken) from problem


def _check_packed(content: bytes, few: bool) -> None:
    """Refuse a spreadsheet that would take long to read, before it is read. A part that unpacks to more than it says
    is cut off by the library."""
    signs, size = (FEW_SIGNS, FEW_UNPACKED) if few else (MOST_SIGNS, MOST_UNPACKED)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > size:
            raise TableProblem(_("The spreadsheet is too large when it is unpacked. Save the table as CSV."))
        for entry in packed.infolist():
            with packed.open(entry) as part:
                while signs >= 0 and (piece := part.read(CHUNK)):
                    signs -= piece.count(b"<")
    if signs < 0:
        raise TableProblem(
            _("The spreadsheet has too many cells, empty ones with a frame or a colour among them. Save it as CSV.")
        )


def _text(value: Any) -> str:
    """Return a cell as text: days as ISO 8601 writes them, whole numbers without a point."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool | float) and value == int(value):
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return _clean(str(value))


def _too_long() -> str:
    return _("A cell has more than %(n)d characters. Shorten it.") % {"n": LONGEST}


def _clean(text: str) -> str:
    if text.startswith("'") and text[1:].lstrip().startswith(SIGNS):
        text = text[1:]
    if len(text) > LONGEST:
        raise TableProblem(_too_long())
    return text if text.isalnum() else " ".join(text.split())
