"""`manage.py scan_uploads`: shows the checks of uploaded files for viruses, and queues files for it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from summit.core.database_clock import db_now
from summit.quarantine.models import FileScan, ScanState
from summit.quarantine.selectors import is_on
from summit.uploads import scanning

SHOWN = 20


class Command(BaseCommand):
    """Prints how many files wait for their check and which were refused; queues files for the workers."""

    help = "Shows the checks of uploaded files for viruses. With an option, queues files for the workers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which files are queued."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="queue the files that were never checked")
        which.add_argument("--again", action="store_true", help="queue all files, such as after new signatures")
        which.add_argument("--failed", action="store_true", help="queue the files that couldn't be checked")

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue files if an option says so, and print the checks. Raises CommandError without CLAMD_URL."""
        if not is_on():
            raise CommandError("No virus scanner is set up: CLAMD_URL is empty. See docs/virus-scanning.md.")
        if options["all"] or options["again"]:
            self.stdout.write(f"Queued: {scanning.queue_all(again=options['again'])}")
        if options["failed"]:
            self.stdout.write(f"Queued: {scanning.queue_failed()}")
        self._print()

    def _print(self) -> None:
        counted = dict(FileScan.objects.order_by().values_list("state").annotate(Count("id")))
        self.stdout.write(", ".join(f"{state}: {counted.get(state, 0)}" for state in ScanState.values))
        oldest = scanning.pending().order_by("uploaded_at").first()
        if oldest is not None:
            waited = int((db_now() - oldest.uploaded_at).total_seconds())
            self.stdout.write(f"The oldest has waited for {waited} s. {oldest.problem}".strip())
        refused = FileScan.objects.filter(state__in=[ScanState.INFECTED, ScanState.FAILED]).order_by("-finished_at")
        for scan in refused.select_related("summit")[:SHOWN]:
            reason = scan.signature or scan.problem
            self.stdout.write(f"{scan.finished_at:%Y-%m-%d %H:%M} {scan.summit.slug} {scan}: {scan.state}, {reason}")
