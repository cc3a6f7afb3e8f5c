"""What a table of parties and people would do, row by row."""

from dataclasses import dataclass, field
from typing import ClassVar

from summit.uploads import report


@dataclass
class Line(report.Line):
    """A row, and whom it names."""

    party: str = ""
    person: str = ""


@dataclass
class Report(report.Report[Line]):
    """The rows, and what of the file is not used: columns that nobody knows, that are there twice, and that whoever
    imports may not fill."""

    LINE: ClassVar[type[report.Line]] = Line

    unknown: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
