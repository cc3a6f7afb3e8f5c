"""`manage.py doctor`: looks at everything that the installation stands on, and says what to do."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from summit.maintenance.doctor.checks import run
from summit.maintenance.doctor.findings import Finding, Status, exit_code


class Command(BaseCommand):
    """Prints a line for each thing that was looked at. Changes and sends nothing."""

    help = (
        "Looks at database, broker, mail, keys, clocks, disk, workers, files, versions and settings, and prints a "
        "line for each with what to do. Changes and sends nothing. Exits with 0 if all is well, with 1 if something "
        "should be put right, and with 2 if something doesn't work."
    )
    # What is unsafe in the settings is a finding, like others.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option for programs."""
        parser.add_argument("--json", action="store_true", help="print a list of objects, for programs")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        """Run all checks, and exit with their code."""
        found: list[tuple[str, Finding]] = []
        for name, finding in run():
            found.append((name, finding))
            if not json:
                self._print(name, finding)
        if json:
            self.stdout.write(_as_json(found))
        connection.close()
        code = exit_code([finding for _name, finding in found])
        if code:
            sys.exit(code)

    def _print(self, name: str, finding: Finding) -> None:
        styles = {Status.OK: self.style.SUCCESS, Status.WARN: self.style.WARNING, Status.FAIL: self.style.ERROR}
        todo = f" – {finding.todo}" if finding.todo else ""
        self.stdout.write(f"{styles[finding.status](f'{finding.status:<4}')} {name}: {finding.text}{todo}")


def _as_json(found: list[tuple[str, Finding]]) -> str:
    rows = [{"check": name, "status": each.status, "text": each.text, "todo": each.todo} for name, each in found]
    return json.dumps(rows, indent=1)
