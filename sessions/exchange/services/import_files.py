"""Schedules that a desk uploads: kept with what would be made of their events, then taken over once, or deleted.

Of a file its bytes are kept until it is taken over; the report stays, which names events and people and holds nothing
else of them. What nobody takes over goes by itself.
"""

import json

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from delegations.invitations.services.scanned_answers import harmless_name
from delegations.privacy.services import nightly_purge
from sessions.exchange.models import ScheduleImportFile
from sessions.exchange.selectors import parsers
from sessions.exchange.selectors.formats import form_of
from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.selectors.report import Report
from sessions.exchange.services.importer import preview, read_in
from sessions.visibility.models import Visibility
from summit.audit import services as audit
from summit.audit.services import By
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.users.models import User

# Events that are read and written while somebody waits; more of them are a worker's.
AT_ONCE = 60
LONGEST_NAME = 200


def look_at_size(size: int) -> None:
    """Raise Unreadable for a file of more bytes than are read; ask before reading it."""
    if size > parsers.MOST_BYTES:
        raise Unreadable(parsers.too_large())


def store(
    *, summit: Summit, filename: str, content: bytes, by: User, visibility: str = Visibility.PARTICIPANTS
) -> ScheduleImportFile:
    """Keep a schedule with what would be made of it, and write nothing of it yet. One of more than AT_ONCE events has
    no report yet (`look`). Raises PermissionDenied, Unreadable."""
    check(by, "agenda.edit", summit)
    events = parsers.read(content, zone=summit.zone).events
    report = None
    if len(events) <= AT_ONCE:
        report = preview(summit=summit, content=content, by=by, visibility=visibility)
    with transaction.atomic():
        drop_old()
        row = ScheduleImportFile.objects.create(
            summit=summit,
            filename=harmless_name(filename, form_of(content), LONGEST_NAME, "schedule"),
            content=content,
            visibility=visibility,
            report=_written(report) if report else "",
            uploaded_by=by,
        )
        detail = {"lines": len(events)}
        audit.record(by=by, action="agenda.schedule_file.add", target=summit, summit=summit, detail=detail)
    return row


def look(*, row: ScheduleImportFile, by: By) -> Report:
    """Look anew what would be made of a schedule that waits, and keep the report. Raises PermissionDenied, Unreadable
    where it waits no more."""
    content = _content(row)
    report = preview(summit=row.summit, content=content, by=by, visibility=row.visibility)
    if not uploads_services.keep_report(row, _written(report)):
        raise Unreadable(_taken())
    return report


def take(*, row: ScheduleImportFile, by: By) -> Report:
    """Write what a schedule says into the draft, once, whoever asks how often; its report tells from now on what was
    done, and its bytes are forgotten. Raises PermissionDenied, Unreadable where it waits no more."""

    def claim() -> None:
        if not uploads_services.claim(row):
            raise Unreadable(_taken())

    return read_in(
        summit=row.summit,
        content=_content(row),
        by=by,
        visibility=row.visibility,
        claim=claim,
        close=lambda report: uploads_services.close(row, _written(report)),
    )


def drop(*, row: ScheduleImportFile, by: User) -> None:
    """Delete a schedule; what was taken over of it stays. Raises PermissionDenied."""
    check(by, "agenda.edit", row.summit)
    with transaction.atomic():
        audit.record(by=by, action="agenda.schedule_file.remove", target=row.summit, summit=row.summit)
        ScheduleImportFile.objects.filter(pk=row.pk).delete()


@nightly_purge.drops(20)
def drop_old() -> int:
    """Delete the schedules that nobody took over for too long, of all summits, and return how many."""
    return uploads_services.drop_old(ScheduleImportFile)


def report_of(row: ScheduleImportFile) -> Report | None:
    """Return what would be made of a schedule, or was; None where nobody has looked yet."""
    return Report.from_data(json.loads(row.report)) if row.report else None


def events_of(row: ScheduleImportFile) -> int:
    """Return how many events a schedule that waits has. Raises Unreadable where it waits no more."""
    return len(parsers.read(_content(row), zone=row.summit.zone).events)


def _content(row: ScheduleImportFile) -> bytes:
    if not row.content:
        raise Unreadable(_taken())
    return bytes(row.content)


def _taken() -> str:
    return _("This schedule is taken over or deleted already. Look at what became of its events.")


def _written(report: Report) -> str:
    report.language = get_language() or ""
    return json.dumps(report.as_data(), ensure_ascii=False)
