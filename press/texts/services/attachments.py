"""Store files of texts. A file is public once an edition that has it is public."""

import hashlib

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from press.texts.models.attachments import Attachment
from press.texts.models.texts import Text
from press.texts.permissions import check_can_write
from press.texts.services.locks import lock_text
from sessions.documents.services.file_checks import File
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.quarantine.kept_files import KeptFile, declare
from summit.quarantine.services import hold
from summit.users.models import User

declare(
    KeptFile(
        model=Attachment,
        field="content",
        summit="text__summit",
        page=lambda row: reverse("admin:press_text_change", args=[row.text_id]),
    )
)
ATTACH = audit_action("press.attach", gettext_lazy("attached a file to the text"))


def store(*, text: Text, file: File, language: str, by: User, title: str = "") -> Attachment:
    """Store a file of a text, and return it. The caller attaches it to an edition.

    If the text has the same file with the same title and language already, the stored file is returned. Raises
    PermissionDenied or ValidationError.
    """
    check_can_write(by, text.summit)
    digest = hashlib.sha256(file.content).hexdigest()
    row = Attachment(
        text=text,
        title=title.strip() or file.stem,
        language=language,
        file_name=file.name,
        content_type=file.content_type,
        size=len(file.content),
        digest=digest,
        content=file.content,
        added_by=by,
    )
    row.full_clean(exclude=["text", "added_by"])
    with transaction.atomic():
        lock_text(text.pk)
        duplicates = Attachment.objects.filter(text=text, digest=digest, title=row.title, language=language)
        existing = duplicates.defer("content").first()
        if existing is not None:
            return existing
        row.save(force_insert=True)
        hold(row=row, summit=text.summit, by=by)
        audit.record(by=by, action=ATTACH, target=row, summit=text.summit)
    return row
