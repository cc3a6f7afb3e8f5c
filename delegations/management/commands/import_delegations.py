"""`manage.py import_delegations`: reads parties and people from a table."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from delegations.imports.column_recognition import recognised
from delegations.imports.selectors.report import ImportLine, ImportReport
from delegations.imports.services.importer import preview, read_in
from delegations.parties.selectors.party_kinds import Unreadable
from summit.audit.services import SYSTEM
from summit.import_export import parsers as tables
from summit.import_export.parsers import TableProblem
from summit.summits.models import Summit


class Command(BaseCommand):
    """Imports a CSV or XLSX file of parties and people into a summit, and prints the rows that need attention."""

    help = (
        "Read parties and people from a CSV or XLSX file. Every row that can be read is written, in one transaction; "
        "the others are told with their numbers. The same file twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the options of the command."""
        parser.add_argument("file", type=Path, help="the table; its first row names the columns")
        parser.add_argument("--summit", required=True, metavar="SLUG", help="address of the summit")
        parser.add_argument("--enter", action="store_true", help="enter countries that are not on the list yet")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file, or only preview it with `--dry-run`, and print the report.

        Raises CommandError if the summit doesn't exist or the file can't be read.
        """
        path: Path = options["file"]
        summit = Summit.objects.filter(slug=options["summit"]).first()
        if summit is None:
            slugs = ", ".join(Summit.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no summit {options['summit']}. There are: {slugs}.")
        try:
            table = tables.read(filename=path.name, content=path.read_bytes(), recognised=recognised)
            run_import = preview if options["dry_run"] else read_in
            answers = {"* enter": "enter"} if options["enter"] else {}
            report = run_import(summit=summit, table=table, by=SYSTEM, answers=answers)
        except OSError as problem:
            raise CommandError(f"{path} can't be read: {problem.strerror}.") from problem
        except (TableProblem, Unreadable) as problem:
            raise CommandError(str(problem)) from problem
        self._tell(report, dry=options["dry_run"])

    def _tell(self, report: ImportReport, *, dry: bool) -> None:
        for name, columns in (("not known", report.unknown), ("there twice", report.twice)):
            if columns:
                self.stdout.write(f"Columns {name}, and not used: {', '.join(columns)}.")
        for line in report.lines:
            if line.odd or line.outcome in ("refused", "asks"):
                self.stdout.write(self._line(line))
        row_count = len(report.lines)
        summary = f"Nothing was written. Rows that would be read: {row_count}" if dry else f"Rows read: {row_count}"
        self.stdout.write(self.style.SUCCESS(f"{summary}. {report.told}; {report.counts['odd']} odd."))

    def _line(self, line: ImportLine) -> str:
        names = ", ".join(part for part in (line.party, line.person) if part)
        notes = [*line.notes, *(asked.text for asked in line.questions if not asked.chosen)]
        return f"Row {line.number} ({line.word}) {names}: {' '.join(notes)}"
