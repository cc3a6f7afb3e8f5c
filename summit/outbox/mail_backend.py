"""A mail backend for Django that stores mails in the outbox, because the web process never opens SMTP."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import get_language

from summit.core.languages import spoken
from summit.outbox import enqueue
from summit.outbox.message_kinds import SYSTEM_MAIL
from summit.outbox.models import Message
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
            content = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            rows = [
                # The first row gets the nonce of the mail's Message-ID; every other row needs its own.
                self._row(mail, address, mail_nonce=nonce, nonce=new_nonce() if position else nonce, content=content)
                for position, address in enumerate(mail.recipients())
            ]
            with transaction.atomic():
                stored += bool(enqueue.store(rows))
        return stored

    @staticmethod
    def _row(mail: EmailMessage, address: str, *, mail_nonce: str, nonce: str, content: bytes) -> Message:
        row = enqueue.draft(
            summit=None,
            kind=SYSTEM_MAIL.name,
            subject_key=f"mail:{mail_nonce}",
            recipient_key=f"mailbox:{mail_nonce}",
            address=parseaddr(address)[1] or address,
            language=spoken(mail.extra_headers.get("Content-Language") or get_language() or ""),
            facts={},
            nonce=nonce,
        )
        row.rendered = content
        row.rendered_subject = str(mail.subject)[:255]
        return row
