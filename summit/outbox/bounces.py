"""Bounces: read them from delivery reports (RFC 3464), and record them. Mail providers report bounces too.

A bounced message is found by its mailbox and its Message-ID. The Message-ID has 128 random bits, which only the
recipient and the mail systems on the way know. A report that matches no message changes nothing and gets no response.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Mime
from email.policy import compat32

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.services import SYSTEM
from summit.outbox.models import Message, MessageState

# The most bytes of a report that are read. Of a longer report only a part of the returned mail is cut off.
LARGEST = 1024 * 1024
WHY_LENGTH = 300
# The form of the outbox's Message-IDs.
_OURS = re.compile(r"<?([0-9a-f]{32}@[A-Za-z0-9.-]+)>?")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
RETURNED = audit_action("outbox.returned", _("recorded that the message bounced"))


@dataclass(frozen=True)
class Returned:
    """A bounce: one mail that didn't reach one mailbox.

    `message_ids` are the Message-IDs in the report that have the outbox's form. `addresses` are the e-mail addresses
    that the report gives for the mailbox. `why` is the reason; it begins with a status of RFC 3463.
    """

    message_ids: frozenset[str]
    addresses: frozenset[str]
    why: str


def ids_in(text: str) -> frozenset[str]:
    """Return all Message-IDs in a text that have the outbox's form, as they are stored."""
    return frozenset(f"<{message_id}>" for message_id in _OURS.findall(text))


def record(found: Iterable[Returned]) -> int:
    """Mark the messages of some bounces as bounced, and return how many weren't marked before.

    All bounces are stored in one transaction. A bounce that matches no message is ignored.
    """
    with transaction.atomic():
        return sum(_record_bounce(entry) for entry in found)


def _record_bounce(entry: Returned) -> bool:
    rows = Message.objects.filter(message_id__in=entry.message_ids, state=MessageState.SENT)
    message = next((row for row in rows.defer("rendered", "facts") if _fold(row.address) in entry.addresses), None)
    if message is None:
        return False
    # A bounce that is reported twice, also at the same time, is recorded once: the UPDATE checks its condition on the
    # locked row.
    open_rows = Message.objects.filter(pk=message.pk, returned_at__isnull=True)
    if not open_rows.update(returned_at=Now(), returned_why=entry.why[:WHY_LENGTH]):
        return False
    audit.record(
        by=SYSTEM,
        action=RETURNED,
        target=message,
        summit=message.summit,
        fields=["returned_at", "returned_why"],
    )
    return True


def read(content: bytes) -> list[Returned]:
    """Return the bounces that a mail reports.

    The list is empty for a report of a mere delay, a receipt, an automatic answer, and any mail that isn't a delivery
    report. A malformed mail raises no error.
    """
    mail = message_from_bytes(content[:LARGEST], policy=compat32)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return []
    if str(mail.get_param("report-type", "")).lower() != "delivery-status":
        return []
    parts = [part for part in mail.get_payload() if isinstance(part, Mime)]
    message_ids = frozenset[str]().union(*(_original(part) for part in parts))
    if not message_ids:
        return []
    return [
        Returned(message_ids, addresses, reason)
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for addresses, reason in _failed(part)
    ]


def _original(part: Mime) -> frozenset[str]:
    """Return the Message-ID from a part of a report that holds the returned mail, or only its headers."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        text = part.get_payload(decode=True)
        headers = message_from_string(text.decode("utf-8", "replace") if isinstance(text, bytes) else "")
        return ids_in(str(headers.get("Message-ID", "")))
    inner = part.get_payload()
    if kind in ("message/rfc822", "message/global") and isinstance(inner, list) and inner:
        return ids_in(str(inner[0].get("Message-ID", "")))  # type: ignore[union-attr]
    return frozenset()


def _failed(part: Mime) -> Iterator[tuple[frozenset[str], str]]:
    """Yield the e-mail addresses and the reason of each mailbox that a report's status part lists as "failed"."""
    blocks = part.get_payload()
    # The first block is about the report itself.
    for block in (blocks if isinstance(blocks, list) else [])[1:]:
        if not isinstance(block, Mime) or str(block.get("Action", "")).strip().lower() != "failed":
            continue
        addresses = {_mailbox(str(block.get(name, ""))) for name in ("Original-Recipient", "Final-Recipient")}
        yield frozenset(addresses - {""}), why(str(block.get("Status", "")), str(block.get("Diagnostic-Code", "")))


def _mailbox(field: str) -> str:
    """Return the e-mail address in a field such as "rfc822; office@mission.example", in lower case."""
    return _fold(field.rpartition(";")[2].strip().strip("<>"))


def _fold(address: str) -> str:
    return address.strip().casefold()


def why(status: str, diagnostic: str) -> str:
    """Return a bounce's reason as one line: the status (RFC 3463) and the mail server's words.

    The status is the one in `status`. If there is none, it is the one in `diagnostic`, or "5.0.0".
    """
    match = _STATUS.search(status) or _STATUS.search(diagnostic)
    # Other systems' control characters are not stored.
    response = " ".join(re.sub(r"[^ -~\u00a0-\uffff]", " ", diagnostic.partition(";")[2] or diagnostic).split())
    return f"{match[1] if match else '5.0.0'} {response}".strip()
