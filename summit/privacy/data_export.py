"""Export all of a person's data as a ZIP file: JSON for machines, a page to read, and the person's files."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import By
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.privacy.registry import Subject, as_data, columns_of, is_staffs, own_portions, portions, subject_of

TAKE_OWN_DATA = audit_action("summit.take_own_data", gettext_lazy("downloaded their own data"))


@dataclass(frozen=True)
class ExportedPart:
    """A portion of a person's data as it is handed over: the portion's title, and its rows as dicts."""

    title: str
    rows: list[dict[str, Any]]


def gather(subject: Subject, *, own: bool = False) -> dict[str, ExportedPart]:
    """Return the data of a person that is handed over, as a dict from the portions' names to their rows.

    With `own`, return only data that people may export themselves, without the names of staff who decided about them.
    """
    parts = {}
    for portion in own_portions() if own else [each for each in portions() if each.handed]:
        columns = [column for column in columns_of(portion) if not (own and is_staffs(column))]
        rows = [as_data(row, columns) for row in portion.rows(subject)]
        if rows:
            parts[portion.name] = ExportedPart(str(portion.title), rows)
    return parts


def export_own_data(*, person: Person, by: By) -> bytes:
    """Return a ZIP of the data that a person may export themselves, and record the export.

    It is without the desks' drafts and notes. The caller must have checked that `by` is that person.
    """
    packed, detail = pack(person, own=True)
    with transaction.atomic():
        audit.record(by=by, action=TAKE_OWN_DATA, target=person, summit=person.summit, detail=detail)
    return packed


def pack(person: Person, *, own: bool = False) -> tuple[bytes, dict[str, Any]]:
    """Return a ZIP of a person's data, and the `detail` for its audit entry.

    With `own`, the ZIP has only data that people may export themselves.
    """
    subject = subject_of(person)
    parts = gather(subject, own=own)
    files = [
        (f"{portion.name}/{name}", content)
        for portion in (own_portions() if own else portions())
        if portion.files is not None
        for name, content in portion.files(subject)
    ]
    metadata = {"person": person.public_id, "summit": person.summit.reads_as.name, "at": db_now().isoformat()}
    data = {
        **metadata,
        "parts": {name: part.rows for name, part in parts.items()},
        "files": [name for name, _ in files],
    }
    page = render_to_string(
        "privacy/data_export.html",
        {"person": person, "parts": parts.values(), "files": files, "summit": person.summit},
    )
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        packed.writestr("data.html", page)
        for name, content in files:
            packed.writestr(name, content)
    return archive.getvalue(), {"parts": sorted(parts), "files": len(files)}
