"""`manage.py describe_api`: writes the API's description to files. Each version of the program needs it once."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from summit.api import description


class Command(BaseCommand):
    """Write the API's description in all languages."""

    help = "Write the description of the API below VAR_DIR, so that whoever asks for it first doesn't wait for it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option for a lower priority than other processes."""
        parser.add_argument("--gently", action="store_true", help="leave the processor to whatever else runs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the missing files, and print how many files were written."""
        if options["gently"]:
            os.nice(19)
        written = description.write_all()
        self.stdout.write(f"{written} files are written." if written else "All files are there.")
