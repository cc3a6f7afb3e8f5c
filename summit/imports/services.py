"""Services for files of all kinds: store with a preview, answer what it asks, import, undo, delete.

Only what a file's definition keeps of it is stored, and only until it is imported. The report remains. Files that
nobody imports are deleted after two weeks; for as long an import can be undone. Where a virus scanner is set up, a
file is stored unread, and is read once it is found clean.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from summit.audit import services as audit
from summit.audit.actions import MODEL_WORDS, AuditAction, Facts, audit_action
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.core import bulk_insert
from summit.core.database_clock import db_now
from summit.core.prepare_before_lock import ahead
from summit.imports import journal
from summit.imports.definitions import DEFINITIONS, ImportDefinition, ImportProblem, Parsed, Upload
from summit.imports.models import ImportFile
from summit.imports.report import ImportReport
from summit.maintenance import heartbeats
from summit.quarantine.selectors import check_of, content_of, is_on
from summit.quarantine.services import hold
from summit.summits.models import Summit
from summit.users.models import User

# A file that isn't imported within this time is deleted. For as long after an import it can be undone.
WAITS = timedelta(days=14)
LONGEST_NAME = 200


def _imported(facts: Facts) -> str:
    number = int(facts.detail.get("new", 0)) + int(facts.detail.get("changed", 0))
    message = ngettext(
        "imported a file (%(number)d entry added or changed)",
        "imported a file (%(number)d entries added or changed)",
        number,
    )
    return message % {"number": number}


ADD = audit_action("summit.importfile.add", gettext_lazy("uploaded a file"))
ANSWER = audit_action("summit.importfile.answer", gettext_lazy("answered questions about a file"))
APPLY = audit_action("summit.importfile.apply", _imported, label=gettext_lazy("imported a file"))
UNDO = audit_action("summit.importfile.undo", gettext_lazy("undid the import of a file"))
UNDO_ROW = audit_action("summit.importfile.undo_row", gettext_lazy("undid the import of this data"))
REMOVE = audit_action("summit.importfile.remove", gettext_lazy("deleted an uploaded file"))


def definition_of(kind: str) -> ImportDefinition[Any]:
    """Return the definition of a kind of files. Raises ImportProblem if nothing imports such files."""
    if kind not in DEFINITIONS:
        raise ImportProblem(_("Files of this type can’t be imported. Choose another type."))
    return DEFINITIONS[kind]


def check_size(kind: str, size: int) -> None:
    """Raise ImportProblem if a file of this many bytes is too large. Call it before reading the file."""
    largest = definition_of(kind).budget.largest
    if size > largest:
        message = _("The file has more than %(n)d MB. Remove pictures and other sheets, or split it.")
        raise ImportProblem(message % {"n": largest // 1024**2})


@dataclass(frozen=True)
class PreparedFile:
    """A file that is parsed and previewed, to be stored. `unread` if a virus scanner must see it before."""

    definition: ImportDefinition[Any]
    upload: Upload
    filename: str
    rows: int
    report: ImportReport | None
    unread: bool


def prepare(
    *,
    summit: Summit,
    kind: str,
    filename: str,
    content: bytes,
    by: By,
    party_key: str = "",
    options: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    uploaded: bool = True,
) -> PreparedFile:
    """Return a file with the report on what importing it would do, for `store_prepared`. Nothing is written yet.

    Parsing takes long: call it outside of a transaction. With `party_key`, a focal point uploads it for this party;
    without, a desk does. `answers` are given in advance to questions that the report may have. A file with more
    entries than a request previews has no report until `refresh_preview` makes it, and neither has an uploaded one
    that a virus scanner must see first. With `uploaded` False, it is an operator's own file, which isn't scanned.
    Raises PermissionDenied, ImportProblem.
    """
    definition = definition_of(kind)
    definition.check_permission(summit=summit, party_key=party_key, by=by)
    check_size(kind, len(content))
    chosen = _options(definition, summit, options or {})
    unread = uploaded and is_on()
    parsed = (
        Parsed(content, 0)
        if unread
        else definition.parse_upload(summit=summit, filename=filename, content=content, party_key=party_key, by=by)
    )
    upload = Upload(summit, parsed.content, by, party_key, chosen, answers or {})
    report = preview(definition, upload) if 0 < parsed.rows <= definition.budget.at_once else None
    return PreparedFile(definition, upload, harmless_name(filename), parsed.rows, report, unread)


def store_prepared(prepared: PreparedFile) -> ImportFile:
    """Store a prepared file with its report, and return it. Raises PermissionDenied, whatever `prepare` allowed."""
    definition, upload, report = prepared.definition, prepared.upload, prepared.report
    summit, by = upload.summit, upload.by
    with transaction.atomic():
        definition.check_permission(summit=summit, party_key=upload.party_key, by=by)
        file = ImportFile.objects.create(
            summit=summit,
            kind=definition.kind,
            party_key=upload.party_key,
            options=dict(upload.options),
            answers=dict(upload.answers),
            filename=prepared.filename,
            content=upload.content,
            report=_stored(report) if report else "",
            rows=prepared.rows,
            uploaded_by=by if isinstance(by, User) else None,
        )
        detail = {"kind": definition.kind, "lines": prepared.rows}
        _record(action=ADD, file=file, by=by, detail=detail)
        if prepared.unread:
            hold(row=file, summit=summit, by=by)
    return file


def store(
    *,
    summit: Summit,
    kind: str,
    filename: str,
    content: bytes,
    by: By,
    party_key: str = "",
    options: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    uploaded: bool = True,
) -> ImportFile:
    """Prepare a file (`prepare`), store it with its report, and return it. Raises PermissionDenied, ImportProblem."""
    return store_prepared(
        prepare(
            summit=summit,
            kind=kind,
            filename=filename,
            content=content,
            by=by,
            party_key=party_key,
            options=options,
            answers=answers,
            uploaded=uploaded,
        )
    )


def _options(definition: ImportDefinition[Any], summit: Summit, given: Mapping[str, str]) -> dict[str, str]:
    chosen = {}
    for option in definition.options:
        value = given.get(option.name) or option.default
        allowed = option.allowed(summit)
        if allowed is not None and value not in allowed:
            raise ImportProblem(_("%(option)s: choose from the list.") % {"option": option.label})
        chosen[option.name] = option.clean(summit, value)
    return chosen


def preview(definition: ImportDefinition[Any], upload: Upload) -> ImportReport:
    """Return the report on what importing an upload would do, and write nothing. Raises ImportProblem."""
    with bulk_insert.uncollected():
        return _in_language(definition.preview(upload))


def refresh_preview(*, file: ImportFile, by: By) -> ImportReport:
    """Preview a file again, store the report and return it.

    It is previewed once more if a question was answered meanwhile. Parsing takes long: call it outside of a
    transaction. Raises PermissionDenied, and ImportProblem if the file was imported or deleted meanwhile.
    """
    definition = definition_of(file.kind)
    definition.check_permission(summit=file.summit, party_key=file.party_key, by=by)
    if is_unread(file):
        _read(definition, file, by)
    rows = ImportFile.objects.filter(pk=file.pk, next_row=0)
    while True:
        report = preview(definition, _upload(file, by))
        file.report = _stored(report)
        if rows.filter(answers=file.answers).update(report=file.report):
            return report
        answers = rows.values_list("answers", flat=True).first()
        if answers is None:
            raise ImportProblem(_imported_already())
        file.answers = answers


def is_unread(file: ImportFile) -> bool:
    """Return whether a file is stored as it was uploaded, because a virus scanner must see it before it is read."""
    return file.rows == 0 and file.applied_at is None


def _read(definition: ImportDefinition[Any], file: ImportFile, by: By) -> None:
    """Parse a file that is found clean, and store what its definition keeps of it. Raises ImportProblem."""
    check = check_of(file)
    if check is not None:
        raise ImportProblem(check.sentence)
    content = content_of(file)
    if content is None:
        raise ImportProblem(_imported_already())
    parsed = definition.parse_upload(
        summit=file.summit, filename=file.filename, content=content, party_key=file.party_key, by=by
    )
    file.content, file.rows = parsed.content, parsed.rows
    ImportFile.objects.filter(pk=file.pk, rows=0).update(content=parsed.content, rows=parsed.rows)


def answer(*, file: ImportFile, answers: Mapping[str, str], by: By) -> None:
    """Store answers to the questions of a file's report. `answers` is a dict from the questions' keys; "" withdraws
    an answer.

    The report doesn't change until `refresh_preview` makes it again. Raises PermissionDenied, and ImportProblem if
    the file was imported already or its report no longer has these questions.
    """
    definition_of(file.kind).check_permission(summit=file.summit, party_key=file.party_key, by=by)
    with transaction.atomic():
        row = ImportFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        report = report_of(row)
        if report is None or row.next_row or not report.accepts(answers):
            raise ImportProblem(_("This question no longer applies. Preview the file again."))
        row.answers = {key: value for key, value in {**row.answers, **answers}.items() if value}
        row.save(update_fields=["answers"])
        detail = {"number": len(answers)}
        _record(action=ANSWER, file=row, by=by, detail=detail)
    file.refresh_from_db(fields=["answers"])


def apply(*, file: ImportFile, by: By) -> ImportReport:
    """Import the rest of a file and return the report on all of it. A file is imported once, whoever asks for it.

    Raises PermissionDenied, and ImportProblem if the file was imported or deleted before.
    """
    while not apply_step(file=file, by=by):
        pass
    report = report_of(file)
    assert report is not None  # noqa: S101 - the last step has stored it
    return report


def apply_step(*, file: ImportFile, by: By) -> bool:
    """Import the next entries of a file in one transaction, and return whether these were the last.

    The rows of the summit that the step writes are kept in the file's journal, so that the import can be undone.
    Two callers never import the same entries. Raises PermissionDenied, and ImportProblem if the file was imported or
    deleted before, or if another caller imports it at the same time.
    """
    definition = definition_of(file.kind)
    definition.check_permission(summit=file.summit, party_key=file.party_key, by=by)
    upload, start = _upload(file, by), file.next_row
    stop = min(start + (definition.budget.step or file.rows), file.rows)

    def lock() -> None:
        claimed = ImportFile.objects.filter(pk=file.pk, next_row=start, applied_at=None, undone_at=None)
        if not claimed.update(next_row=stop):
            raise ImportProblem(_imported_already())
        definition.lock(upload)

    def write(prepared: Any) -> ImportReport:
        record = journal.Journal(definition.writes, file.summit)
        report = _in_language(definition.write(upload, prepared))
        _store_step(file, report, record.entries(journal.unpacked(file.journal)), stop, by)
        return report

    with bulk_insert.uncollected():
        ahead(prepare=lambda _locked: definition.prepare(upload, slice(start, stop)), lock=lock, write=write)
    file.refresh_from_db()
    return file.applied_at is not None


def _store_step(
    file: ImportFile, report: ImportReport, entries: list[journal.JournalEntry], stop: int, by: By
) -> None:
    """Add a step to the file's report and journal. The last step empties the content and records the import."""
    stored = ImportFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    whole = report_of(stored) if file.next_row else None
    if whole is not None:
        whole.add(report)
        whole.problem = ""
        report = whole
    stored.report = _stored(report)
    stored.journal = journal.packed(entries)
    stored.next_row = stop
    if stop == stored.rows:
        stored.content = b""
        stored.applied_at = db_now()
        detail = {"kind": file.kind, "lines": len(report.lines), **report.counts}
        _record(action=APPLY, file=stored, by=by, detail=detail)
    stored.save(update_fields=["report", "journal", "next_row", "content", "applied_at"])


