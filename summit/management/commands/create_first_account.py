"""`manage.py create_first_account`: creates the first account, for the person who sets the system up."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from summit.accounts import first_account
from summit.accounts.password_links import password_link


class Command(BaseCommand):
    """Creates the first account, and prints a link to the page on which the account's owner chooses the password.

    So no password is typed into a shell or stored in the shell's history. The command works only if there is neither
    an account nor a summit. If it is run again for the same address before the first sign-in, it prints a new link.
    """

    help = "Makes the first account of an empty installation and prints a link by which it chooses its password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the argument for the e-mail address."""
        parser.add_argument("email", help="the address to sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the account, and print the link. Raises CommandError if the account can't be created."""
        try:
            user = first_account.first_account(email=options["email"])
        except (first_account.NotFirst, ValidationError) as problem:
            raise CommandError(" ".join(getattr(problem, "messages", [str(problem)]))) from problem
        days = settings.PASSWORD_RESET_TIMEOUT // 86400
        self.stdout.write(f"Choose a password here, once, within {days} days:\n\n  {password_link(user)}\n")
        self.stdout.write(f"Then sign in at {settings.BASE_URL}/admin/ and create your summit.")
