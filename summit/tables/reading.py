"""Tables that people upload: comma-separated files, spreadsheets and JSON, as rows of text.

Nothing in a file is evaluated: of a formula the value counts that the spreadsheet kept with it. The apostrophe by
which our own exports keep a cell from being taken for a formula is taken off again.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from summit.tables import spreadsheet
from summit.tables.harmless import SIGNS
from summit.uploads import confined
from summit.uploads.slots import Busy

MOST_BYTES = 10 * 1024 * 1024
# What reading a spreadsheet may take: several times what one of MOST_ROWS and MOST_COLUMNS does.
SECONDS, MEGABYTES = 10, 800
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST = 2_000
# Of a file whose letters are not UTF-8 this much is looked at to tell how they are written.
SAMPLE = 256 * 1024
# How XLSX begins, and its like; and the older XLS, which is also what a locked XLSX lies in.
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
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


def read(*, filename: str, content: bytes) -> Table:
    """Read a file as a table. Its bytes say what it is, not its name. Raises TableProblem."""
    if len(content) > MOST_BYTES:
        raise TableProblem(too_large())
    if not content.strip():
        raise TableProblem(_("The file is empty. Choose the one that holds the table."))
    if content.startswith((_ZIP, _OLE)):
        lines = _spreadsheet(content)
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


def _spreadsheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "characters": MOST_BYTES}
    try:
        found = confined.run(spreadsheet.__file__, content, limits, seconds=SECONDS, megabytes=MEGABYTES)
    except confined.TooMuch:
        raise TableProblem(
            _("The spreadsheet has too many cells, empty ones with a frame or a colour among them. Save it as CSV.")
        ) from None
    except Busy:
        raise TableProblem(_("Other files are being read. Choose it again in a minute.")) from None
    except confined.Failed as problem:
        said = _("This spreadsheet can’t be read. Open it, save it as XLSX, and choose that file.")
        if content.startswith(_OLE):
            said = _("This is an old or locked spreadsheet. Save it as XLSX without a password, or as CSV.")
        raise TableProblem(said) from problem
    if "rows" not in found:
        raise TableProblem(_("The spreadsheet is too large when it is unpacked. Save the table as CSV."))
    for number, cells in found["rows"]:
        yield number, [_clean(cell) for cell in cells]


def _too_long() -> str:
    return _("A cell has more than %(n)d characters. Shorten it.") % {"n": LONGEST}


def _clean(text: str) -> str:
    if text.startswith("'") and text[1:].lstrip().startswith(SIGNS):
        text = text[1:]
    if len(text) > LONGEST:
        raise TableProblem(_too_long())
    return text if text.isalnum() else " ".join(text.split())
