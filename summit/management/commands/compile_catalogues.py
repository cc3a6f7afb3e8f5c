"""`manage.py compile_catalogues`: compiles the translation catalogues without the gettext tools."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from summit.core.catalogues import compile_stale


class Command(BaseCommand):
    """Writes the .mo file beside each .po file if it is missing or older than the .po file."""

    help = "Compile the catalogues of locale/ that have changed. Run it with each version of the program."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile the changed catalogues, and print which files were written."""
        (folder,) = settings.LOCALE_PATHS
        written = compile_stale(folder)
        if options["verbosity"]:
            names = ", ".join(str(path.relative_to(folder.parent)) for path in written)
            self.stdout.write(names or "The catalogues are compiled.")
