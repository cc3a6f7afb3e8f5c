"""Parse uploaded tables into rows of text: CSV files, spreadsheets and JSON.

Nothing in a file is evaluated: a formula counts as the value that the spreadsheet stored with it. The apostrophe
that our own exports put before a text that could be a formula is removed again.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from summit.core.csv_injection import SIGNS
from summit.imports import spreadsheet
from summit.imports.definitions import ImportProblem
from summit.uploads import sandbox
from summit.uploads.budgets import MB, TABLE
from summit.uploads.process_slots import Busy

MOST_COLUMNS = 100
# The characters that a cell of a spreadsheet can hold. A field's own limit is lower, and its form reports it.
LONGEST = 32_767
# The headings are searched for in this many first rows, because the table's title may be above them.
TITLE_ROWS = 20
# The bytes from which the encoding is guessed where a file isn't UTF-8.
SAMPLE = 256 * 1024
# The first bytes of XLSX and similar files, and of the older XLS, which is also the container of a locked XLSX.
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_SIGNS = (",", ";", "\t", "|")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


# Returns how many of a row's cells are known headings.
Recognised = Callable[[list[str]], int]


@dataclass(frozen=True)
class ParsedRow:
    """A row of a table. `number` is its number in the file, counted from 1 and including the row of headings."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A table: its headings as written, and its rows. Each row has as many cells as there are headings."""

    headings: list[str]
    rows: list[ParsedRow]


def read(*, filename: str, content: bytes, recognised: Recognised = lambda cells: 0) -> Table:
    """Return the table in a file. The format is detected from the file's bytes, not from its name.

    The headings are in the first row, or in a row below the table's title. `recognised` returns how many of a row's
    cells are known headings. Raises ImportProblem if the file can't be read as a table.
    """
    if len(content) > TABLE.largest:
        raise ImportProblem(too_large())
    if not content.strip():
        raise ImportProblem(_("The file is empty. Choose another file."))
    if content.startswith((_ZIP, _OLE)):
        numbered_rows = _spreadsheet(content)
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return _objects(content)
    elif content.startswith(b"%PDF") or (b"\0" in content[:SAMPLE] and not content.startswith(_UTF16)):
        raise ImportProblem(_("This file is not a spreadsheet. Choose one saved as XLSX or CSV."))
    else:
        numbered_rows = _separated(content, recognised)
    return _table(numbered_rows, recognised)


def _objects(content: bytes) -> Table:
    """Return the table in a JSON file: a list of objects, with the objects' names as headings."""
    message = _("This JSON must be a list of objects, each with the column names.")
    try:
        objects = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise ImportProblem(_("This JSON can’t be read. Save it again in UTF-8.")) from problem
    if not isinstance(objects, list) or not all(isinstance(item, dict) for item in objects):
        raise ImportProblem(message)
    headings = list(dict.fromkeys(name for item in objects for name in item))
    _check_size(len(headings), len(objects))
    rows = [
        ParsedRow(number, ["" if item.get(name) is None else _worded(item[name]) for name in headings])
        for number, item in enumerate(objects, start=1)
    ]
    return Table([_clean(name) for name in headings], rows)


def _worded(value: Any) -> str:
    """Return a JSON value as the text of a cell."""
    return _clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _most_rows() -> int:
    """Return how many rows are read at most: a table's entries below its headings and its title."""
    return TABLE.entries + TITLE_ROWS


def _check_size(columns: int, rows: int, most: int | None = None) -> None:
    if rows > (TABLE.entries if most is None else most):
        raise ImportProblem(_("The file has more than %(n)d rows. Split it.") % {"n": TABLE.entries})
    if columns > MOST_COLUMNS:
        raise ImportProblem(_("The file has more than %(n)d columns. Remove some.") % {"n": MOST_COLUMNS})


