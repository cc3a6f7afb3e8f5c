"""A table as a file for spreadsheets. No cell of it is a formula, whatever somebody is called."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils.translation import get_language, get_language_info
from openpyxl import Workbook

from summit.tables.harmless import harmless

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def ending_of(asked: str) -> str:
    """Return the format that was asked for: a spreadsheet, unless it is CSV."""
    return asked if asked in MEDIA_TYPES else XLSX


def write(rows: Iterable[Sequence[str]], *, ending: str) -> bytes:
    """Return rows as a file, the first of them the headings."""
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
