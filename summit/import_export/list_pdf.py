"""The rows of an admin list as a table on paper: a PDF in A4, landscape."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from summit.core.date_formats import clock, short_day
from summit.import_export.export_columns import Column, Value
from summit.pdf.typst import print_pdf
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

SOURCE = Path(__file__).with_name("list.typ")
PDF, MEDIA_TYPE = "pdf", "application/pdf"


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def write(
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    title: str,
    counted: str,
    filters: Sequence[str],
    notes: Sequence[str],
    summit: Summit | None,
    now: datetime,
) -> bytes:
    """Return the rows as a PDF in the active language.

    `counted` is the number of rows in words, and `filters` are those of the list; both are printed above the
    table, and `notes` below it.
    Raises summit.pdf.fonts.MissingFontError if no installed font has one of its characters.
    """
    language = get_language() or "en"
    at_venue = now.astimezone(summit.zone) if summit else now
    return print_pdf(
        _source(),
        {
            "title": title,
            "summit": summit.reads_as.name if summit else "",
            "made": day_clock(now, summit) if summit else f"{now:%Y-%m-%d %H:%M} UTC",
            "moment": [at_venue.year, at_venue.month, at_venue.day, at_venue.hour, at_venue.minute, at_venue.second],
            "language": language.partition("-")[0],
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "counted": counted,
            "filters": list(filters),
            "notes": list(notes),
            "headings": [column.heading for column in columns],
            "rows": [[_text(column.said(row)) for column in columns] for row in rows],
        },
    )


def _text(value: Value) -> str:
    """Return the value of a cell as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{short_day(value.date())} {clock(value)}"
    if isinstance(value, date):
        return short_day(value)
    return number_format(value) if isinstance(value, (int, float)) else value
