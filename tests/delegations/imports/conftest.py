"""A summit into which tables of parties and people are read."""

from typing import Any

from delegations.imports.services.importer import read_in
from delegations.members.models.categories import Category
from summit.audit.services import SYSTEM
from summit.imports.report import ImportReport
from summit.imports.table_parsing import Table, read
from summit.people.models import Person
from summit.summits.models import Summit
from tests import factories as f
from tests.module_fixtures import once_a_module


@once_a_module
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    Category.objects.of(found)
    return found


def table(text: str) -> Table:
    return read(filename="x.csv", content=text.encode())


def into(summit: Summit, text: str, **values: Any) -> ImportReport:
    """Read a table into a summit, and return the report on it."""
    return read_in(summit=summit, table=table(text), **{"by": SYSTEM, **values})


def outcomes(report: ImportReport) -> list[str]:
    return [line.outcome for line in report.lines]


def people(*fields: str) -> list[Any]:
    """Return what all people are said to be, in the order in which they were entered."""
    return list(Person.objects.order_by("pk").values_list(*fields, flat=len(fields) == 1))
