"""The report of an import of a folder of speeches: the outcome of each file."""

from dataclasses import dataclass, field
from typing import ClassVar

from delegations.imports.selectors.report import ImportReport as PartiesReport
from summit.uploads import report


@dataclass
class FolderLine(report.ReportLine):
    """The outcome of a file: its name, and the title of its text."""

    file: str = ""
    title: str = ""


@dataclass
class FolderReport(report.UploadReport[FolderLine]):
    """The lines of all files, in the order of the speakers' codes, and further notes."""

    LINE: ClassVar[type[report.ReportLine]] = FolderLine

    # The outcome of the table's rows, if parties and people were to be created.
    parties: PartiesReport | None = None
    speeches: int = 0
    # Codes of rows without a file, and names of files that aren't texts.
    without_file: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
