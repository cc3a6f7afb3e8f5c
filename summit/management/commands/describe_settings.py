"""`manage.py describe_settings`: prints the documentation of the environment variables (docs/settings.md)."""

from typing import Any

from django.core.management.base import BaseCommand

from summit.core.environment_variables import describe
from summit.environment import GROUPS


class Command(BaseCommand):
    """Prints the environment variables with their types, defaults and documentation, in Markdown."""

    help = "Print what each environment variable means, as Markdown. docs/settings.md is made so."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the documentation."""
        self.stdout.write(describe(GROUPS), ending="")
