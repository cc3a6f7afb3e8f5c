"""Mails that came back: read from what the mailboxes' own systems report (RFC 3464), or told by a mail provider.

What a report says of a mail of ours is found by the Message-ID, 128 random bits that only its reader and the systems
on its way know, and by the mailbox. Anything else changes nothing, and whoever sent it is told nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Mime
from email.policy import compat32

from django.db import transaction
from django.db.models.functions import Now

from summit.audit import services as audit
from summit.audit.services import SYSTEM
from summit.outbox.models import Message, MessageState

# Nobody's report is longer; what is cut off of one is the mail that it returns.
LARGEST = 1024 * 1024
WHY_LENGTH = 300
# A Message-ID as the outbox makes them.
_OURS = re.compile(r"<?([0-9a-f]{32}@[A-Za-z0-9.-]+)>?")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class Returned:
    """One mail that didn't reach one mailbox: by which Message-IDs it may be known here, the addresses by which its
    mailbox is named, and why, beginning with the status of RFC 3463 where there is one."""

    message_ids: frozenset[str]
    addresses: frozenset[str]
    why: str


def ids_in(text: str) -> frozenset[str]:
    """Return the Message-IDs in a text that may be ours, each as it is stored."""
    return frozenset(f"<{found}>" for found in _OURS.findall(text))


def note(found: Iterable[Returned]) -> int:
    """Mark the messages that came back, each once, and return how many that is new for. All or none."""
    with transaction.atomic():
        return sum(_note(entry) for entry in found)


def _note(entry: Returned) -> bool:
    rows = Message.objects.filter(message_id__in=entry.message_ids, state=MessageState.SENT)
    message = next((row for row in rows.defer("rendered", "facts") if _fold(row.address) in entry.addresses), None)
    if message is None:
        return False
    # Twice, or two at once, is once: the condition is looked at where the row is locked.
    open_rows = Message.objects.filter(pk=message.pk, returned_at__isnull=True)
    if not open_rows.update(returned_at=Now(), returned_why=entry.why[:WHY_LENGTH]):
        return False
    audit.record(
        by=SYSTEM,
        action="outbox.returned",
        target=message,
        summit=message.summit,
        fields=["returned_at", "returned_why"],
    )
    return True


def read(content: bytes) -> list[Returned]:
    """Return what a mail reports as not delivered for good: nothing for what is late only, for a receipt, for an
    automatic answer, and for what is no report at all. Raises nothing."""
    mail = message_from_bytes(content[:LARGEST], policy=compat32)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return []
    if str(mail.get_param("report-type", "")).lower() != "delivery-status":
        return []
    parts = [part for part in mail.get_payload() if isinstance(part, Mime)]
    known = frozenset[str]().union(*(_original(part) for part in parts))
    if not known:
        return []
    return [
        Returned(known, addresses, said)
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for addresses, said in _failed(part)
    ]


def _original(part: Mime) -> frozenset[str]:
    """Return the Message-ID of the mail that a report returns, whole or its headers alone."""
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
    """Yield for each mailbox that a report gives up its addresses, and why."""
    blocks = part.get_payload()
    # The first block is about the report itself.
    for block in (blocks if isinstance(blocks, list) else [])[1:]:
        if not isinstance(block, Mime) or str(block.get("Action", "")).strip().lower() != "failed":
            continue
        named = {_mailbox(str(block.get(name, ""))) for name in ("Original-Recipient", "Final-Recipient")}
        yield frozenset(named - {""}), why(str(block.get("Status", "")), str(block.get("Diagnostic-Code", "")))


def _mailbox(field: str) -> str:
    """Return the address in such as "rfc822; office@mission.example"."""
    return _fold(field.rpartition(";")[2].strip().strip("<>"))


def _fold(address: str) -> str:
    return address.strip().casefold()


def why(status: str, diagnostic: str) -> str:
    """Return as one line why a mail came back: the status, of the field or else of what the mail server said, and
    what it said."""
    found = _STATUS.search(status) or _STATUS.search(diagnostic)
    # Control characters of a foreign system stay outside.
    said = " ".join(re.sub(r"[^ -~\u00a0-\uffff]", " ", diagnostic.partition(";")[2] or diagnostic).split())
    return f"{found[1] if found else '5.0.0'} {said}".strip()
