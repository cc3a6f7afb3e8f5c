"""Let a summit send: `manage.py arm_summit`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from summit.domain import arming
from summit.domain.audit import SYSTEM
from summit.models import Summit


class Command(BaseCommand):
    """Lets a summit send that came here from an archive or a backup."""

    help = (
        "Lets a summit send that came here from an archive or a backup. What is older than its arrival is cancelled. "
        "With --look nothing is done: it prints what would go out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the summit's address."""
        parser.add_argument("slug", help="the summit's address")
        parser.add_argument("--look", action="store_true", help="print what waits, and change nothing")

    def handle(self, *args: Any, slug: str, look: bool, **options: Any) -> None:
        """Print what waits, and arm. Raises CommandError."""
        summit = Summit.objects.filter(slug=slug).first()
        if summit is None:
            raise CommandError(_("There is no summit at the address “%(slug)s”.") % {"slug": slug})
        if not summit.is_disarmed:
            raise CommandError(_("This summit sends already: there is nothing to arm."))
        for row in arming.waiting(summit):
            said = _("%(what)s: %(goes)d go out, %(older)d are cancelled")
            self.stdout.write(said % {"what": row.label, "goes": row.goes, "older": row.older})
        if not look:
            arming.arm(summit=summit, by=SYSTEM)
            self.stdout.write(_("The summit sends from now on."))
