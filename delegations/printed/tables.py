"""A table as a file for spreadsheets, of which no cell is a formula, whatever somebody is called; or for programs."""

import csv
import io
import json
from collections.abc import Iterable, Sequence

from django.utils.translation import get_language, get_language_info
from openpyxl import Workbook

from summit.import_export.csv_injection import harmless

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
