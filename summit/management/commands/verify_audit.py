"""`manage.py verify_audit`: verifies the audit's chain."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.audit import verification, verification_messages


class Command(BaseCommand):
    """Computes every digest of the audit's chain again, and prints the first broken entry if there is one."""

    help = (
        "Verifies the chain of the audit. Prints its end, to be noted elsewhere, and exits with 0; or names the "
        "first broken entry and exits with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options for the first entry, and for an end of the chain that was noted elsewhere."""
        parser.add_argument("--from", dest="start", type=int, default=1, metavar="N", help="start at entry N")
        parser.add_argument(
            "--expect",
            metavar="DIGEST:LENGTH",
            help="an end of the chain that was noted elsewhere: the chain must still hold it",
        )

    def handle(self, *args: Any, start: int, expect: str | None, **options: Any) -> None:
        """Verify the chain in slices, so that memory use doesn't grow, and print the chain's end.

        Raises CommandError for a broken entry, and for an option that can't be used.
        """
        noted = self._noted(expect)
        mark = verification.end()
        if start < 1 or start > mark.length + 1:
            raise CommandError(_("The chain has %(number)d entries.") % {"number": mark.length}, returncode=2)
        progress = verification.begin(start)
        while progress.broken is None and progress.position < mark.length:
            progress = verification.advance(progress, mark.length, noted)
            self._progress(progress.position, mark.length)
        self._progress(0, 0)
        wrong = verification.finish(progress, mark, noted)
        if wrong is not None:
            message = verification_messages.broken(wrong.problem, position=wrong.position, key=wrong.key, at=wrong.at)
            raise CommandError(message, returncode=1)
        number = mark.length - start + 1
        message = ngettext("%(number)d entry verified.", "%(number)d entries verified.", number) % {"number": number}
        self.stdout.write(message)
        if mark.length:
            self.stdout.write(_("End of the chain: %(mark)s") % {"mark": mark})

    @staticmethod
    def _noted(expect: str | None) -> verification.Mark | None:
        if not expect:
            return None
        try:
            return verification.Mark.read(expect)
        except ValueError:
            message = _("--expect takes the end of the chain as printed by this command: DIGEST:LENGTH.")
            raise CommandError(message, returncode=2) from None

    @staticmethod
    def _progress(done: int, total: int) -> None:
        """Write the progress to standard error if that is a terminal. 0 of 0 clears the line."""
        if sys.stderr.isatty():
            message = _("%(done)d of %(total)d") % {"done": done, "total": total} if total else ""
            sys.stderr.write(f"\r{message:<40}\r")
            sys.stderr.flush()
