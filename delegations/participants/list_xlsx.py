"""The list of participants as an XLSX file, with a row for each person, and one for a party without people."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from delegations.participants.selectors.listing import Listing
from summit.core.csv_injection import harmless
from summit.pdf.paper_size import LETTER

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, NARROWEST = 60, 10


def write(listing: Listing) -> bytes:
    """Return the list as an XLSX file. No cell is a formula, even if its text looks like one."""
    workbook = Workbook()
    sheet: Any = workbook.active
    with override(listing.language):
        head, rows = headings(), _rows(listing)
        # A sheet's name has at most 31 characters.
        sheet.title = _("Participants")[:31]
    sheet.sheet_view.rightToLeft = listing.direction == "rtl"
    for row in (head, *rows):
        sheet.append([harmless(cell) for cell in row])
    _dress(sheet, [head, *rows])
    _print(sheet, listing)
    workbook.properties.title = f"{listing.title}: {listing.summit}"
    workbook.properties.language = listing.language
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def headings() -> list[str]:
    """Return the headings of the columns in the active language."""
    return [
        _("Part"),
        _("Delegation"),
        _("Formal name"),
        _("Salutation"),
        _("Name"),
        _("Office held"),
        _("Category"),
        _("Footnote"),
    ]


def _rows(listing: Listing) -> list[list[str]]:
    notes = {note.mark: note.text for note in listing.notes}
    rows = []
    for section in listing.sections:
        for line in section.lines:
            first, last = [section.title, line.name, line.formal], [notes.get(line.mark, "")]
            for person in line.people:
                rows.append([*first, person.address, person.name, person.office, person.category, *last])
            if not line.people:
                rows.append([*first, "", "", "", "", *last])
    return rows


def _dress(sheet: Any, rows: list[list[str]]) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            # Text that the library takes for a formula is stored as text.
            cell.data_type = "s"
    for number, column in enumerate(zip(*rows, strict=True), start=1):
        longest = max(len(text) for text in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, NARROWEST), WIDEST)


def _print(sheet: Any, listing: Listing) -> None:
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_LETTER if listing.paper == LETTER else sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    # In a header, & starts a formatting code.
    header_text = " · ".join((listing.title, listing.state, listing.revision)).replace("&", "&&")
    sheet.oddHeader.center.text = header_text
    sheet.oddFooter.left.text = listing.made.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
