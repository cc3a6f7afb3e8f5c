"""The report on what a table of parties and people would do, row by row."""

from dataclasses import dataclass, field
from typing import ClassVar

from summit.uploads import report


@dataclass
class ImportLine(report.ReportLine):
    """A row of the report, with the names of the party and the person that it names."""

    party: str = ""
    person: str = ""


@dataclass
class ImportReport(report.UploadReport[ImportLine]):
    """The rows of the report, and the columns that aren't used.

    These are unknown columns, columns that occur twice, and those that the importer may not fill.
    """

    LINE: ClassVar[type[report.ReportLine]] = ImportLine

    unknown: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
