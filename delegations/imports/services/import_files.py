"""Tables that somebody uploads: kept as rows of text, looked at before anything is written, then taken over or
deleted.

Of a file only its rows are kept, and those only until they are taken over; the report stays, which names people and
fields and holds nothing else of them. What nobody takes over goes by itself.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from delegations.imports.column_recognition import recognise, recognised
from delegations.imports.models import DelegationImportFile, ImportPurpose
from delegations.imports.selectors.report import Report
from delegations.imports.services.importer import check_may, preview, read_in
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_kinds import Unreadable
from summit.audit import services as audit
from summit.audit.services import By
from summit.import_export import parsers as tables
from summit.import_export.parsers import Row, Table, TableProblem
from summit.summits.models import Summit
from summit.uploads import services as uploads_services
from summit.users.models import User

# Rows that are read and written while somebody waits; more of them are a worker's.
AT_ONCE = 400
# A delegation has fewer people than that.
MOST_OF_PARTY = 400
LONGEST_NAME = 200


class ImportFileProblem(Exception):
    """A table can't be stored or taken over, with a sentence that says what to do."""


def look_at_size(size: int) -> None:
    """Raise SheetProblem for a file of more bytes than are read; ask before reading it."""
    if size > tables.MOST_BYTES:
        raise ImportFileProblem(tables.too_large())


def store(
    *, summit: Summit, purpose: str, filename: str, content: bytes, by: By, party: Party | None = None
) -> DelegationImportFile:
    """Keep a table with what would be made of it, and write nothing of it yet. Without `party` from a desk; with it
    from one of its focal points, for that party alone. A table of more than AT_ONCE rows has no report yet (`look`).

    Raises PermissionDenied, SheetProblem.
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
        audit.record(
            **_recorded(row, by), action="delegations.delegationimportfile.add", detail={"lines": len(table.rows)}
        )
    return row


def look(*, sheet: DelegationImportFile, by: By) -> Report:
    """Look anew what would be made of a table that waits, and keep the report. Raises PermissionDenied, SheetProblem
    where it waits no more, Unreadable."""
    check_may(sheet.summit, sheet.party, by)
    report = preview(summit=sheet.summit, table=table_of(sheet), by=by, party=sheet.party, answers=sheet.answers)
    if not uploads_services.keep_report(sheet, _written(report)):
        raise ImportFileProblem(_taken())
    return report


def take(*, sheet: DelegationImportFile, by: By) -> Report:
    """Write what a table says, once, whoever asks how often; its report tells from now on what was done, and its rows
    are forgotten. Raises PermissionDenied, SheetProblem where it was taken over or deleted meanwhile, Unreadable."""
    check_may(sheet.summit, sheet.party, by)

    def claim() -> None:
        if not uploads_services.claim(sheet):
            raise ImportFileProblem(_taken())

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
    """Keep what somebody has decided of a table's rows, by the keys of the report's questions; "" takes a decision
    back. What becomes of the rows then is looked at by `look`.

    Raises PermissionDenied, SheetProblem where it waits no more, or where something else is asked by now.
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
        audit.record(**_recorded(row, by), action="delegations.delegationimportfile.answer", detail=detail)
    sheet.refresh_from_db(fields=["answers"])


def drop(*, sheet: DelegationImportFile, by: By) -> None:
    """Delete a table; what was taken over of it stays. Raises PermissionDenied."""
    check_may(sheet.summit, sheet.party, by)
    with transaction.atomic():
        audit.record(**_recorded(sheet, by), action="delegations.delegationimportfile.remove")
        DelegationImportFile.objects.filter(pk=sheet.pk).delete()


def drop_old() -> int:
    """Delete the tables that nobody took over for too long, of all summits, and return how many."""
    return uploads_services.drop_old(DelegationImportFile)


def report_of(sheet: DelegationImportFile) -> Report | None:
    """Return what would be made of a table, or was; None where nobody has looked yet."""
    return Report.from_data(json.loads(sheet.report)) if sheet.report else None


def table_of(sheet: DelegationImportFile) -> Table:
    """Return the rows of a table that waits. Raises SheetProblem where it waits no more."""
    if not sheet.content:
        raise ImportFileProblem(_taken())
    data = json.loads(bytes(sheet.content))
    return Table(data["headings"], [Row(number, cells) for number, cells in data["rows"]])


def _taken() -> str:
    return _("This table is taken over or deleted already. Look at what became of its rows.")


def _check(table: Table, purpose: str, party: Party | None) -> None:
    if not table.rows:
        raise ImportFileProblem(_("The table has headings and no rows. Fill in a row for each, and choose it again."))
    if party is not None and len(table.rows) > MOST_OF_PARTY:
        said = _("The table has more than %(n)d rows. Choose one with your own people alone.")
        raise ImportFileProblem(said % {"n": MOST_OF_PARTY})
    if purpose == ImportPurpose.PEOPLE and not recognise(table.headings).has("name", "office", "head"):
        raise ImportFileProblem(_("No column names people. Call one “name” or “office held” in the first row."))


def _packed(table: Table) -> bytes:
    return json.dumps(
        {"headings": table.headings, "rows": [[row.number, row.cells] for row in table.rows]}, ensure_ascii=False
    ).encode()


def _written(report: Report) -> str:
    return json.dumps(report.as_data(), ensure_ascii=False)


def _name(given: str) -> str:
    """Return the last part of a file's name without what is not printed."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    plain = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return plain.strip()[-LONGEST_NAME:] or _("table")


def _recorded(sheet: DelegationImportFile, by: By) -> dict[str, Any]:
    """What the audit keeps of a table: whose it was, since a file's name may be a person's."""
    return {"by": by, "target": sheet.party or sheet.summit, "summit": sheet.summit}
