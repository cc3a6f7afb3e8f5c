"""`manage.py import_speeches`: import a folder of speeches as transcripts."""

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from delegations.imports.column_recognition import recognised
from delegations.parties.selectors.party_kinds import Unreadable as UnreadableTable
from press.embargoes.admin.schedule_form import local_moment
from press.imports.files.report import Unreadable
from press.imports.folder_files import gather
from press.imports.folder_report import FolderLine, FolderReport
from press.imports.services import Order, import_speeches, preview
from press.texts.models.texts import Wording
from sessions.draft.models.sessions import Session
from summit.import_export import parsers as tables
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User


def _speakers(path: Path) -> tables.Table:
    return tables.read(filename=path.name, content=path.read_bytes(), recognised=recognised)


class Command(BaseCommand):
    """Imports files as transcripts of the speeches of a session, and prints the outcome of each file.

    The name of each file begins with the ISO code of the party.
    """

    help = (
        "Read a folder of speeches named by ISO code (FRA.txt, FRA.docx, fr/FRA.md or FRA.fr.md for another "
        "language) as transcripts of a session, in draft. One file that can't be read stops no other; the same "
        "folder twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the folder and the options."""
        parser.add_argument("folder", type=Path, help="the folder; what lies deeper in it is read too")
        parser.add_argument("--summit", required=True, metavar="SLUG", help="address of the summit")
        parser.add_argument("--session", metavar="ID_OR_TITLE", help="the session (default: the summit's only one)")
        parser.add_argument("--speakers", type=Path, metavar="CSV", help="the table that says who speaks")
        parser.add_argument(
            "--make-parties", action="store_true", help="make parties and speakers of the table first"
        )
        parser.add_argument("--language", help="language of texts whose names say none (default: the summit's)")
        parser.add_argument(
            "--wording",
            choices=[value for value in Wording.values if value != Wording.NONE],
            default=Wording.DELIVERED.value,
            help="how the words relate to what was said (default: as delivered)",
        )
        parser.add_argument("--publish-at", metavar="TIME", help="when they go out, in the venue's time")
        parser.add_argument("--submit", action="store_true", help="submit new texts for review")
        parser.add_argument("--by", metavar="MAILBOX", help="who enters them (default: the only press officer)")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the folder, and print the report."""
        summit = Summit.objects.filter(slug=options["summit"]).first()
        if summit is None:
            slugs = ", ".join(Summit.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no summit {options['summit']}. There are: {slugs}.")
        session, by = _session(summit, options["session"]), _officer(summit, options["by"])
        if options["make_parties"] and not options["speakers"]:
            raise CommandError("Parties are made of the table of speakers: name it with --speakers.")
        path: Path = options["folder"]
        try:
            if not path.is_dir():
                raise CommandError(f"{path} is no folder.")
            files, others = gather(path, language=options["language"] or summit.language)
            table: Path | None = options["speakers"]
            order = Order(
                summit=summit,
                session=session,
                by=by,
                files=files,
                table=_speakers(table) if table else None,
                make_parties=options["make_parties"],
                wording=options["wording"],
                moment=local_moment(options["publish_at"], summit.zone) if options["publish_at"] else None,
                submit=options["submit"],
            )
            report = (preview if options["dry_run"] else import_speeches)(order)
        except OSError as problem:
            raise CommandError(f"{problem.filename} can't be read: {problem.strerror}.") from problem
        except (tables.TableProblem, UnreadableTable, Unreadable, ValueError, PermissionDenied) as problem:
            raise CommandError(str(problem)) from problem
        report.others = others
        self._tell(report, dry=options["dry_run"])

    def _tell(self, report: FolderReport, *, dry: bool) -> None:
        if report.parties:
            for row in report.parties.lines:
                if row.odd or row.outcome == "refused":
                    self.stdout.write(
                        f"Row {row.number} ({row.word}) {row.party}, {row.person}: {' '.join(row.notes)}"
                    )
            self.stdout.write(f"Parties and speakers of the table: {report.parties.told}.")
        self.stdout.write(f"New speeches in the session: {report.speeches}.")
        for line in report.lines:
            self.stdout.write(self._line(line))
        if report.without_file:
            self.stdout.write(f"In the table without a file: {', '.join(report.without_file)}.")
        if report.others:
            self.stdout.write(f"No texts, and not read: {', '.join(report.others)}.")
        number = len(report.lines)
        summary = f"Nothing was written. Files that would be read: {number}" if dry else f"Files read: {number}"
        self.stdout.write(self.style.SUCCESS(f"{summary}. {report.told}."))

    def _line(self, line: FolderLine) -> str:
        return f"{line.file} ({line.word}) {line.title or '-'}: {' '.join(line.notes)}".rstrip(": ")


def _session(summit: Summit, wanted: str | None) -> Session:
    rows = Session.objects.filter(summit=summit).select_related("summit")
    matches = list(rows.filter(public_id=wanted) or rows.filter(title=wanted) if wanted else rows[:2])
    if len(matches) == 1:
        return matches[0]
    problem = "no session" if not matches else "several sessions"
    named = f" called {wanted}" if wanted else ""
    raise CommandError(f"The summit has {problem}{named}. Name one with --session, by its id or title.")


def _officer(summit: Summit, mailbox: str | None) -> User:
    officers = User.objects.filter(roles__summit=summit, roles__role=Role.PRESS_OFFICER, is_active=True).distinct()
    matches = list(officers.filter(email__iexact=mailbox) if mailbox else officers[:2])
    if len(matches) == 1:
        return matches[0]
    raise CommandError(
        "Name with --by the mailbox of a press officer of this summit: their name stands by the texts."
    )
