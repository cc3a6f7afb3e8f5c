"""`manage.py processing_record`: prints a summit's record of processing personal data (GDPR, article 30)."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from delegations.core import table_writers
from delegations.privacy.selectors import processing_record
from delegations.privacy.selectors.processing_record import ProcessingEntry
from summit.summits.models import Summit

TEXT = "text"


class Command(BaseCommand):
    """Prints what personal data a summit processes: of whom, what for, who sees and changes it, and until when."""

    help = "Print a summit's record of processing personal data (GDPR, article 30)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the summit, the format and the language."""
        parser.add_argument("--summit", required=True, metavar="SLUG")
        parser.add_argument("--format", choices=[TEXT, table_writers.CSV, table_writers.JSON], default=TEXT)
        parser.add_argument("--language", choices=list(dict(settings.LANGUAGES)), default=settings.LANGUAGE_CODE)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the record. JSON has the columns' names for programs; text has a paragraph for each field.

        Raises CommandError if there is no summit with this slug.
        """
        summit = Summit.objects.filter(slug=options["summit"]).first()
        if summit is None:
            raise CommandError(f"There is no summit “{options['summit']}”.")
        with override(options["language"]):
            entries, ending = processing_record.entries(summit=summit), options["format"]
            if ending == TEXT:
                self.stdout.write("\n".join(_lines(entries)))
                return
            rows = processing_record.table(entries, named=ending == table_writers.JSON)
            self.stdout.write(table_writers.write(rows, ending=ending).decode())


def _lines(entries: Iterable[ProcessingEntry]) -> Iterator[str]:
    headings = processing_record.headings()
    for rows, group in processing_record.grouped(entries):
        for entry in group:
            yield f"{rows}: {entry.data}"
            for name in ("subjects", "purpose", "seen_by", "changed_by", "kept"):
                yield f"  {getattr(headings, name)}: {getattr(entry, name)}"
            yield ""
