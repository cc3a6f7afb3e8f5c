"""`manage.py import_delegations`: imports parties and people from a table."""

from typing import Any

from django.core.management.base import CommandParser

from delegations.imports.models import TableKind
from summit.imports.commands import ImportCommand


class Command(ImportCommand):
    """Imports a CSV, XLSX or JSON file of parties and people into a summit, and prints the rows to check."""

    help = (
        "Import parties and people from a CSV, XLSX or JSON file. Every valid row is written, in one transaction; "
        "the others are printed with their numbers. Importing the same file again changes nothing."
    )
    kind = TableKind.PARTIES.value

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare also whether new countries are entered."""
        super().add_arguments(parser)
        parser.add_argument(
            "--enter",
            action="store_true",
            help="enter countries that are not on the list yet, by their ISO 3166 names",
        )

    def answers(self, options: dict[str, Any]) -> dict[str, str]:
        """Return the answer that enters new countries, if that is asked for."""
        return {"* enter": "enter"} if options["enter"] else {}