def too_large() -> str:
    """Return the message for a file that has too many bytes."""
    message = _("The file has more than %(n)d MB. Remove pictures and other sheets, or split it.")
    return message % {"n": TABLE.largest // MB}


def _table(numbered_rows: Iterator[tuple[int, list[str]]], recognised: Recognised) -> Table:
    rows: list[ParsedRow] = []
    for number, cells in numbered_rows:
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append(ParsedRow(number, cells))
            _check_size(len(cells), len(rows), _most_rows())
    if not rows:
        raise ImportProblem(_("The file is empty. Its first row must name the columns."))
    first, *rows = rows[_headings_at([row.cells for row in rows[:TITLE_ROWS]], recognised) :]
    _check_size(len(first.cells), len(rows))
    width = max(len(row.cells) for row in (first, *rows))
    for row in (first, *rows):
        row.cells.extend([""] * (width - len(row.cells)))
    headings = [
        heading or (_("column %(letter)s") % {"letter": get_column_letter(place + 1)} if any(column) else "")
        for place, (heading, *column) in enumerate(zip(first.cells, *(row.cells for row in rows), strict=True))
    ]
    return Table(headings, rows)


def _headings_at(rows: list[list[str]], recognised: Recognised) -> int:
    """Return the index of the row that has the headings.

    Rows above it must be shorter: they are the table's title, its date, or titles over several columns.
    """
    known = [recognised(row) for row in rows]
    at = known.index(max(known))
    filled = [len(list(filter(None, row))) for row in rows]
    return at if known[at] > max(1, known[0]) and max(filled[:at], default=0) < filled[at] else 0


def _separated(content: bytes, recognised: Recognised) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_sign(text, recognised), strict=True)
    # Rows are counted as a spreadsheet shows them, not as lines: a cell may have several lines.
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_clean(cell) for cell in cells]
    except csv.Error as problem:
        if "field larger" in str(problem):
            raise ImportProblem(_too_long()) from problem
        message = _("Row %(n)d can’t be read because of a misplaced quotation mark. Correct it.")
        raise ImportProblem(message % {"n": number + 1}) from problem


def _sign(text: str, recognised: Recognised) -> str:
    """Return the separator of a CSV file: the one that results in the most known headings.

    If no separator results in two known headings, return the one that occurs most often in the first line.
    """
    lines = list(islice((line for line in io.StringIO(text) if line.strip()), TITLE_ROWS))
    separator = max(_SIGNS, key=lambda sign: max((recognised(line.split(sign)) for line in lines), default=0))
    known_headings = max((recognised(line.strip().split(separator)) for line in lines), default=0)
    return separator if known_headings > 1 else max(_SIGNS, key=lambda sign: lines[0].count(sign) if lines else 0)


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    guess = from_bytes(content[:SAMPLE], cp_isolation=["cp1252", "cp1250", "cp1256", "cp1251"]).best()
    if guess is None:
        raise ImportProblem(_("The character encoding of this file is unknown. Save it as CSV in UTF-8, or as XLSX."))
    return content.decode(guess.encoding, "replace")


def _spreadsheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    limits = {"rows": _most_rows(), "columns": MOST_COLUMNS, "characters": TABLE.largest}
    try:
        result = sandbox.run(spreadsheet.__file__, content, limits, seconds=TABLE.seconds, megabytes=TABLE.megabytes)
    except sandbox.TooMuch:
        raise ImportProblem(
            _("The spreadsheet has too many cells, including empty formatted cells. Save it as CSV.")
        ) from None
    except Busy:
        raise ImportProblem(_("Other files are being processed. Try again in a minute.")) from None
    except sandbox.Failed as problem:
        message = _("This spreadsheet can’t be read. Open it, save it as XLSX and choose that file.")
        if content.startswith(_OLE):
            message = _(
                "This spreadsheet is locked or in an old format. Save it as XLSX without a password, or as CSV."
            )
        raise ImportProblem(message) from problem
    if "rows" not in result:
        raise ImportProblem(_("The spreadsheet is too large when unpacked. Save it as CSV."))
    if result["more"]:
        # They aren't cut: whoever reads a file says that there is more.
        _check_size(0, _most_rows() + 1)
    for number, cells in result["rows"]:
        yield number, [_clean(cell) for cell in cells]


def _too_long() -> str:
    return _("A cell has more than %(n)d characters. Shorten it.") % {"n": LONGEST}


def _clean(text: str) -> str:
    if text.startswith("'") and text[1:].lstrip().startswith(SIGNS):
        text = text[1:]
    if len(text) > LONGEST:
        raise ImportProblem(_too_long())
    return text if text.isalnum() else " ".join(text.split())
