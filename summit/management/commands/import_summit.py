"""`manage.py import_summit`: imports a summit from an archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from summit.audit.services import SYSTEM
from summit.transfer import importer
from summit.transfer.encryption import ArchiveProblem
from summit.transfer.passphrase import add_passphrase_argument, passphrase_of


class Command(BaseCommand):
    """Imports a whole summit from an archive. The summit sends nothing until somebody resumes it."""

    help = (
        "Reads a summit from an archive that export_summit wrote, in one transaction. Its public ids stay as they "
        "were. It sends nothing until an organiser lets it, or resume_summit does."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the arguments for the file, another slug and the passphrase."""
        parser.add_argument("file", type=Path, help="the archive")
        parser.add_argument("--slug", help="another address than the one it had")
        add_passphrase_argument(parser)

    def handle(self, *args: Any, file: Path, slug: str | None, passphrase_file: Path | None, **options: Any) -> None:
        """Import the summit, and print what to do next.

        Raises CommandError if the archive can't be imported; nothing is changed then.
        """

        def tell(part: str, rows: int) -> None:
            if rows and options["verbosity"] > 1:
                self.stdout.write(f"{part}: {rows}")

        try:
            passphrase = passphrase_of(passphrase_file, twice=False)
            summit = importer.bring_in(path=file, passphrase=passphrase, slug=slug, by=SYSTEM, progress=tell)
        except ArchiveProblem as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(
            _(
                "“%(name)s” imported at /%(slug)s/. It sends nothing until an organiser resumes it at the desk or "
                "you run %(command)s. Webhooks are off and have new secrets."
            )
            % {"name": summit.name, "slug": summit.slug, "command": "resume_summit"}
        )
