"""Import tables into lists of the admin: store a table, preview it row by row, then apply it once.

The preview writes the rows in a transaction and rolls it back. Only the rows of a file are stored, and only until
the table is applied. Tables that nobody applies are deleted after some time.
"""

import json
import re

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.import_export import parsers
from summit.import_export.importer import ListImportReport, UnreadableError, check_columns, read_in
from summit.import_export.models import ListImportFile
from summit.import_export.parsers import ParsedRow, Table, TableProblem
from summit.import_export.registry import INTAKES, ImportDefinition, recognised_by
from summit.maintenance import heartbeats
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.users.models import User

# Tables of up to this many rows are previewed and applied in the request; longer ones by a job.
AT_ONCE = 100
MOST_ROWS = 2_000
READ_IN = "summit.read_in_list"
UPLOAD = audit_action("summit.listimportfile.add", gettext_lazy("uploaded a table for a list"))
DELETE = audit_action("summit.listimportfile.remove", gettext_lazy("deleted a table for a list"))
APPLY = audit_action("summit.listimportfile.take", gettext_lazy("took over a table for a list"))


class ListImportFileError(Exception):
    """A table can't be stored or applied. The exception's message says what to do."""


def check_may(label: str, summit: Summit, by: User) -> ImportDefinition:
    """Return the import definition of the list `label`.

    Raises PermissionDenied if the user may not change the list's rows, and ListImportFileError if the list can't be
    imported.
    """
    if label not in INTAKES:
        raise ListImportFileError(_("No table fills this list. Choose another list."))
    check(by, INTAKES[label].viewset.permission_for("change"), summit)
    return INTAKES[label]


def store(*, summit: Summit, label: str, filename: str, content: bytes, by: User) -> ListImportFile:
    """Store an uploaded table with the report on its rows, and return its import file. No row is written.

    A table of more than AT_ONCE rows has no report until `refresh_preview` is called. Raises PermissionDenied,
    ListImportFileError.
    """
    intake = check_may(label, summit, by)
    try:
        table = parsers.read(filename=filename, content=content, recognised=recognised_by(intake, by))
        if not table.rows:
            raise ListImportFileError(
                _("The table has headings and no rows. Fill in a row for each, and choose it again.")
            )
        if len(table.rows) > MOST_ROWS:
            raise ListImportFileError(_("The table has more than %(n)d rows. Split it.") % {"n": MOST_ROWS})
        check_columns(intake=intake, summit=summit, table=table, by=by)
        report = _preview(intake, summit, table, by) if len(table.rows) <= AT_ONCE else None
    except (TableProblem, UnreadableError) as problem:
        raise ListImportFileError(str(problem)) from problem
    packed = {"headings": table.headings, "rows": [[row.number, row.cells] for row in table.rows]}
    with transaction.atomic():
        row = ListImportFile.objects.create(
            summit=summit,
            label=label,
            filename=re.split(r"[\\/]", filename)[-1][-200:] or _("table"),
            content=json.dumps(packed, ensure_ascii=False).encode(),
            report=_written(report) if report else "",
            uploaded_by=by,
        )
        detail = {"lines": len(table.rows), "list": label}
        audit.record(by=by, action=UPLOAD, target=row, summit=summit, detail=detail)
    return row


def _preview(intake: ImportDefinition, summit: Summit, table: Table, by: User) -> ListImportReport:
    with transaction.atomic():
        report = read_in(intake=intake, summit=summit, table=table, by=by)
        transaction.set_rollback(True)
    return report


def refresh_preview(*, given: ListImportFile, by: User) -> ListImportReport:
    """Preview a stored table again, store the report on what applying it would do, and return the report.

    Raises PermissionDenied. Raises ListImportFileError if the table was applied or deleted meanwhile, and
    UnreadableError if no column identifies the table's rows any more.
    """
    intake = check_may(given.label, given.summit, by)
    report = _preview(intake, given.summit, table_of(given), by)
    if not uploads_services.store_report(given, _written(report)):
        raise ListImportFileError(_already_applied_message())
    return report


def apply(*, given: ListImportFile, by: User) -> ListImportReport:
    """Apply a stored table and return the report. A table can be applied only once.

    The stored report then describes what was done, and the table's content is deleted. Raises PermissionDenied.
    Raises ListImportFileError if the table was applied or deleted meanwhile, and UnreadableError if no column
    identifies the table's rows.
    """
    intake = check_may(given.label, given.summit, by)
    with transaction.atomic():
        if not uploads_services.claim(given):
            raise ListImportFileError(_already_applied_message())
        report = read_in(intake=intake, summit=given.summit, table=table_of(given), by=by)
        uploads_services.close(given, _written(report))
        detail = {"list": given.label, **report.counts}
        audit.record(by=by, action=APPLY, target=given, summit=given.summit, detail=detail)
    return report


def discard(*, given: ListImportFile, by: User) -> None:
    """Delete an import file. Rows that were imported from it stay. Raises PermissionDenied."""
    check(by, READ_IN, given.summit)
    with transaction.atomic():
        audit.record(by=by, action=DELETE, target=given, summit=given.summit)
        ListImportFile.objects.filter(pk=given.pk).delete()


@heartbeats.clears(4)
def delete_expired() -> None:
    """Delete the import files that nobody applied in time."""
    uploads_services.delete_expired(ListImportFile)


def report_of(given: ListImportFile) -> ListImportReport | None:
    """Return the stored report on a table: what applying it would do, or what it did.

    Return None before the first preview.
    """
    return ListImportReport.from_data(json.loads(given.report)) if given.report else None


def table_of(given: ListImportFile) -> Table:
    """Return the stored table of an import file. Raises ListImportFileError if the file was applied already."""
    if not given.content:
        raise ListImportFileError(_already_applied_message())
    data = json.loads(bytes(given.content))
    return Table(data["headings"], [ParsedRow(number, cells) for number, cells in data["rows"]])


def _written(report: ListImportReport) -> str:
    return json.dumps(report.as_data(), ensure_ascii=False)


def _already_applied_message() -> str:
    return _("This table is taken over or deleted already. Look at what became of its rows.")
