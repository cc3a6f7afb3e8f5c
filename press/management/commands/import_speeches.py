"""`manage.py import_speeches`: import a folder of speeches as transcripts."""

import io
import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from press.imports.folder_files import is_hidden, is_speech
from press.imports.models import SPEECHES
from press.texts.models.texts import Wording
from sessions.draft.models.sessions import Session
from summit.imports.commands import ImportCommand
from summit.imports.definitions import YES
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User


class Command(ImportCommand):
    """Imports files as transcripts of the speeches of a session, and prints the outcome of each file.

    The name of each file begins with the ISO code of the party.
    """

    help = (
        "Import a folder of speeches named by ISO code (FRA.txt, FRA.docx, fr/FRA.md or FRA.fr.md for another "
        "language) as transcripts of a session, in draft. A file that can't be read doesn't stop the others. "
        "Importing the same folder again changes nothing."
    )
    kind = SPEECHES
    prints_all = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare also the session, the table of speakers and the options of the texts."""
        super().add_arguments(parser)
        parser.add_argument("--session", metavar="ID_OR_TITLE", help="the session (default: the summit's only one)")
        parser.add_argument("--speakers", type=Path, metavar="CSV", help="the table that says who speaks")
        parser.add_argument(
            "--make-parties", action="store_true", help="create missing parties and speakers from the table first"
        )
        parser.add_argument("--language", help="language of texts whose names have none (default: the summit's)")
        parser.add_argument(
            "--wording",
            choices=[value for value in Wording.values if value != Wording.NONE],
            default=Wording.DELIVERED.value,
            help="how the words relate to what was said (default: as delivered)",
        )
        parser.add_argument("--publish-at", metavar="TIME", help="when they are published, in the venue's time")
        parser.add_argument("--submit", action="store_true", help="submit new texts for review")
        parser.add_argument("--by", metavar="MAILBOX", help="who enters them (default: the only press officer)")

    def actor(self, summit: Summit, options: dict[str, Any]) -> User:
        """Return the press officer who enters the texts. Raises CommandError."""
        return _officer(summit, options["by"])

    def chosen(self, options: dict[str, Any]) -> dict[str, str]:
        """Return the options of the import. Raises CommandError."""
        summit = Summit.objects.get(slug=options["summit"])
        if options["make_parties"] and not options["speakers"]:
            raise CommandError("Delegations are created from the table of speakers: name it with --speakers.")
        return {
            "session": _session(summit, options["session"]).public_id,
            "wording": options["wording"],
            "language": options["language"] or "",
            "publish_at": options["publish_at"] or "",
            "submit": YES if options["submit"] else "",
            "make_parties": YES if options["make_parties"] else "",
        }

    def content(self, path: Path, summit: Summit, options: dict[str, Any]) -> bytes:
        """Return a ZIP archive of the folder's texts and of the table. Raises OSError, CommandError."""
        if not path.is_dir():
            raise CommandError(f"{path} is no folder.")
        files = sorted(each for each in path.rglob("*") if each.is_file())
        names = {str(each.relative_to(path)): each for each in files}
        others = [name for name in names if not is_speech(name) and not is_hidden(name)]
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in filter(is_speech, names):
                packed.writestr(name, names[name].read_bytes())
            if options["speakers"]:
                packed.writestr(f"speakers{options['speakers'].suffix}", options["speakers"].read_bytes())
        if others:
            self.stdout.write(f"Not imported, since they are no texts: {', '.join(others)}.")
        return archive.getvalue()


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
