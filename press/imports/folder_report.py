"""The report of an import of a folder of speeches: the outcome of each file."""

from dataclasses import dataclass, field
from typing import ClassVar

from delegations.imports.selectors.report import ImportReport as PartiesReport
from summit.uploads import report


@dataclass
class FolderLine(report.ReportLine):
    """The outcome of a file, with the name of the file and the title of the text."""

    file: str = ""
    title: str = ""


@dataclass
class FolderReport(report.UploadReport[FolderLine]):
    """The report of an import of a folder: a line for each file, in the order of the parties' codes.

    `speeches` is the number of new speeches. The other fields are about the table of speakers and other files.
    """

    LINE: ClassVar[type[report.ReportLine]] = FolderLine

    # The outcome of the rows of the table, or None unless parties and people were created from it.
    parties: PartiesReport | None = None
    speeches: int = 0
    # Codes of the table's rows without a file, and names of files that aren't texts.
    without_file: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
