"""Read spreadsheets (XLSX and other office formats) as rows of text.

`summit.uploads.sandbox` runs this module in a separate process without Django and the project.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook


def read(content: bytes, *, rows: int, columns: int, characters: int) -> dict[str, Any]:
    """Return a dict with `rows`, the rows of the first visible sheet that aren't empty, and with `more`.

    Each row is a pair: its number in the file, counted from 1, and its cells as text. A formula counts as the value
    that the file stores with it. A cell merged downwards has its text in each of its rows.

    At most `rows` rows are read; `more` says whether the sheet has others. At most one column over the limit is read,
    so that the caller can report the excess. The dict is empty if the cells have more than `characters` characters.
    """
    with load_workbook(io.BytesIO(content)) as book:
        worksheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        first = next((each for each in worksheets if each.visible == SheetVisibleEnum.Visible), worksheets[0])
        sheet = book.get_sheet_by_name(first.name)
        found: list[tuple[int, list[str]]] = []
        for row in _rows(sheet, columns + 1):
            if len(found) == rows:
                return {"rows": found, "more": True}
            found.append(row)
            characters -= sum(map(len, row[1]))
            if characters < 0:
                return {}
    return {"rows": found, "more": False}


def _rows(sheet: CalamineSheet, columns: int) -> Iterator[tuple[int, list[str]]]:
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]
    merged = _Merged(sheet, columns)
    for number, cells in enumerate(sheet.iter_rows()):
        if cells.count("") < len(cells) or number in merged.rows:
            texts = merged.filled(number, (before + [_text(cell) for cell in cells[:columns]])[:columns])
            if any(texts):
                yield number + 1, texts


class _Merged:
    """Fills cells that are merged downwards with the text of the uppermost cell, row by row."""

    def __init__(self, sheet: CalamineSheet, columns: int) -> None:
        self.begun: dict[int, list[tuple[int, int]]] = {}
        # From the column to the text to fill in and the last row that gets it.
        self.open: dict[int, tuple[str, int]] = {}
        self.rows: set[int] = set()
        last = (sheet.end or (0, 0))[0]
        for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
            if top < bottom and left < columns:
                self.begun.setdefault(top, []).append((left, min(bottom, last)))
                self.rows.update(range(top, min(bottom, last) + 1))

    def filled(self, number: int, cells: list[str]) -> list[str]:
        """Fill in the text of cells that are merged from above, and return the cells of row `number`."""
        for column, (text, last) in list(self.open.items()):
            if number > last:
                del self.open[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = text
        for column, last in self.begun.get(number, ()):
            if column < len(cells) and cells[column]:
                self.open[column] = (cells[column], last)
        return cells


def _text(value: Any) -> str:
    """Return a cell's value as text: dates in ISO 8601, whole numbers without a decimal point."""
    if isinstance(value, bool | float) and value == int(value):
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