def record_problem(*, file: ImportFile, problem: str) -> None:
    """Add to a file's report why a worker could not preview or import it, until somebody has the worker try again."""
    with transaction.atomic():
        row = ImportFile.objects.select_for_update(of=("self",)).filter(pk=file.pk, applied_at=None).first()
        if row is not None:
            report = report_of(row) or _in_language(ImportReport())
            report.problem = problem
            row.report = _stored(report)
            row.save(update_fields=["report"])


def undo(*, file: ImportFile, by: By) -> None:
    """Undo the import of a file as a whole: rows that it added are deleted, others get their old values back.

    Raises PermissionDenied. Raises ImportProblem if the file isn't imported, if it is too late, or if somebody has
    built on what was imported; the message says on what.
    """
    definition = definition_of(file.kind)
    definition.check_permission(summit=file.summit, party_key=file.party_key, by=by)
    try:
        with transaction.atomic():
            upload = _upload(file, by, content=False)
            definition.lock(upload)
            rows = ImportFile.objects.filter(pk=file.pk, undone_at=None, next_row__gt=0)
            if not rows.update(undone_at=Now()):
                raise ImportProblem(_("There is no import of this file to undo."))
            file.refresh_from_db()
            entries = journal.unpacked(file.journal)
            if not entries:
                raise ImportProblem(_("The import can’t be undone because it is more than two weeks old."))
            records = _records(entries, file, by)
            with definition.undoing(upload):
                journal.restore(entries, definition.writes)
            ImportFile.objects.filter(pk=file.pk).update(journal="", content=b"")
            _record(action=UNDO, file=file, by=by)
            audit.record_many(records)
    except IntegrityError as problem:
        raise ImportProblem(_("The import can’t be undone because other records now depend on it.")) from problem
    file.refresh_from_db()


