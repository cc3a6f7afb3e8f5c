"""Converts the text of cells to the values that the form of a person and the columns of a party accept."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache

from django.conf import settings
from django.db.models import DateTimeField
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from delegations.members.models.categories import Capacity, Category
from delegations.members.person_field_groups import COLUMNS
from delegations.parties.selectors import country_recognition, party_kinds
from delegations.parties.selectors.party_kinds import Unreadable
from summit.core.encrypted_fields import EncryptedDateField
from summit.core.personal_data import Content
from summit.core.text_normalisation import fold

_DOTTED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


# The letters and words by which lists name the kinds of passport, besides their names.
_PASSPORTS = {"p": "ordinary", "d": "diplomatic", "s": "official", "service": "official"}


@cache
def _choices(name: str) -> dict[str, str]:
    """Return a dict from the folded names of a column's choices, in all languages, to the values."""
    known = party_kinds.in_all_languages(lambda: COLUMNS[name].choices)
    return known | (_PASSPORTS if name == "passport_type" else {})


@cache
def _languages() -> dict[str, str]:
    codes = [code for code, _name in settings.LANGUAGES]
    found = party_kinds.in_all_languages(
        lambda: ((code, get_language_info(code)["name_translated"]) for code in codes)
    )
    for code in codes:
        info = get_language_info(code)
        found |= {fold(word): code for word in (code, info["name"], info["name_local"])}
    return found


def _one_of(values: dict[str, str], text: str) -> str:
    """Return the value in `values` for a text, or the text itself if it is unknown. The form then refuses the text
    with its own message."""
    return values.get(fold(text), text)


def day(said: str) -> str:
    """Return a day in ISO 8601, or the text itself if it isn't recognised as a day.

    Raises Unreadable if day and month can't be told apart.
    """
    match = _DOTTED.fullmatch(said)
    if not match:
        return said
    first, second, year = map(int, match.groups())
    if "/" in said and first <= 12 and second <= 12 and first != second:
        raise Unreadable(
            _("“%(said)s” could be day–month or month–day. Write the date as 2025-03-31.") % {"said": said}
        )
    for month, number in ((second, first), (first, second)):
        try:
            return date(year, month, number).isoformat()
        except ValueError:
            continue
    return said


def cell(name: str, said: str) -> str:
    """Return the form's value for a cell with the text `said` in the column `name`. Raises Unreadable for an
    ambiguous day."""
    column = COLUMNS.get(name)
    if column is None:
        return said
    if isinstance(column, EncryptedDateField):
        return day(said)
    if isinstance(column, DateTimeField):
        first, sign, clock = said.replace("T", " ").partition(" ")
        return f"{day(first)}{sign}{clock}"
    if column.personal_field.content == Content.COUNTRY_CODE:
        return country_recognition.code_of(said) or said
    if not column.choices:
        return said
    return _one_of(_languages() if column.choices == settings.LANGUAGES else _choices(name), said)


def category(said: str, categories: dict[str, Category], *, offered: Iterable[Category]) -> Category:
    """Return the category with the code or name `said`, in any language.

    Raises Unreadable if there is none. The message names the categories in `offered`.
    """
    folded = fold(said)
    for row in categories.values():
        if folded in {fold(row.code), *(fold(str(name)) for name in row.names.values())}:
            return row
    capacity = party_kinds.in_all_languages(lambda: Capacity.choices).get(folded)
    if capacity in categories:
        return categories[capacity]
    names = ", ".join(str(row) for row in sorted(offered, key=lambda row: (row.position, row.pk)))
    problem = _("“%(said)s” is not a category of this summit. Enter one of: %(offered)s.")
    raise Unreadable(problem % {"said": said, "offered": names})
