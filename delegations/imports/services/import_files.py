"""Stores import files, reports what they would do, and applies or deletes them.

Only a file's rows are stored, and only until they are applied. The report remains; it names people and fields, but
contains no other values. Import files that nobody applies are deleted after a while.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.imports.column_recognition import recognise, recognised
from delegations.imports.models import DelegationImportFile, ImportPurpose
from delegations.imports.selectors.report import ImportReport
from delegations.imports.services.importer import check_may, preview, read_in
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_kinds import Unreadable
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By
from summit.import_export import parsers as tables
from summit.import_export.parsers import ParsedRow, Table, TableProblem
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.users.models import User

# The most rows that are processed within a request. A table with more is left to a worker.
AT_ONCE = 400
# The most rows of a focal point's table. A delegation has fewer people than that.
MOST_OF_PARTY = 400
LONGEST_NAME = 200
UPLOAD = audit_action("delegations.delegationimportfile.add", gettext_lazy("uploaded a table of parties or people"))
ANSWER = audit_action("delegations.delegationimportfile.answer", gettext_lazy("decided what an uploaded table asks"))
DELETE = audit_action("delegations.delegationimportfile.remove", gettext_lazy("deleted an uploaded table"))


class ImportFileProblem(Exception):
    """Raised if a table can't be stored or applied. The message is a sentence that says what to do."""


def check_size(size: int) -> None:
    """Raise ImportFileProblem if a file of this many bytes is too large. Call it before reading the file."""
    if size > tables.MOST_BYTES:
        raise ImportFileProblem(tables.too_large())


def store(
    *, summit: Summit, purpose: str, filename: str, content: bytes, by: By, party: Party | None = None
) -> DelegationImportFile:
    """Store a table with the report on what it would do, and return it. Nothing is written to the summit yet.

    With `party`, a focal point of this party uploads the table, for its own people only; without, a desk user does. A
    table of more than AT_ONCE rows has no report until `refresh_preview` makes it. Raises PermissionDenied,
    ImportFileProblem.
    """
    check_may(summit, party, by)
    try:
        table = tables.read(filename=filename, content=content, recognised=recognised)
        _check(table, purpose, party)
        report = preview(summit=summit, table=table, by=by, party=party) if len(table.rows) <= AT_ONCE else None
    except (TableProblem, Unreadable) as problem:
        raise ImportFileProblem(str(problem)) from problem
    with transaction.atomic():
        row = DelegationImportFile.objects.create(
            summit=summit,
            party=party,
            purpose=purpose,
            filename=_name(filename),
            content=_packed(table),
            report=_written(report) if report else "",
            uploaded_by=by if isinstance(by, User) else None,
        )
        audit.record(**_recorded(row, by), action=UPLOAD, detail={"lines": len(table.rows)})
    return row


def refresh_preview(*, sheet: DelegationImportFile, by: By) -> ImportReport:
    """Make the report on a table again, store it and return it. The table must not have been applied.

    Raises PermissionDenied, ImportFileProblem if the table was applied or deleted, and Unreadable.
    """
    check_may(sheet.summit, sheet.party, by)
    report = preview(summit=sheet.summit, table=table_of(sheet), by=by, party=sheet.party, answers=sheet.answers)
    if not uploads_services.store_report(sheet, _written(report)):
        raise ImportFileProblem(_already_applied())
    return report


def apply(*, sheet: DelegationImportFile, by: By) -> ImportReport:
    """Apply a table and return the report on what was done. A second call doesn't apply it again.

    The table's rows are deleted and the report is stored. Raises PermissionDenied, ImportFileProblem if the table was
    applied or deleted before, and Unreadable.
    """
    check_may(sheet.summit, sheet.party, by)

    def claim() -> None:
        if not uploads_services.claim(sheet):
            raise ImportFileProblem(_already_applied())

    return read_in(
        summit=sheet.summit,
        table=table_of(sheet),
        by=by,
        party=sheet.party,
        answers=sheet.answers,
        claim=claim,
        close=lambda report: uploads_services.close(sheet, _written(report)),
    )


def answer(*, sheet: DelegationImportFile, answers: Mapping[str, str], by: By) -> None:
    """Store answers to questions of a table's report. `answers` is a dict from the questions' keys; "" withdraws an
    answer.

    The report doesn't change until `refresh_preview` makes it again. Raises PermissionDenied, and ImportFileProblem
    if the table was applied already or its report no longer has these questions.
    """
    check_may(sheet.summit, sheet.party, by)
    with transaction.atomic():
        row = DelegationImportFile.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
        report = report_of(row)
        if report is None or row.applied_at is not None or not report.takes(answers):
            raise ImportFileProblem(_("That is not asked any more. Look at the table again."))
        row.answers = {key: value for key, value in {**row.answers, **answers}.items() if value}
        row.save(update_fields=["answers"])
        detail = {"number": len(answers)}
        audit.record(**_recorded(row, by), action=ANSWER, detail=detail)
    sheet.refresh_from_db(fields=["answers"])


def discard(*, sheet: DelegationImportFile, by: By) -> None:
    """Delete an import file. What was applied from it stays. Raises PermissionDenied."""
    check_may(sheet.summit, sheet.party, by)
    with transaction.atomic():
        audit.record(**_recorded(sheet, by), action=DELETE)
        DelegationImportFile.objects.filter(pk=sheet.pk).delete()


def delete_expired() -> int:
    """Delete the import files of all summits that nobody applied in time, and return how many."""
    return uploads_services.delete_expired(DelegationImportFile)


def report_of(sheet: DelegationImportFile) -> ImportReport | None:
    """Return the stored report on a table, or None if there is none yet."""
    return ImportReport.from_data(json.loads(sheet.report)) if sheet.report else None


def table_of(sheet: DelegationImportFile) -> Table:
    """Return the rows of a table that isn't applied yet. Raises ImportFileProblem if it was applied or deleted."""
    if not sheet.content:
        raise ImportFileProblem(_already_applied())
    data = json.loads(bytes(sheet.content))
    return Table(data["headings"], [ParsedRow(number, cells) for number, cells in data["rows"]])


def _already_applied() -> str:
    return _("This table is taken over or deleted already. Look at what became of its rows.")


def _check(table: Table, purpose: str, party: Party | None) -> None:
    if not table.rows:
        raise ImportFileProblem(_("The table has headings and no rows. Fill in a row for each, and choose it again."))
    if party is not None and len(table.rows) > MOST_OF_PARTY:
        message = _("The table has more than %(n)d rows. Choose one with your own people alone.")
        raise ImportFileProblem(message % {"n": MOST_OF_PARTY})
    if purpose == ImportPurpose.PEOPLE and not recognise(table.headings).has("name", "office", "head"):
        raise ImportFileProblem(_("No column names people. Call one “name” or “office held” in the first row."))


def _packed(table: Table) -> bytes:
    return json.dumps(
        {"headings": table.headings, "rows": [[row.number, row.cells] for row in table.rows]}, ensure_ascii=False
    ).encode()


def _written(report: ImportReport) -> str:
    return json.dumps(report.as_data(), ensure_ascii=False)


def _name(path: str) -> str:
    """Return the last part of a file's path without unprintable characters."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", path))[-1]
    plain = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return plain.strip()[-LONGEST_NAME:] or _("table")


def _recorded(sheet: DelegationImportFile, by: By) -> dict[str, Any]:
    """Return the arguments for an audit record about a table. The target is the party or the summit, because a file's
    name may contain a person's name."""
    return {"by": by, "target": sheet.party or sheet.summit, "summit": sheet.summit}
