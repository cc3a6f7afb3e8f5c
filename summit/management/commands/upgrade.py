"""`manage.py upgrade`: applies migrations while the former and the new version run side by side."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from summit.maintenance import upgrades
from summit.maintenance.upgrades import NotNow, Phase


class Command(BaseCommand):
    """Applies the migrations of one phase, or tells what waits."""

    help = (
        "Applies the migrations that the former version doesn't notice (before), or those that need that it runs no "
        "more (after), beside the running system. Without an argument it tells what waits. Exits with 0, or with 2 "
        "if something comes first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the argument for the phase."""
        parser.add_argument("phase", nargs="?", choices=[each.value for each in Phase], help="which are applied")

    def handle(self, *args: Any, phase: str | None, verbosity: int, **options: Any) -> None:
        """Apply migrations, or print what waits. Raises CommandError if something comes first."""
        later = upgrades.later()
        if later:
            raise CommandError(
                f"This database has migrations of a later version: {later}. Run this with that version.", returncode=2
            )
        if phase is None:
            self._tell()
            return
        try:
            number = upgrades.apply(Phase(phase), tell=self.stdout.write, interactive=False, verbosity=verbosity)
        except NotNow as first:
            raise CommandError(str(first), returncode=2) from None
        self.stdout.write(f"{number} {'migration' if number == 1 else 'migrations'} applied.")
        self._tell()

    def _tell(self) -> None:
        found = upgrades.waiting()
        for name, keys in (("before", found.before), ("after", found.after), ("next upgrade", found.held)):
            for app, migration in keys:
                self.stdout.write(f"{name}: {app}.{migration}")
        if found.before:
            self.stdout.write("Run manage.py upgrade before, then start the new version.")
        elif found.after:
            self.stdout.write("Run manage.py upgrade after when no former version runs any more.")
        else:
            self.stdout.write("No migration waits.")