def _record(*, action: AuditAction, file: ImportFile, by: By, detail: Mapping[str, Any] | None = None) -> None:
    """Record in the audit what was done with a file. The history of the file's subject shows it too."""
    subject = definition_of(file.kind).subject(summit=file.summit, party_key=file.party_key)
    audit.record(by=by, action=action, target=file, summit=file.summit, detail=detail, part_of=subject)


def _records(entries: list[journal.JournalEntry], file: ImportFile, by: By) -> list[AuditEntry]:
    """Return the audit's entries for the rows that undoing restores or deletes, while these rows exist."""
    keys_by_model: dict[str, list[Any]] = {}
    for entry in entries:
        # Rows without an id or a description have no history of their own.
        described = entry.model in MODEL_WORDS or hasattr(apps.get_model(entry.model), "public_id")
        if described and entry.digest:
            keys_by_model.setdefault(entry.model, []).append(entry.pk)
    return [
        audit.entry(by=by, action=UNDO_ROW, target=row, summit=file.summit)
        for model, keys in keys_by_model.items()
        for row in apps.get_model(model)._base_manager.in_bulk(keys).values()
    ]


def discard(*, file: ImportFile, by: By) -> None:
    """Delete a file. What was imported from it stays.

    Raises PermissionDenied, and ImportProblem while a worker imports the file.
    """
    definition_of(file.kind).check_permission(summit=file.summit, party_key=file.party_key, by=by)
    with transaction.atomic():
        _record(action=REMOVE, file=file, by=by)
        rows = ImportFile.objects.filter(pk=file.pk)
        running = rows.filter(next_row__gt=0, applied_at=None, undone_at=None)
        if running.exists():
            raise ImportProblem(_("The file is being imported. Wait until the import is finished, or undo it."))
        rows.delete()


