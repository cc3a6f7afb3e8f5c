"""Writes tables as files: CSV, XLSX, or JSON for programs. CSV and XLSX files never contain formulas."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, get_language_info
from openpyxl import Workbook

from summit.core.csv_injection import harmless
from summit.core.date_formats import cell_time
from summit.summits.models import Summit

AT_ONCE = 1_000


@dataclass
class ExportedTable:
    """A table to export: headings, rows, and the people in the rows.

    `names` are the columns' names for programs. `people` holds a pair for each person: the summit's primary key and
    the person's public id.
    """

    names: tuple[str, ...]
    headings: list[str]
    rows: list[list[str]]
    people: list[tuple[int, str]]
    # The names of those columns that hold personal data.
    fields: tuple[str, ...] = ()


def cell_text(value: Any, summit: Summit) -> str:
    """Return the text of a cell for a value. Times are in the summit's zone."""
    if value in (None, ""):
        return ""
    if isinstance(value, datetime):
        return cell_time(value.astimezone(summit.zone))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def cells(table: ExportedTable, *, named: bool = False) -> Iterator[Sequence[str]]:
    """Yield the header row and then the rows. The header has the columns' names if `named` is true, otherwise
    headings."""
    yield table.names if named else table.headings
    yield from table.rows


CSV, XLSX, JSON = "csv", "xlsx", "json"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSON: "application/json",
}


def ending_of(asked: str) -> str:
    """Return the requested file format, or XLSX if `asked` is no known format."""
    return asked if asked in MEDIA_TYPES else XLSX


def write(rows: Iterable[Sequence[str]], *, ending: str) -> bytes:
    """Return rows as a file in the format `ending`. The first row is the header; in JSON an empty cell is null."""
    if ending == JSON:
        names, *data_rows = rows
        objects = [{name: cell or None for name, cell in zip(names, row, strict=True)} for row in data_rows]
        return json.dumps(objects, ensure_ascii=False).encode()
    safe = ([harmless(cell) for cell in row] for row in rows)
    if ending == CSV:
        text = io.StringIO()
        csv.writer(text).writerows(safe)
        # Excel reads a file as UTF-8 only if it begins with a byte order mark.
        return text.getvalue().encode("utf-8-sig")
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = get_language_info(get_language() or "en")["bidi"]
    for row in safe:
        sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()
