"""Recognises by its headings which list of the desk a file was exported from.

A list is exported with the columns that it shows (`summit.import_export.export_admin`), or by an export of its own
(`summit.admin_base.list_files.ExportMixin.further_headings`). Some of these files look like one that can be imported,
but have several fields in one column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.admin.sites import site
from django.utils.text import capfirst
from django.utils.translation import override

from summit.core.registry import Registry
from summit.import_export.batched_querysets import exported_columns, filled_columns
from summit.import_export.export_services import title_of
from summit.import_export.importable_lists import plain
from summit.imports import row_numbers
from summit.imports.table_definitions import other_list

# The names of a list's exports are its label and one of these.
LISTED, FURTHER = "listed", "further"
# So few columns are no sign of a list.
FEWEST = 3

# Returns the title and the headings of an export of something that is no list, in the active language.
Report = Callable[[], tuple[str, list[str]]]
_reports: Registry[Report] = Registry()
report = _reports.register


@dataclass(frozen=True)
class ExportHeadings:
    """The headings of an export in one language, in the form that `plain` returns.

    `every` are all that it may have, `usual` those that it always has, without the row's numbers.
    """

    export: str
    every: frozenset[str]
    usual: frozenset[str]


def name_of(label: str, export: str) -> str:
    """Return the name of an export, by the label of the list's model and LISTED or FURTHER."""
    return f"{label} {export}"


@other_list(10)
def other_title(headings: list[str], own: str, known: int) -> str:
    """Return the title of the list of which a file with these headings is an export, or "" if it is the export `own`.

    `known` is the number of headings that the import of `own` knows. A file without the rows' numbers may be
    anybody's: it counts as an export only if it has all columns of one, and more of them than the import knows.
    """
    cells = {plain(heading) for heading in headings if heading}
    numbered = bool(cells & _numbers())
    best_own = max((_likeness(each, cells) for each in _exports() if each.export == own), default=(0, False, 0))
    other = max((each for each in _exports() if each.export != own), key=lambda each: _likeness(each, cells))
    number, whole, _missing = _likeness(other, cells)
    wrong = (number, whole) > best_own[:2] if numbered else whole and number > max(known, best_own[0])
    return _title(other.export) if wrong else ""


def _likeness(export: ExportHeadings, cells: set[str]) -> tuple[int, bool, int]:
    """Return how much a file with these headings is like an export: how many of its headings the file has, whether it
    has all of the usual ones, and how few are missing, as a negative number."""
    whole = len(export.usual) >= FEWEST and export.usual <= cells
    return len(cells & export.every), whole, -len(export.every - cells)


def _title(export: str) -> str:
    label = export.rpartition(" ")[0]
    return capfirst(title_of(label)) if label else list(_reports)[int(export)]()[0]


@cache
def _numbers() -> frozenset[str]:
    """Return the headings of the rows' numbers in each language, and their names in JSON."""
    found = set(row_numbers.NUMBERS)
    for code, _name in settings.LANGUAGES:
        with override(code):
            found |= {row_numbers.heading(name) for name in row_numbers.NUMBERS}
    return frozenset(map(plain, found))


@cache
def _exports() -> list[ExportHeadings]:
    """Return the headings of each export of the desk's lists, in each language, and with their names in JSON."""
    found: list[ExportHeadings] = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            for desk in site._registry.values():
                if hasattr(desk, "further_headings"):
                    found += _of_desk(desk)
            for number, each in enumerate(_reports):
                found += [_headings(str(number), each()[1])]
    return list(dict.fromkeys(found))


def _of_desk(desk: Any) -> Iterable[ExportHeadings]:
    label = desk.opts.label_lower
    shown = [str(name) for name in desk.list_display if name not in desk.leads]
    usual = [*shown, *desk.told_too, *filled_columns(desk)]
    columns = exported_columns(desk, list(dict.fromkeys([*usual, *desk.further_columns])))
    for name in ("heading", "name"):
        always = [getattr(each, name) for each in columns if each.field in usual]
        yield _headings(name_of(label, LISTED), [getattr(each, name) for each in columns], always)
    for headings in desk.further_headings():
        yield _headings(name_of(label, FURTHER), headings)


def _headings(export: str, every: Iterable[str], usual: Iterable[str] | None = None) -> ExportHeadings:
    all_of_it = frozenset(map(plain, every))
    return ExportHeadings(
        export, all_of_it, (all_of_it if usual is None else frozenset(map(plain, usual))) - _numbers()
    )
