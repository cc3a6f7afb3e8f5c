"""Documents of sessions in the draft: add, replace, reorder and remove.

The content of a document never changes, but is deleted if a virus is found in it. No document is deleted, because
releases list them. A new version takes the place of the old one, which is kept as removed. Changes become visible
with the next release.
"""

import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.documents.models import Document
from sessions.documents.services.file_checks import File
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.quarantine.kept_files import KeptFile, declare
from summit.quarantine.services import hold
from summit.users.models import User

declare(
    KeptFile(
        model=Document,
        field="content",
        summit="session__summit",
        page=lambda row: reverse("admin:agenda_session_documents", args=[row.session_id]),
    )
)
ADD = audit_action("agenda.document.add", gettext_lazy("added a document to the session"))
REPLACE = audit_action("agenda.document.replace", gettext_lazy("replaced a document with a new version"))
REMOVE = audit_action("agenda.document.remove", gettext_lazy("removed a document from the session"))
ORDER = audit_action("agenda.documents.order", gettext_lazy("reordered the session’s documents"))


def listed(session: Session, *, removed: bool = False) -> QuerySet[Document]:
    """Return the current or the removed documents of a session, without their content."""
    rows = Document.objects.filter(session=session, removed_at__isnull=not removed).defer("content")
    rows = rows.select_related("added_by")
    return rows.order_by("-removed_at", "pk") if removed else rows.order_by("position", "pk")


@dataclass(frozen=True)
class Paper:
    """The values of a document to be stored: title, language and file."""

    title: str
    language: str
    file: File


def add(*, session: Session, paper: Paper, by: User) -> Document:
    """Add a document at the end of a session's documents. Raises PermissionDenied and ValidationError."""
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        last = Document.objects.filter(session=session, removed_at=None).aggregate(last=Max("position"))["last"]
        row = _store(session, paper, position=0 if last is None else last + 1, by=by)
        _record(row, action=ADD, by=by)
    return row


def replace(*, document: Document, paper: Paper, by: User) -> Document:
    """Replace a document by a new version, and return the new document. The old document is kept as removed.

    Raises PermissionDenied. Raises ValidationError for invalid values, and if the old document has been removed in
    the meantime.
    """
    check_can_edit(by, document.session)
    with transaction.atomic():
        lock(document.session.summit)
        old = Document.objects.filter(pk=document.pk, removed_at=None).defer("content").first()
        if old is None:
            raise ValidationError(removed_message())
        Document.objects.filter(pk=old.pk).update(removed_at=Now())
        row = _store(document.session, paper, position=old.position, by=by)
        _record(row, action=REPLACE, by=by, rows=[audit.name_of(old)])
    return row


def remove(*, document: Document, by: User) -> bool:
    """Remove a document from its session. Return False, without changes, if the document was removed before.

    Raises PermissionDenied.
    """
    check_can_edit(by, document.session)
    with transaction.atomic():
        lock(document.session.summit)
        if not Document.objects.filter(pk=document.pk, removed_at=None).update(removed_at=Now()):
            return False
        _record(document, action=REMOVE, by=by)
    return True


def shift(*, document: Document, up: bool, by: User) -> bool:
    """Swap a document with the one above it, or without `up` with the one below it.

    Return False, without changes, if there is no such document. Raises PermissionDenied.
    """
    check_can_edit(by, document.session)
    with transaction.atomic():
        lock(document.session.summit)
        rows = list(listed(document.session))
        index = next((number for number, row in enumerate(rows) if row.pk == document.pk), None)
        target = None if index is None else index + (-1 if up else 1)
        if index is None or target is None or not 0 <= target < len(rows):
            return False
        rows[index], rows[target] = rows[target], rows[index]
        for number, row in enumerate(rows):
            Document.objects.filter(pk=row.pk).exclude(position=number).update(position=number)
        rise(document.session_id)
        audit.record(by=by, action=ORDER, target=document.session, summit=document.session.summit)
    return True


def removed_message() -> str:
    """Return the message that a document was removed or replaced in the meantime."""
    return _("Someone has removed or replaced this document. Reload the session’s documents.")


def _store(session: Session, paper: Paper, *, position: int, by: User) -> Document:
    row = Document(
        session=session,
        title=paper.title.strip() or paper.file.stem,
        language=paper.language,
        position=position,
        file_name=paper.file.name,
        content_type=paper.file.content_type,
        size=len(paper.file.content),
        digest=hashlib.sha256(paper.file.content).hexdigest(),
        content=paper.file.content,
        added_by=by,
    )
    row.full_clean(exclude=["session", "added_by"])
    row.save(force_insert=True)
    hold(row=row, summit=session.summit, by=by)
    return row


def _record(row: Document, *, action: AuditAction, by: User, rows: list[str] | None = None) -> None:
    rise(row.session_id)
    audit.record(
        by=by,
        action=action,
        target=row,
        summit=row.session.summit,
        part_of=row.session,
        detail={"rows": rows} if rows else None,
    )
