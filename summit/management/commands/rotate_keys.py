"""`manage.py rotate_keys`: encrypts all encrypted values again with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.core import key_rotation


class Command(BaseCommand):
    """Encrypts all encrypted values with the first of FIELD_KEYS, so that the other keys can be removed."""

    help = (
        "Writes everything that is encrypted anew with the first of FIELD_KEYS, in short transactions, beside the "
        "running system. Stopped, it goes on where it was. Exits with 1 where no key opens a value."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option for the size of a batch."""
        parser.add_argument(
            "--batch", type=int, default=key_rotation.BATCH, metavar="N", help="rows in one transaction"
        )

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        """Encrypt the values of all columns again, and print for each column how many values were encrypted.

        Raises CommandError for a batch without rows, or if no key opens a value.
        """
        if batch < 1:
            raise CommandError(_("A batch needs at least one row."), returncode=2)
        progress_by_column: dict[str, key_rotation.Progress] = {}
        for progress in key_rotation.rotate(batch=batch):
            progress_by_column[progress.name] = progress
        for progress in progress_by_column.values():
            if progress.seen:
                message = _("%(column)s: %(seen)d checked, %(written)d rewritten")
                self.stdout.write(
                    message % {"column": progress.name, "seen": progress.seen, "written": progress.written}
                )
        closed = [f"{progress.name} {pk}" for progress in progress_by_column.values() for pk in progress.closed]
        if closed:
            message = ngettext(
                "No key in %(setting)s decrypts %(n)d value. Add its key after the others and run this again: "
                "%(rows)s",
                "No key in %(setting)s decrypts %(n)d values. Add their keys after the others and run this again: "
                "%(rows)s",
                len(closed),
            )
            raise CommandError(message % {"setting": "FIELD_KEYS", "n": len(closed), "rows": ", ".join(closed[:20])})
        self.stdout.write(_("Everything is encrypted with the first key. You can remove the others."))
