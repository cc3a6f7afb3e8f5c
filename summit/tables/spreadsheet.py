"""Spreadsheets as rows of text: XLSX, and what else office programs write. Run by summit.uploads.confined in a
process of its own, which knows neither Django nor the project."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook


def read(content: bytes, *, rows: int, columns: int, characters: int) -> dict[str, Any]:
    """Return the rows of the first sheet that is shown, as `rows`: pairs of the row's number, counted from 1 as the
    file does, and its cells as text; without those that have nothing in them. Of a formula the value counts that the
    file keeps with it.

    No more than one row and one column over the limits is read. `rows` is absent where there are more `characters`
    than that.
    """
    with load_workbook(io.BytesIO(content)) as book:
        shown = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        first = next((each for each in shown if each.visible == SheetVisibleEnum.Visible), shown[0])
        sheet = book.get_sheet_by_name(first.name)
        found = []
        for row in _rows(sheet, columns + 1):
            found.append(row)
            characters -= sum(map(len, row[1]))
            if characters < 0:
                return {}
            if len(found) > rows:
                break
    return {"rows": found}


def _rows(sheet: CalamineSheet, columns: int) -> Iterator[tuple[int, list[str]]]:
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if cells.count("") < len(cells):
            yield number, (before + [_text(cell) for cell in cells[:columns]])[:columns]


def _text(value: Any) -> str:
    """Return a cell as text: days as ISO 8601 writes them, whole numbers without a point."""
    if isinstance(value, bool | float) and value == int(value):
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
