"""`manage.py compile_catalogues`: compiles the translation catalogues without the gettext tools."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from summit.core.catalogues import compile_stale


class Command(BaseCommand):
    """Writes the .mo file beside each .po file if it is missing or has other texts."""

    help = "Compile the catalogues of locale/ that have changed. Run it with each version of the program."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile the changed catalogues, and print which files were written.

        Raises CommandError where they can't be written.
        """
        (folder,) = settings.LOCALE_PATHS
        try:
            written = compile_stale(folder)
        except OSError as problem:
            raise CommandError(
                f"{folder} can't be written here: {problem.strerror}. A release is compiled before it is installed: "
                "in its source's folder, as the user who owns that (docs/deploying.md, step 2).",
                returncode=2,
            ) from None
        if options["verbosity"]:
            names = ", ".join(str(path.relative_to(folder.parent)) for path in written)
            self.stdout.write(names or "The catalogues are compiled.")
