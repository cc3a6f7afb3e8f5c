"""A table as a file for spreadsheets, of which no cell is a formula, whatever somebody is called; or for programs."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, get_language_info
from openpyxl import Workbook

from summit.import_export.csv_injection import harmless
from summit.summits.models import Summit

AT_ONCE = 1_000


@dataclass
class ExportedTable:
    """What leaves: headings, rows, and of whom they tell: the key of each one's summit and their public id. `names`
    are what programs call the columns."""

    names: tuple[str, ...]
    headings: list[str]
    rows: list[list[str]]
    people: list[tuple[int, str]]
    # The names of fields that are personal.
    fields: tuple[str, ...] = ()


def cell_text(name: str, value: Any, summit: Summit) -> str:
    """Return what a cell of a column says of a value; moments of journeys in the venue's zone."""
    if value in (None, ""):
        return ""
    if name in ("arrives_at", "departs_at"):
        return str(value.astimezone(summit.zone).strftime("%Y-%m-%d %H:%M"))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def cells(table: ExportedTable, *, named: bool = False) -> Iterator[Sequence[str]]:
    """Yield the headings, or the names of the columns, and the rows."""
    yield table.names if named else table.headings
    yield from table.rows


CSV, XLSX, JSON = "csv", "xlsx", "json"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSON: "application/json",
}


def ending_of(asked: str) -> str:
    """Return the format that was asked for: a spreadsheet, unless it is another that there is."""
    return asked if asked in MEDIA_TYPES else XLSX


def write(rows: Iterable[Sequence[str]], *, ending: str) -> bytes:
    """Return rows as a file, the first of them the headings; in JSON an empty cell is null."""
    if ending == JSON:
        names, *others = rows
        found = [{name: cell or None for name, cell in zip(names, row, strict=True)} for row in others]
        return json.dumps(found, ensure_ascii=False).encode()
    safe = ([harmless(cell) for cell in row] for row in rows)
    if ending == CSV:
        text = io.StringIO()
        csv.writer(text).writerows(safe)
        # Excel takes a file for UTF-8 only where it begins with a mark.
        return text.getvalue().encode("utf-8-sig")
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = get_language_info(get_language() or "en")["bidi"]
    for row in safe:
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
