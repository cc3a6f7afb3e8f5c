"""Writes empty tables in which users enter many parties or people, with headings in the user's language.

A spreadsheet has a second sheet that explains what each column accepts.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from delegations.imports import column_recognition
from delegations.imports.models import TableKind
from delegations.members import column_headings
from delegations.members.models.categories import Category
from delegations.members.person_field_groups import COLUMNS, GROUPS, PARTICULARS
from delegations.members.selectors import quotas
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors.party_kinds import kinds_offered
from summit.core.csv_injection import harmless
from summit.core.encrypted_fields import EncryptedDateField
from summit.core.personal_data import Content
from summit.core.punctuation import comma
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PARTIES = (
    *column_recognition.PARTY[:3],
    "kind",
    "iso2",
    "mission_name",
    "mission_email",
    "mission_phone",
    "party_key",
)
# The fields of the form that enters a person come first.
_FIRST = ("name", "office", "category", "form_of_address", "rank", "email", "language")
PEOPLE = (*_FIRST, *(name for name in COLUMNS if name not in _FIRST))
WIDTH, WIDE = 22, 70


def names(kind: str, *, allowed: Iterable[str] | None = None, own: bool = False) -> list[str]:
    """Return the columns of an empty table.

    `allowed` names the particulars that the user may enter (None: all). `own` leaves out the column of the party,
    which a focal point's table doesn't need.
    """
    if kind == TableKind.PARTIES:
        return list(PARTIES)
    barred = set() if allowed is None else set(PARTICULARS) - set(allowed)
    return [*([] if own else ["party"]), *(name for name in PEOPLE if name not in barred)]


def for_desk(*, summit: Summit, kind: str, ending: str, by: User) -> bytes:
    """Return an empty table for a desk user as a file. It has columns for the particulars that `by` may enter."""
    return write(
        names(
            kind,
            allowed=[name for group in GROUPS.values() if allows(by, group.change, summit) for name in group.fields],
        ),
        ending=ending,
        categories=Category.objects.filter(summit=summit).order_by("position", "pk"),
        says_country=Policy.objects.of(summit).says_country,
    )


def for_party(*, party: Party, ending: str) -> bytes:
    """Return an empty table for a party's own people as a file."""
    categories = [meter.category for meter in quotas.meters(party=party) if meter.category is not None]
    return write(names(TableKind.PEOPLE, own=True), ending=ending, categories=categories)


def write(shown: Iterable[str], *, ending: str, categories: Iterable[Category], says_country: bool = True) -> bytes:
    """Return an empty table with the columns `shown` as a file, in the active language.

    `says_country` is the summit's policy: whether a kind of party may be called "country".
    """
    column_names = list(shown)
    headings = [column_headings.heading(name) for name in column_names]
    if ending == CSV:
        text = io.StringIO()
        csv.writer(text).writerow(headings)
        # Excel reads a file as UTF-8 only if it begins with a byte order mark.
        return text.getvalue().encode("utf-8-sig")
    choices = {"category": [str(row) for row in categories], "kind": kinds_offered(says_country=says_country)}
    return _spreadsheet(column_names, headings, choices)


def _spreadsheet(column_names: list[str], headings: list[str], choices: dict[str, list[str]]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("Table")[:31]
    sheet.append([harmless(heading) for heading in headings])
    help_sheet: Any = book.create_sheet(_("How to fill it in")[:31])
    help_sheet.append([_("Column"), _("Example"), _("Accepted values")])
    for name, heading in zip(column_names, headings, strict=True):
        help_sheet.append([harmless(text) for text in (heading, _example(name), _accepted_values(name, choices))])
    for page in (sheet, help_sheet):
        page.freeze_panes = "A2"
        page.sheet_view.rightToLeft = get_language_info(get_language() or "en")["bidi"]
        for cell in page[1]:
            cell.font = Font(bold=True)
    for number in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    for letter, width in (("A", WIDTH), ("B", WIDTH), ("C", WIDE)):
        help_sheet.column_dimensions[letter].width = width
    for row in help_sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _example(name: str) -> str:
    if name in COLUMNS:
        return str(COLUMNS[name].personal_field.example)
    return {
        "party": _("Italy"),
        "formal_name": _("Italian Republic"),
        "iso2": "IT",
        "mission_email": "mission@embassy.example",
        "mission_phone": "00 44 20 7946 0000",
    }.get(name, "")


def _accepted_values(name: str, own: dict[str, list[str]]) -> str:
    column = COLUMNS.get(name)
    choices = own.get(name) or _choices(column)
    if choices:
        return _("One of: %(offered)s.") % {"offered": comma().join(choices)}
    if column is not None:
        return str(column.personal_field.accepts) or _accepted_by_kind(column)
    return {
        "party": _("The name in any language. Unknown delegations are added."),
        "iso2": _("ISO 3166 code. Leave blank if there is none."),
        "party_key": _("Your own ID for the delegation. It matches the row even if the name changes."),
    }.get(name, "")


def _choices(column: Any) -> list[str]:
    """Return the names of a column's choices, including those of languages, in the active language."""
    if column is None or not column.choices:
        return []
    if column.choices == settings.LANGUAGES:
        return [str(get_language_info(code)["name_translated"]) for code, _name in settings.LANGUAGES]
    return [str(label) for _value, label in column.choices]


def _accepted_by_kind(column: Any) -> str:
    if isinstance(column, EncryptedDateField):
        return _("Year, month and day")
    if isinstance(column, DateTimeField):
        return _("Date and time at the venue")
    return _("A country name or code") if column.personal_field.content == Content.COUNTRY_CODE else ""
