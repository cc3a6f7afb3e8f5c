"""`manage.py generate_field_key`: prints a fresh key for FIELD_KEYS."""

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Prints a new key for the encrypted fields of the database."""

    help = "Prints a fresh key for FIELD_KEYS. Put it first; keep the older ones as long as rows need them."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a new Fernet key."""
        self.stdout.write(Fernet.generate_key().decode())
