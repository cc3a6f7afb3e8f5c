"""A mail backend for Django that stores mails in the outbox, because the web process never opens SMTP."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import get_language

from summit.core.languages import spoken
from summit.core.request_ids import current_id
from summit.outbox import enqueue, mime
from summit.outbox.messages import SYSTEM_MAIL, WrittenMail
from summit.outbox.models.messages import new_nonce


class OutboxBackend(BaseEmailBackend):
    """Stores mails that are sent with django.core.mail. Each recipient of a mail gets a message of their own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the mails in the outbox, and return how many mails were stored."""
        stored = 0
        for mail in email_messages:
            nonce = new_nonce()
            domain = enqueue.sender_domain()
            mail.extra_headers.setdefault("Message-ID", f"<{nonce}@{domain}>")
            if request_id := current_id():
                mail.extra_headers.setdefault(mime.REQUEST_ID_HEADER, request_id)
            content = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            language = spoken(mail.extra_headers.get("Content-Language") or get_language() or "")
            rows = SYSTEM_MAIL.drafts(WrittenMail(mail, nonce, language))
            for position, row in enumerate(rows):
                row.rendered, row.rendered_subject = content, str(mail.subject)[:255]
                if position == 0:
                    # The first row has the mail's own Message-ID; every other row needs another one.
                    row.nonce, row.message_id = nonce, f"<{nonce}@{domain}>"
            with transaction.atomic():
                stored += bool(enqueue.store(rows))
        return stored
