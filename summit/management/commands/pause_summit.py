"""`manage.py pause_summit`: pauses summits, so that they send nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.audit.services import SYSTEM
from summit.summits import installation, outbound_pause
from summit.summits.models import Summit


class Command(BaseCommand):
    """Pauses summits: they send nothing until somebody resumes them."""

    help = (
        "Lets summits send nothing until somebody resumes them. Use it after a backup was restored, before the "
        "workers start. Takes the summits' addresses, or --all: then nothing leaves the installation, mail about "
        "accounts included."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the arguments for the summits' slugs and for all summits."""
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="the summits' addresses")
        parser.add_argument(
            "--all", action="store_true", dest="every", help="all summits that send, and the installation itself"
        )

    def handle(self, *args: Any, slugs: list[str], every: bool, **options: Any) -> None:
        """Pause the summits, and print how many were paused.

        Raises CommandError, before anything is changed, for an unknown slug or if not exactly one of `slugs` and
        `every` is used.
        """
        if every == bool(slugs):
            raise CommandError(_("Name summits, or use %(option)s.") % {"option": "--all"}, returncode=2)
        paused = installation.pause(by=SYSTEM) if every else self._pause(slugs)
        message = ngettext(
            "%(n)d summit paused until someone resumes it.",
            "%(n)d summits paused until someone resumes them.",
            len(paused),
        )
        self.stdout.write(message % {"n": len(paused)})

    def _pause(self, slugs: list[str]) -> list[Summit]:
        rows = list(Summit.objects.filter(slug__in=slugs).order_by("slug"))
        missing = sorted(set(slugs) - {row.slug for row in rows})
        if missing:
            raise CommandError(_("There is no summit at “%(slug)s”.") % {"slug": missing[0]})
        to_pause = [row for row in rows if not row.is_paused]
        for row in to_pause:
            outbound_pause.pause(summit=row, by=SYSTEM)
        return to_pause