@heartbeats.clears(4)
def clear_expired() -> None:
    """Delete the files that nobody imported in time, and the journals of imports that can't be undone any more."""
    limit = db_now() - WAITS
    ImportFile.objects.filter(next_row=0, uploaded_at__lt=limit).delete()
    ImportFile.objects.filter(applied_at__lt=limit).exclude(journal="").update(journal="")


def report_of(file: ImportFile) -> ImportReport | None:
    """Return the stored report on a file, or None before the first preview."""
    return ImportReport.from_data(json.loads(file.report)) if file.report else None


def can_undo(file: ImportFile) -> bool:
    """Return whether the import of a file may still be undone. Whether somebody has built on it is found on
    trying."""
    return bool(file.next_row and file.undone_at is None and file.journal)


def _upload(file: ImportFile, by: By, *, content: bool = True) -> Upload:
    if content and not file.content:
        raise ImportProblem(_imported_already())
    if content and is_unread(file):
        check = check_of(file)
        raise ImportProblem(check.sentence if check is not None else _("Preview the file first."))
    return Upload(file.summit, bytes(file.content), by, file.party_key, file.options, file.answers)


def _imported_already() -> str:
    return _("This file is already imported or deleted. See its report.")


def _in_language(report: ImportReport) -> ImportReport:
    report.language = get_language() or ""
    return report


def _stored(report: ImportReport) -> str:
    return json.dumps(report.as_data(), ensure_ascii=False)


def harmless_name(path: str) -> str:
    """Return the last part of a file's path without unprintable characters."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", path))[-1]
    plain = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return plain.strip()[-LONGEST_NAME:] or _("file")
