"""The base of the commands that import a file: they go by the same services as the desk and print the same report."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from summit.audit.services import SYSTEM, By
from summit.imports import services
from summit.imports.definitions import ImportProblem, Upload
from summit.imports.report import ImportReport, ReportLine
from summit.summits.models import Summit


class ImportCommand(BaseCommand):
    """Imports a file into a summit, and prints the report on its entries. Subclasses name the kind and its
    options."""

    kind: str
    # Whether entries are printed that need nobody's attention, too.
    prints_all = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the summit and the dry run."""
        parser.add_argument("file", type=Path, help="the file to import")
        parser.add_argument("--summit", required=True, metavar="SLUG", help="slug of the summit")
        parser.add_argument("--dry-run", action="store_true", help="print what would be done, and write nothing")

    def chosen(self, options: dict[str, Any]) -> dict[str, str]:
        """Return the values of the definition's options, from the command's options."""
        return {}

    def answers(self, options: dict[str, Any]) -> dict[str, str]:
        """Return answers to questions of the report, by the questions' keys."""
        return {}

    def actor(self, summit: Summit, options: dict[str, Any]) -> By:
        """Return who imports the file: the system, unless a subclass asks for an account."""
        return SYSTEM

    def content(self, path: Path, summit: Summit, options: dict[str, Any]) -> bytes:
        """Return the file's content. Raises OSError."""
        return path.read_bytes()

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file, or only preview it with `--dry-run`, and print the report.

        Raises CommandError if the summit doesn't exist or the file can't be read or imported.
        """
        path: Path = options["file"]
        summit = Summit.objects.filter(slug=options["summit"]).first()
        if summit is None:
            slugs = ", ".join(Summit.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no summit {options['summit']}. There are: {slugs}.")
        try:
            report = self.run(path, summit, options)
        except OSError as problem:
            raise CommandError(f"{problem.filename or path} can't be read: {problem.strerror}.") from problem
        except ImportProblem as problem:
            raise CommandError(str(problem)) from problem
        self._print(report, dry=options["dry_run"])

    def run(self, path: Path, summit: Summit, options: dict[str, Any]) -> ImportReport:
        """Preview or import the file, and return the report."""
        definition, by = services.definition_of(self.kind), self.actor(summit, options)
        content, chosen, answers = self.content(path, summit, options), self.chosen(options), self.answers(options)
        definition.check_permission(summit=summit, party_key="", by=by)
        if options["dry_run"]:
            parsed = definition.parse(summit=summit, filename=path.name, content=content, party_key="", by=by)
            return services.preview(definition, Upload(summit, parsed.content, by, "", chosen, answers))
        file = services.store(
            summit=summit,
            kind=self.kind,
            filename=path.name,
            content=content,
            by=by,
            options=chosen,
            answers=answers,
            uploaded=False,
        )
        return services.apply(file=file, by=by)

    def _print(self, report: ImportReport, *, dry: bool) -> None:
        for line in report.lines:
            if self.prints_all or line.odd or line.outcome in ("changed", "refused", "asks"):
                self.stdout.write(_line(line))
        for notice in services.definition_of(self.kind).notices(report):
            self.stdout.write(notice)
        number, odd = len(report.lines), report.counts["odd"]
        done = f"Nothing was written. Entries: {number}" if dry else f"Entries: {number}"
        self.stdout.write(self.style.SUCCESS(f"{done}. {report.summary}; {odd} to check."))


def _line(line: ReportLine) -> str:
    names = ", ".join(part for part in (line.part_of, line.name) if part) or "–"
    values = {label: f"{label} ({old} → {new})" for label, old, new in line.changes}
    changes = [f"changes {', '.join(values.get(label, label) for label in line.fields)}."] if line.fields else []
    notes = [*changes, *line.notes, *(each.text for each in line.questions if not each.chosen)]
    return f"{line.number} ({line.label}) {names}: {' '.join(notes)}".rstrip(": ")
