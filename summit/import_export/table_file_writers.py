"""Write tables as CSV, XLSX or JSON, in parts.

A job writes one part in each step, and the parts are joined when the file is downloaded. So a part must not depend on
earlier parts.

No cell is a formula. A text that a spreadsheet would read as a formula gets an apostrophe in CSV. It gets one in
XLSX as well, although its type is text there, because the file may be saved as CSV later.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from summit.core.csv_injection import harmless
from summit.core.date_formats import cell_time, is_repeated
from summit.import_export.export_columns import Column, Value

CSV, XLSX, JSON = "csv", "xlsx", "json"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSON: "application/json",
}
# The most characters written to a cell of a spreadsheet, and the characters that XML can't hold.
LONGEST = 32_000
_UNSAID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Spreadsheets store a date as the number of days since this one.
_FIRST = date(1899, 12, 30)
_OOXML = "http://schemas.openxmlformats.org"
_MAIN = f"{_OOXML}/spreadsheetml/2006/main"
_RELATIONS = f"{_OOXML}/package/2006/relationships"
_OFFICE = f"{_OOXML}/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def part(columns: Sequence[Column], rows: Iterable[Any], *, ending: str, first: bool) -> bytes:
    """Return the bytes of one part of a file: some rows, and the headings before them if `first` is true.

    `ending` is the format: CSV, XLSX or JSON.
    """
    if ending == JSON:
        return ",\n".join(_object(columns, row) for row in rows).encode()
    cells = [[column.said(row) for column in columns] for row in rows]
    headings = [column.heading for column in columns]
    return _csv(headings, cells, first) if ending == CSV else _sheet(headings, cells, first)


def whole(parts: Iterable[bytes], *, ending: str) -> Iterator[bytes]:
    """Join the parts of a file, in their order, and yield the bytes of the whole file."""
    if ending == XLSX:
        yield from _book(parts)
        return
    if ending == CSV:
        yield from parts
        return
    separator = b"[\n"
    for chunk in filter(None, parts):
        yield separator + chunk
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def _object(columns: Sequence[Column], row: Any) -> str:
    return json.dumps({column.name: _typed(column.read(row)) for column in columns}, ensure_ascii=False)


def _typed(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _csv(heads: list[str], cells: list[list[Value]], first: bool) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    if first:
        writer.writerow([harmless(head) for head in heads])
    writer.writerows([_csv_value(value) for value in row] for row in cells)
    # Excel reads a CSV file as UTF-8 only if it begins with a byte order mark.
    return text.getvalue().encode("utf-8-sig" if first else "utf-8")


def _csv_value(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return cell_time(value)
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else value


def _sheet(heads: list[str], cells: list[list[Value]], first: bool) -> bytes:
    rows: list[Sequence[Value]] = [heads, *cells] if first else [*cells]
    return "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows).encode()


def _cell(value: Value) -> str:
    if isinstance(value, datetime) and is_repeated(value):
        # A spreadsheet's times have no offset: what occurs twice is written as text.
        value = cell_time(value)
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        naive = value.replace(tzinfo=None)
        days = (naive - datetime(_FIRST.year, _FIRST.month, _FIRST.day)).total_seconds() / 86400  # noqa: DTZ001
        return f'<c s="2"><v>{days:.8f}</v></c>'
    if isinstance(value, date):
        return f'<c s="1"><v>{(value - _FIRST).days}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>"
    text = escape(_UNSAID.sub("", harmless(value))[:LONGEST])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


class _Sink(io.RawIOBase):
    """A writable stream that buffers the bytes of a ZIP file until `taken` returns them."""

    def __init__(self) -> None:
        self.found = bytearray()

    def writable(self) -> bool:
        """Return True: the stream can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Add bytes to the buffer and return their number."""
        self.found += data
        return len(data)

    def taken(self) -> bytes:
        """Return the bytes written since the last call, and empty the buffer."""
        content = bytes(self.found)
        self.found.clear()
        return content


def _book(parts: Iterable[bytes]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _around().items():
            book.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
        sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        sheet.compress_type = zipfile.ZIP_DEFLATED
        with book.open(sheet, "w", force_zip64=True) as stream:
            stream.write(_sheet_head().encode())
            for chunk in parts:
                stream.write(chunk)
                yield sink.taken()
            stream.write(b"</sheetData></worksheet>")
    yield sink.taken()


def _sheet_head() -> str:
    """Return the start of the sheet's XML, which freezes the row of headings.

    The sheet runs from right to left if the active language does.
    """
    bidi = int(get_language_info(get_language() or "en")["bidi"])
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView rightToLeft="{bidi}" workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'{_XML}<worksheet xmlns="{_MAIN}">{view}<sheetData>'


def _around() -> dict[str, str]:
    """Return the files of an XLSX other than the sheet, as a dict from name to content.

    They describe a workbook of one sheet, with formats for dates and datetimes.
    """
    kinds = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "styles": "styles"}
    parts = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_TYPES}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    defaults = "".join(
        f'<Default Extension="{ending}" ContentType="{kind}"/>'
        for ending, kind in (
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
        )
    )
    codes = {164: "yyyy\\-mm\\-dd", 165: "yyyy\\-mm\\-dd\\ hh:mm"}
    formats = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in codes.items())
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number in (0, 164, 165)
    )
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_OOXML}/package/2006/content-types">{defaults}{parts}</Types>',
        "_rels/.rels": _links(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _links(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">{formats}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="3">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    }


def _links(*targets: tuple[str, str]) -> str:
    elements = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{elements}</Relationships>'
