"""The rows of an admin list as a table on paper: a PDF in A4, landscape."""

from collections.abc import Collection, Iterable, Sequence
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
    totals: Collection[str] = (),
    title: str,
    counted: str,
    filters: Sequence[str],
    notes: Sequence[str],
    summit: Summit | None,
    now: datetime,
) -> bytes:
    """Return the rows as a PDF in the active language, without the columns that are empty in every row.

    `totals` names the columns whose numbers are added up in a last row.
    `counted` is the number of rows in words, and `filters` are those of the list; both are printed above the
    table, and `notes` below it.
    Raises summit.pdf.fonts.MissingFontError if no installed font has one of its characters.
    """
    language = get_language() or "en"
    printed = _printed(columns, list(rows))
    lines = zip(*(values for _column, values in printed), strict=True)
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
            "headings": [column.heading for column, _values in printed],
            "rows": [[_text(value) for value in line] for line in lines],
            "totals": _totals(printed, totals),
        },
    )


def _printed(columns: Sequence[Column], rows: Sequence[Any]) -> list[tuple[Column, list[Value]]]:
    """Return the columns that have a value in some row, each with its values; all columns if there are no rows."""
    found = [(column, [column.said(row) for row in rows]) for column in columns]
    return [each for each in found if not rows or any(value is not None for value in each[1])] or found[:1]


def _totals(printed: Sequence[tuple[Column, list[Value]]], totals: Collection[str]) -> list[str]:
    """Return the cells of the last row, or [] if no printed column is added up."""
    sums = [_sum(values) if values and column.field in totals else "" for column, values in printed]
    return [_("Total"), *sums[1:]] if any(sums) else []


def _sum(values: Sequence[Value]) -> str:
    return number_format(sum(value for value in values if isinstance(value, (int, float))))


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
