"""`manage.py import_schedule`: imports a conference's schedule into the draft of an agenda."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.selectors.report import EventLine, ScheduleReport
from sessions.exchange.services.importer import preview, read_in
from sessions.visibility.models import Visibility
from summit.audit.services import SYSTEM
from summit.summits.models import Summit


class Command(BaseCommand):
    """Imports a schedule.json or schedule.xml into a summit's draft, and prints the outcome of each event."""

    help = (
        "Read a schedule in the format of frab and pretalx, JSON or XML, into the draft of an agenda. Every event "
        "that can be read is written, in one transaction; the report tells of each. The same file twice changes "
        "nothing, and nobody learns of anything before the next release."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the summit, the dry run, and the visibility of new sessions."""
        parser.add_argument("file", type=Path, help="the schedule")
        parser.add_argument("--summit", required=True, metavar="SLUG", help="address of the summit")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")
        parser.add_argument(
            "--visible-to",
            choices=Visibility.values,
            default=Visibility.PARTICIPANTS.value,
            help="who is to see sessions that are new (default: those who take part)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file and print the report."""
        path: Path = options["file"]
        summit = Summit.objects.filter(slug=options["summit"]).first()
        if summit is None:
            known = ", ".join(Summit.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no summit {options['summit']}. There are: {known}.")
        act = preview if options["dry_run"] else read_in
        try:
            report = act(summit=summit, content=path.read_bytes(), by=SYSTEM, visibility=options["visible_to"])
        except OSError as problem:
            raise CommandError(f"{path} can't be read: {problem.strerror}.") from problem
        except Unreadable as problem:
            raise CommandError(str(problem)) from problem
        self._tell(report, dry=options["dry_run"])

    def _tell(self, report: ScheduleReport, *, dry: bool) -> None:
        for line in report.lines:
            self.stdout.write(self._line(line))
        if report.rooms:
            self.stdout.write(f"New rooms: {', '.join(report.rooms)}.")
        if report.people:
            self.stdout.write(f"New people: {report.people}.")
        if report.left:
            self.stdout.write(f"Not kept: {report.told_left}.")
        number = len(report.lines)
        summary = f"Nothing was written. Events that would be read: {number}" if dry else f"Events read: {number}"
        self.stdout.write(self.style.SUCCESS(f"{summary}. {report.told}."))

    def _line(self, line: EventLine) -> str:
        fields = [f"changes {', '.join(line.fields)}."] if line.fields else []
        return " ".join([f"Event {line.number} ({line.word}) {line.title or '-'}:", *fields, *line.notes]).rstrip(":")
