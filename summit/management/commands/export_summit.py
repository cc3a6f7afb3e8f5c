"""`manage.py export_summit`: writes a summit to an archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.audit.services import SYSTEM
from summit.summits.models import Summit
from summit.transfer import exporter
from summit.transfer.encryption import ArchiveProblem
from summit.transfer.passphrase import add_passphrase_argument, passphrase_of


class Command(BaseCommand):
    """Writes a whole summit to one encrypted archive."""

    help = (
        "Writes a summit with all that belongs to it, its files and its history to one archive, encrypted with a "
        "passphrase, beside the running system. Tokens, passwords and secrets of webhooks are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the arguments for the summit's slug, the file and the passphrase."""
        parser.add_argument("slug", help="the summit's address")
        parser.add_argument("file", type=Path, help="where the archive is written")
        add_passphrase_argument(parser)

    def handle(self, *args: Any, slug: str, file: Path, passphrase_file: Path | None, **options: Any) -> None:
        """Write the archive, and print how many rows it has.

        Raises CommandError if there is no such summit or the archive can't be written.
        """
        summit = Summit.objects.filter(slug=slug).first()
        if summit is None:
            raise CommandError(_("There is no summit at “%(slug)s”.") % {"slug": slug})

        def tell(part: str, rows: int) -> None:
            if rows and options["verbosity"] > 1:
                self.stdout.write(f"{part}: {rows}")

        try:
            passphrase = passphrase_of(passphrase_file, twice=True)
            manifest = exporter.export(summit=summit, path=file, passphrase=passphrase, by=SYSTEM, progress=tell)
        except ArchiveProblem as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            message = _("The file “%(name)s” can’t be written: %(why)s.")
            raise CommandError(message % {"name": file, "why": problem.strerror}) from None
        number = sum(part["rows"] for part in manifest["parts"].values())
        message = ngettext(
            "%(n)d row of %(name)s written to %(file)s.", "%(n)d rows of %(name)s written to %(file)s.", number
        )
        self.stdout.write(message % {"n": number, "name": summit.slug, "file": file})
