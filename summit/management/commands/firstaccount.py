"""`manage.py firstaccount`: makes the account of whoever sets the system up."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from summit.accounts import first_account
from summit.accounts.password_links import password_link


class Command(BaseCommand):
    """Create the first account and print a link by which it chooses its password.

    Only where nobody has an account and there is no summit; asked again for the same address before its first
    sign-in, it prints a new link. No password is typed into a shell or stands in its history.
    """

    help = "Makes the first account of an empty installation and prints a link by which it chooses its password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email", help="the address to sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create it, and print the link. Raises CommandError with what is wrong."""
        try:
            user = first_account.first_account(email=options["email"])
        except (first_account.NotFirst, ValidationError) as problem:
            raise CommandError(" ".join(getattr(problem, "messages", [str(problem)]))) from problem
        days = settings.PASSWORD_RESET_TIMEOUT // 86400
        self.stdout.write(f"Choose a password here, once, within {days} days:\n\n  {password_link(user)}\n")
        self.stdout.write(f"Then sign in at {settings.BASE_URL}/admin/ and create your summit.")
