"""The column headings of exported tables and blank import files, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from delegations.members.person_field_groups import COLUMNS
from summit.imports import row_numbers


def label(name: str) -> str:
    """Return the name of a person's field in the reader's language, or `name` itself if there is no such field."""
    return str(COLUMNS[name].verbose_name) if name in COLUMNS else name


def heading(name: str) -> str:
    """Return the heading of a column in the reader's language.

    Imports recognise columns by these headings.
    """
    if name in row_numbers.NUMBERS:
        return row_numbers.heading(name)
    special_heading = {
        "party": pgettext("column of a table", "delegation"),
        "formal_name": _("formal name"),
        "sort_key": _("alphabetical key"),
        "iso2": _("ISO code"),
        "iso3": "ISO3",
        "kind": _("delegation type"),
        "mission_email": _("mission email address"),
        "mission_phone": _("mission telephone"),
        "mission_name": _("mission"),
        "party_key": _("delegation key"),
        "person_key": _("person key"),
        "head": _("head of delegation"),
        "category": _("category"),
    }.get(name)
    text = special_heading or label(name)
    return text[:1].upper() + text[1:]
