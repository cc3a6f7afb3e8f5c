"""The two columns by which the rows of an export are found again when the file is uploaded, and what is said of them.

An export begins with them. A row whose number is unknown is refused: it would otherwise be added a second time.
"""

from collections.abc import Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from summit.imports.definitions import ImportProblem

NUMBER, PUBLIC_ID = "system_number", "public_id"
NUMBERS = (NUMBER, PUBLIC_ID)
Row = TypeVar("Row")


def heading(name: str) -> str:
    """Return the heading of one of the NUMBERS in the active language."""
    return {NUMBER: _("Number in the system"), PUBLIC_ID: _("Public ID")}[name]


def find(cells: Mapping[str, str], known: Mapping[tuple[str, str], Row]) -> Row | None:
    """Return the row that the cells in the columns NUMBERS mean, or None if these cells are empty.

    `known` is a dict from pairs of a column and a value to the rows. Raises ImportProblem if a value is of no row, or
    the two are of different rows.
    """
    found: Row | None = None
    for name in NUMBERS:
        value = cells.get(name, "")
        if not value:
            continue
        row = known.get((name, value))
        if row is None:
            message = _(
                "No entry here has the “%(column)s” %(value)s. It was deleted, or it is from another summit or list. "
                "To add the row as a new entry, clear its cells “%(number)s” and “%(id)s”."
            )
            raise ImportProblem(message % {"column": heading(name), "value": value, **_headings()})
        if found is not None and row is not found:
            message = _(
                "“%(number)s” and “%(id)s” are those of two different entries. Export the list again and copy both "
                "from there."
            )
            raise ImportProblem(message % _headings())
        found = row
    return found


def _headings() -> dict[str, str]:
    return {"number": heading(NUMBER), "id": heading(PUBLIC_ID)}
