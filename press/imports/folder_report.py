"""What became of each file of a folder of speeches."""

from dataclasses import dataclass, field
from typing import ClassVar

from delegations.imports.selectors.report import Report as PartiesReport
from summit.uploads import report


@dataclass
class Line(report.Line):
    """A file: its name, and the title of the text that it became or is."""

    file: str = ""
    title: str = ""


@dataclass
class Report(report.Report[Line]):
    """The files in the order of who speaks, and what else there is to tell."""

    LINE: ClassVar[type[report.Line]] = Line

    # What became of the table's rows as parties and people, where these were to be made.
    parties: PartiesReport | None = None
    speeches: int = 0
    # Codes of rows that no file belongs to, and files that are no texts.
    without_file: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
