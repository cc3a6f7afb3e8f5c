"""Services for uploaded schedules: store with a report on the planned import, import once, delete.

The content of a file is stored until the import. The report stays; it names events and people, and has no other data
about them. Files that nobody imports are deleted automatically.
"""

import json

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from delegations.invitations.services.scanned_answers import harmless_name
from delegations.privacy.services import nightly_purge
from sessions.exchange.models import ScheduleImportFile
from sessions.exchange.selectors import parsers
from sessions.exchange.selectors.file_decoding import form_of
from sessions.exchange.selectors.plain_text import Unreadable
from sessions.exchange.selectors.report import ScheduleReport
from sessions.exchange.services.importer import preview, read_in
from sessions.visibility.models import Visibility
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.users.models import User

# How many events are imported while the user waits. A worker imports longer schedules.
AT_ONCE = 60
LONGEST_NAME = 200
ADD = audit_action("agenda.schedule_file.add", gettext_lazy("uploaded a schedule of another conference"))
REMOVE = audit_action("agenda.schedule_file.remove", gettext_lazy("deleted an uploaded schedule"))


def check_size(size: int) -> None:
    """Raise Unreadable if a file has more bytes than allowed. Call it before reading the file."""
    if size > parsers.MOST_BYTES:
        raise Unreadable(parsers.too_large())


def store(
    *, summit: Summit, filename: str, content: bytes, by: User, visibility: str = Visibility.PARTICIPANTS
) -> ScheduleImportFile:
    """Store a schedule with a report on what an import would do. Nothing is imported yet.

    If the schedule has more than AT_ONCE events, `refresh_preview` must make the report later. Raises
    PermissionDenied and Unreadable.
    """
    check(by, "agenda.edit", summit)
    events = parsers.read(content, zone=summit.zone).events
    report = None
    if len(events) <= AT_ONCE:
        report = preview(summit=summit, content=content, by=by, visibility=visibility)
    with transaction.atomic():
        delete_expired()
        row = ScheduleImportFile.objects.create(
            summit=summit,
            filename=harmless_name(filename, form_of(content), LONGEST_NAME, "schedule"),
            content=content,
            visibility=visibility,
            report=_written(report) if report else "",
            uploaded_by=by,
        )
        detail = {"lines": len(events)}
        audit.record(by=by, action=ADD, target=summit, summit=summit, detail=detail)
    return row


def refresh_preview(*, row: ScheduleImportFile, by: By) -> ScheduleReport:
    """Plan the import of a stored schedule again, and store the report.

    Raises PermissionDenied, and Unreadable if the schedule was already imported or deleted.
    """
    content = _content(row)
    report = preview(summit=row.summit, content=content, by=by, visibility=row.visibility)
    if not uploads_services.store_report(row, _written(report)):
        raise Unreadable(_already_imported_message())
    return report


def apply(*, row: ScheduleImportFile, by: By) -> ScheduleReport:
    """Import a schedule into the draft. This happens once, even if several users ask for it.

    The report then describes what was done, and the content is deleted. Raises PermissionDenied, and Unreadable if
    the schedule was already imported or deleted.
    """

    def claim() -> None:
        if not uploads_services.claim(row):
            raise Unreadable(_already_imported_message())

    return read_in(
        summit=row.summit,
        content=_content(row),
        by=by,
        visibility=row.visibility,
        claim=claim,
        close=lambda report: uploads_services.close(row, _written(report)),
    )


def discard(*, row: ScheduleImportFile, by: User) -> None:
    """Delete a schedule. What was imported from it stays. Raises PermissionDenied."""
    check(by, "agenda.edit", row.summit)
    with transaction.atomic():
        audit.record(by=by, action=REMOVE, target=row.summit, summit=row.summit)
        ScheduleImportFile.objects.filter(pk=row.pk).delete()


@nightly_purge.drops(20)
def delete_expired() -> int:
    """Delete the expired schedules of all summits, which nobody has imported in time, and return their number."""
    return uploads_services.delete_expired(ScheduleImportFile)


def report_of(row: ScheduleImportFile) -> ScheduleReport | None:
    """Return the report on the planned or completed import, or None if there is none yet."""
    return ScheduleReport.from_data(json.loads(row.report)) if row.report else None


def events_of(row: ScheduleImportFile) -> int:
    """Return the number of events of a stored schedule. Raises Unreadable if it was already imported or deleted."""
    return len(parsers.read(_content(row), zone=row.summit.zone).events)


def _content(row: ScheduleImportFile) -> bytes:
    if not row.content:
        raise Unreadable(_already_imported_message())
    return bytes(row.content)


def _already_imported_message() -> str:
    return _("This schedule is taken over or deleted already. Look at what became of its events.")


def _written(report: ScheduleReport) -> str:
    report.language = get_language() or ""
    return json.dumps(report.as_data(), ensure_ascii=False)
