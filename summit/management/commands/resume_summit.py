"""`manage.py resume_summit`: lets a paused summit or installation send again."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from summit.audit.services import SYSTEM
from summit.summits import installation, outbound_pause
from summit.summits.models import Summit
from summit.summits.outbound_pause import InstallationPaused, NotPaused, Waiting


class Command(BaseCommand):
    """Resumes a summit that came from an archive or a backup, or an installation that is a copy."""

    help = (
        "Lets a summit send that came here from an archive or a backup; with --all the installation, where nothing "
        "leaves it, and the summits that were paused with it. What is older than their arrival is cancelled. "
        "With --look nothing is done: it prints what would go out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the arguments for the summit's slug, for the whole installation, and for printing only."""
        parser.add_argument("slug", nargs="?", help="the summit's address")
        parser.add_argument("--all", action="store_true", dest="every", help="the installation with its summits")
        parser.add_argument("--look", action="store_true", help="print what waits, and change nothing")

    def handle(self, *args: Any, slug: str | None, every: bool, look: bool, **options: Any) -> None:
        """Print what waits to be sent. Then, unless `look` is true, resume the summit or the installation.

        Raises CommandError if it isn't paused, for an unknown slug, or if not exactly one of `slug` and `every` is
        used.
        """
        if every == bool(slug):
            raise CommandError(_("Name a summit, or use %(option)s.") % {"option": "--all"}, returncode=2)
        try:
            if slug:
                self._resume(slug, look)
            else:
                self._resume_all(look)
        except (NotPaused, InstallationPaused) as refused:
            raise CommandError(str(refused)) from None

    def _resume(self, slug: str, look: bool) -> None:
        summit = Summit.objects.filter(slug=slug).first()
        if summit is None:
            raise CommandError(_("There is no summit at “%(slug)s”.") % {"slug": slug})
        if not summit.is_paused:
            raise NotPaused(_("This summit is not paused."))
        self._tell(outbound_pause.waiting(summit))
        if not look:
            outbound_pause.resume(summit=summit, by=SYSTEM)
            self.stdout.write(_("The summit now sends messages."))

    def _resume_all(self, look: bool) -> None:
        row = installation.noticed()
        if row is None:
            raise NotPaused(_("This installation is not paused."))
        self.stdout.write(_("Outside the summits:"))
        self._tell(installation.waiting(row))
        for summit in installation.summits_of(row):
            self.stdout.write(f"{summit}:")
            self._tell(outbound_pause.waiting(summit))
        if not look:
            installation.resume(by=SYSTEM)
            self.stdout.write(_("The installation now sends messages."))

    def _tell(self, waiting: Sequence[Waiting]) -> None:
        if not waiting:
            self.stdout.write(_("nothing waits"))
        for row in waiting:
            message = _("%(what)s: %(goes)d to be sent, %(older)d cancelled")
            self.stdout.write(message % {"what": row.label, "goes": row.goes, "older": row.older})
