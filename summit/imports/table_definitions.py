"""The base of the definitions of tables: files of rows whose first row names the columns."""

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit.services import By
from summit.core.punctuation import comma
from summit.core.registry import Registry
from summit.imports import table_parsing
from summit.imports.definitions import ImportDefinition, ImportProblem, Parsed, Upload
from summit.imports.report import ImportReport
from summit.imports.table_parsing import ParsedRow, Recognised, Table
from summit.summits.models import Summit
from summit.uploads.budgets import TABLE

Prepared = TypeVar("Prepared")
# Takes a file's headings, the name of the export that the definition imports, and how many of the headings the
# definition knows. Returns the title of the other list of which the file is an export, or "".
OtherList = Callable[[list[str], str, int], str]
_other_lists: Registry[OtherList] = Registry()
other_list = _other_lists.register


class TableImport(ImportDefinition[Prepared]):
    """A kind of tables: XLSX, CSV or JSON.

    `export` is the name of the export that is imported again (`summit.import_export.exported_lists`).
    """

    export = ""
    budget = TABLE
    accepts = gettext_lazy("XLSX, CSV or JSON, up to 10 MB and 20,000 rows.")
    introduction = gettext_lazy(
        "The first row names the columns. You see a preview of each row before anything is imported. You can "
        "import the same file again without creating duplicates."
    )

    @abstractmethod
    def recognised(self, by: By) -> Recognised:
        """Return a function that counts how many of a row's cells are headings of known columns."""

    @abstractmethod
    def check_table(self, table: Table, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise ImportProblem if the table has too many rows, or if none of its columns identifies its rows."""

    def parse(self, *, summit: Summit, filename: str, content: bytes, party_key: str, by: By) -> Parsed:
        """Return the table to store. Raises ImportProblem if the file is no table, or has no rows or too many."""
        recognised = self.recognised(by)
        table = table_parsing.read(filename=filename, content=content, recognised=recognised)
        for find in _other_lists:
            if title := find(table.headings, self.export, recognised(table.headings)):
                raise ImportProblem(self._is_other_list(title))
        if not table.rows:
            raise ImportProblem(_("The file has headings but no rows. Add rows and choose it again."))
        if len(table.rows) > self.budget.entries:
            raise ImportProblem(_("The file has more than %(n)d rows. Split it.") % {"n": self.budget.entries})
        self.check_table(table, summit=summit, party_key=party_key, by=by)
        return Parsed(packed(table), len(table.rows))

    def _is_other_list(self, title: str) -> str:
        """Return the sentence that a file is the export of another list than can be imported, and which one can."""
        own = capfirst(str(self.label))
        if title == own:
            message = _(
                "This file has the columns of the list “%(list)s”, in which fields are joined or missing. Export it "
                "with every field and choose that file."
            )
            return message % {"list": own}
        message = _("This file is an export of “%(list)s”. Export “%(wanted)s” and choose that file.")
        return message % {"list": title, "wanted": own}

    def notices(self, report: ImportReport) -> list[str]:
        """Return sentences about columns that aren't used."""
        facts = report.facts
        return [
            *_names(facts.get("unknown"), _("Unknown columns skipped: %(names)s.")),
            *_names(facts.get("twice"), _("Duplicate columns used once: %(names)s.")),
            *_names(facts.get("barred"), _("Columns skipped because you can’t change them: %(names)s.")),
        ]


def _names(names: Iterable[str] | None, sentence: str) -> list[str]:
    return [sentence % {"names": comma().join(names)}] if names else []


def packed(table: Table) -> bytes:
    """Return a table as stored."""
    rows = [[row.number, row.cells] for row in table.rows]
    return json.dumps({"headings": table.headings, "rows": rows}, ensure_ascii=False).encode()


def table_of(upload: Upload) -> Table:
    """Return the table of an upload."""
    data: dict[str, Any] = json.loads(upload.content)
    return Table(data["headings"], [ParsedRow(number, cells) for number, cells in data["rows"]])
