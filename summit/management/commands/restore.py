"""`manage.py restore`: restores a backup into an empty installation."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from summit.maintenance.backups.problems import BackupProblem, Refused
from summit.maintenance.backups.restore import restore


class Command(BaseCommand):
    """Reads a backup into the empty database of this installation, which then sends nothing."""

    help = (
        "Restores a backup into an empty installation, which sends nothing until somebody resumes it. Exits with 0 "
        "if it is restored, with 1 if it failed, and with 2 if something has to be done first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file, and the option for lost keys."""
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
        parser.add_argument(
            "--without-keys",
            action="store_true",
            help="restore although keys are lost, and lose what they encrypt",
        )

    def handle(self, *args: Any, file: Path, without_keys: bool, **options: Any) -> None:
        """Restore the backup, and print what to do next. Raises CommandError for what went wrong."""
        begun = time.monotonic()
        try:
            restored = restore(file, without_keys=without_keys)
        except BackupProblem as problem:
            raise CommandError(str(problem), returncode=2 if isinstance(problem, Refused) else 1) from None
        contents = restored.manifest.contents
        found = f"{sum(contents.rows.values())} rows in {len(contents.rows)} tables"
        self.stdout.write(f"{found} restored from {file} in {time.monotonic() - begun:.1f} s.")
        self.stdout.write("It sends nothing. Next:")
        migrate = [f"manage.py migrate applies the {restored.migrations} migrations of this version."]
        steps = [
            *(migrate if restored.migrations else []),
            "Start web, workers and beat, and look at the pages. manage.py doctor checks the installation.",
            # Workers chain the newest entries first.
            *([f"manage.py verify_audit --expect {contents.audit_end}"] if contents.audit_end else []),
            "Make sure that the former installation sends nothing. manage.py resume_summit --all --look tells what "
            "waits, and manage.py resume_summit --all lets it send.",
        ]
        for number, step in enumerate(steps, 1):
            self.stdout.write(f"{number}. {step}")
