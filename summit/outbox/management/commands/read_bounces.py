"""`manage.py read_bounces`: records bounces from one delivery report on standard input, or from a mailbox of them."""

import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summit.outbox import bounces


class Command(BaseCommand):
    """Records bounces from delivery reports."""

    help = "Note the mails that came back, from standard input, a maildir or an mbox file. Twice is once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the argument for the path of a mailbox."""
        parser.add_argument("path", nargs="?", help="a maildir or an mbox file, else standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Record the bounces, and print how many reports were read and how many bounces were new.

        A report from standard input never makes the command fail, because the mail server would then bounce the
        report itself.
        """
        read, new = 0, 0
        for content in self._mails(options["path"]):
            read += 1
            new += bounces.record(bounces.read(content))
        self.stdout.write(f"{read} read, {new} came back that were not noted before")

    def _mails(self, path: str | None) -> Iterator[bytes]:
        if path is None:
            yield sys.stdin.buffer.read(bounces.LARGEST)
            return
        if not Path(path).exists():
            raise CommandError(f"{path} is not there: name a maildir or an mbox file.")
        box: Any = mailbox.Maildir(path, create=False) if Path(path).is_dir() else mailbox.mbox(path, create=False)
        try:
            for key in box.iterkeys():
                yield box.get_bytes(key)
        finally:
            box.close()
