"""What reading people in costs: a spreadsheet of theirs taken over, as a multiple of the bare reading of the file.

The bare reading opens the file with openpyxl and asks each cell for its value, as anybody would who wants nothing but
the values. Beside it stands the library's leaner way, which gives rows one after the other: ours reads by it too.
Measured is the processor's time, all of which one process spends.
"""

import io
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook, load_workbook

from delegations.imports.services.importer import read_in
from delegations.members.models.categories import Category
from delegations.parties.models.policy import Policy
from summit.audit.services import SYSTEM
from summit.imports import table_parsing
from summit.people.models import Person
from summit.summits.models import Summit

ROUNDS = 3
PEOPLE = 5_000
PARTIES = 100
MOST = 3.0
HEADINGS = (
    *("delegation", "name", "office held", "category", "salutation", "e-mail", "language"),
    *("passport number", "date of birth", "arrives", "arriving flight", "hotel"),
)


@dataclass(frozen=True)
class Times:
    """Seconds for a file of so many people, the median of the rounds."""

    people: int
    imported: float
    bare: float
    lean: float

    @property
    def multiple(self) -> float:
        """The import as a multiple of the bare reading."""
        return self.imported / self.bare


def spreadsheet(people: int, parties: int = PARTIES) -> bytes:
    """Return an XLSX file of so many people of so many companies, one of them with what a desk knows of a person."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADINGS)
    for number in range(people):
        sheet.append(_cells(number, parties))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cells(number: int, parties: int) -> list[Any]:
    day = date(1950 + number % 50, 1 + number % 12, 1 + number % 28)
    return [
        *(f"Company {number % parties}", f"Given{number} Family{number}", f"Director {number}", "representative"),
        *("Dr" if number % 3 else "", f"person{number}@company.example", "en" if number % 2 else "fr"),
        *(f"P{number:08d}", day, "2025-03-30 09:30", f"BA {number % 900}", f"Hotel {number % 20}"),
    ]


def measure(*, people: int = PEOPLE, rounds: int = ROUNDS) -> Times:
    """Read a file into a summit of its own, and bare, in turns. Raises RuntimeError where a row is left out."""
    content = spreadsheet(people)
    imported, bare, lean = [], [], []
    for turn in range(rounds):
        summit = _summit(turn)
        bare.append(_seconds(lambda: _bare(content)))
        lean.append(_seconds(lambda: _bare(content, read_only=True)))
        imported.append(_seconds(lambda summit=summit: _read_in(summit, content)))  # type: ignore[misc]
        made = Person.objects.filter(summit=summit).count()
        if made != people:
            raise RuntimeError(f"{made} of {people} people were read in")
    return Times(people, statistics.median(imported), statistics.median(bare), statistics.median(lean))


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _summit(turn: int) -> Summit:
    """A summit to read people into, in which nobody is yet."""
    summit = Summit.objects.create(
        slug=f"import-{turn}",
        name="Import",
        short_name="Import",
        host="Host",
        starts_on=date(2025, 3, 31),
        ends_on=date(2025, 4, 1),
        time_zone="Europe/London",
        place="London",
        contact_email="protocol@host.example",
    )
    Category.objects.of(summit)
    Policy.objects.of(summit)
    return summit


def _read_in(summit: Summit, content: bytes) -> None:
    read_in(
        summit=summit,
        table=table_parsing.read(filename="people.xlsx", content=content),
        by=SYSTEM,
        answers={"* kind": "organisation"},
    )


def _bare(content: bytes, *, read_only: bool = False) -> None:
    book = load_workbook(io.BytesIO(content), read_only=read_only, data_only=True)
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            cell.value  # noqa: B018
