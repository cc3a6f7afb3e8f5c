"""`manage.py rebuild_search`: rebuild the search index of texts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from press.search import services as search_services
from summit.summits.models import Summit


class Command(BaseCommand):
    """Rebuilds the search index of texts."""

    help = (
        "Make anew by what texts are found: after an upgrade that changes how words are made ready, or of the "
        "library that knows their stems. Searches find what they found until it is done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--summit", metavar="SLUG", help="address of the summit (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild the index of all summits or of one, and print the number of editions."""
        summit = None
        if slug := options["summit"]:
            summit = Summit.objects.filter(slug=slug).first()
            if summit is None:
                slugs = ", ".join(Summit.objects.values_list("slug", flat=True)) or "none"
                raise CommandError(f"There is no summit {slug}. There are: {slugs}.")
        self.stdout.write(f"{search_services.rebuild(summit=summit)} editions can be found.")
