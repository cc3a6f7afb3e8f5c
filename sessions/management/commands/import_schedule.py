"""`manage.py import_schedule`: imports a conference's schedule into the draft of an agenda."""

from typing import Any

from django.core.management.base import CommandParser

from sessions.exchange.models import SCHEDULE
from sessions.visibility.models import Visibility
from summit.imports.commands import ImportCommand


class Command(ImportCommand):
    """Imports a schedule.json or schedule.xml into a summit's draft, and prints the outcome of each event."""

    help = (
        "Import a schedule in the format of frab and pretalx, JSON or XML, into the draft of an agenda. The report "
        "names each event. Importing the same file again changes nothing, and nothing is public before the next "
        "release."
    )
    kind = SCHEDULE
    prints_all = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare also the visibility of new sessions."""
        super().add_arguments(parser)
        parser.add_argument(
            "--visible-to",
            choices=Visibility.values,
            default=Visibility.PARTICIPANTS.value,
            help="who is to see new sessions (default: those who take part)",
        )

    def chosen(self, options: dict[str, Any]) -> dict[str, str]:
        """Return the visibility of new sessions."""
        return {"visibility": options["visible_to"]}
