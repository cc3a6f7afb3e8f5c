"""Tables for lists of the admin: kept, looked at row by row before anything is written, then taken over once.

What becomes of a row is found by writing it, in a transaction that is undone unless the table is taken over. Of a
file its rows alone are kept, until they are taken over; what nobody takes over goes by itself.
"""

import json
import re

from django.db import transaction
from django.utils.translation import gettext as _

from summit.audit import services as audit
from summit.import_export import parsers
from summit.import_export.importer import Report, UnreadableError, check_columns, read_in
from summit.import_export.models import ListImportFile
from summit.import_export.parsers import Row, Table, TableProblem
from summit.import_export.registry import INTAKES, ImportDefinition, recognised_by
from summit.maintenance import heartbeats
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.users.models import User

# Rows that are looked at and written while somebody waits; more of them are a worker's.
AT_ONCE = 100
MOST_ROWS = 2_000
READ_IN = "summit.read_in_list"


class GivenProblem(Exception):
    """A table can't be kept or taken over, with a sentence that says what to do."""


def check_may(label: str, summit: Summit, by: User) -> ImportDefinition:
    """Return the list's declaration. Raises PermissionDenied unless somebody may change its rows, GivenProblem where
    no table fills it."""
    if label not in INTAKES:
        raise GivenProblem(_("No table fills this list. Choose another list."))
    check(by, INTAKES[label].viewset.permission_for("change"), summit)
    return INTAKES[label]


def store(*, summit: Summit, label: str, filename: str, content: bytes, by: User) -> ListImportFile:
    """Keep a table with what would be made of it, and write nothing of it yet. One of more than AT_ONCE rows has no
    report yet (`look`). Raises PermissionDenied, GivenProblem."""
    intake = check_may(label, summit, by)
    try:
        table = parsers.read(filename=filename, content=content, recognised=recognised_by(intake, by))
        if not table.rows:
            raise GivenProblem(_("The table has headings and no rows. Fill in a row for each, and choose it again."))
        if len(table.rows) > MOST_ROWS:
            raise GivenProblem(_("The table has more than %(n)d rows. Split it.") % {"n": MOST_ROWS})
        check_columns(intake=intake, summit=summit, table=table, by=by)
        report = _preview(intake, summit, table, by) if len(table.rows) <= AT_ONCE else None
    except (TableProblem, UnreadableError) as problem:
        raise GivenProblem(str(problem)) from problem
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
        audit.record(by=by, action="summit.listimportfile.add", target=row, summit=summit, detail=detail)
    return row


def _preview(intake: ImportDefinition, summit: Summit, table: Table, by: User) -> Report:
    with transaction.atomic():
        report = read_in(intake=intake, summit=summit, table=table, by=by)
        transaction.set_rollback(True)
    return report


def look(*, given: ListImportFile, by: User) -> Report:
    """Look anew what would be made of a table that waits, and keep the report. Raises PermissionDenied, GivenProblem
    where it waits no more, UnreadableError where nobody can tell any more which rows are meant."""
    intake = check_may(given.label, given.summit, by)
    report = _preview(intake, given.summit, table_of(given), by)
    if not uploads_services.keep_report(given, _written(report)):
        raise GivenProblem(_taken())
    return report


def take(*, given: ListImportFile, by: User) -> Report:
    """Write what a table says, once, whoever asks how often; its report tells from now on what was done, and its rows
    are forgotten. Raises PermissionDenied, GivenProblem where it was taken over or deleted meanwhile,
    UnreadableError."""
    intake = check_may(given.label, given.summit, by)
    with transaction.atomic():
        if not uploads_services.claim(given):
            raise GivenProblem(_taken())
        report = read_in(intake=intake, summit=given.summit, table=table_of(given), by=by)
        uploads_services.close(given, _written(report))
        detail = {"list": given.label, **report.counts}
        audit.record(by=by, action="summit.listimportfile.take", target=given, summit=given.summit, detail=detail)
    return report


def drop(*, given: ListImportFile, by: User) -> None:
    """Delete a table; what was taken over of it stays. Raises PermissionDenied."""
    check(by, READ_IN, given.summit)
    with transaction.atomic():
        audit.record(by=by, action="summit.listimportfile.remove", target=given, summit=given.summit)
        ListImportFile.objects.filter(pk=given.pk).delete()


@heartbeats.clears(4)
def drop_old() -> None:
    """Delete the tables that nobody took over for too long, of all summits."""
    uploads_services.drop_old(ListImportFile)


def report_of(given: ListImportFile) -> Report | None:
    """Return what would be made of a table, or was; None where nobody has looked yet."""
    return Report.from_data(json.loads(given.report)) if given.report else None


def table_of(given: ListImportFile) -> Table:
    """Return the rows of a table that waits. Raises GivenProblem where it waits no more."""
    if not given.content:
        raise GivenProblem(_taken())
    data = json.loads(bytes(given.content))
    return Table(data["headings"], [Row(number, cells) for number, cells in data["rows"]])


def _written(report: Report) -> str:
    return json.dumps(report.as_data(), ensure_ascii=False)


def _taken() -> str:
    return _("This table is taken over or deleted already. Look at what became of its rows.")
