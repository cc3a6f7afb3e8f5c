"""Create and store messages, inside the transaction that causes them."""

import functools
from collections.abc import Sequence
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from summit.core.bulk_insert import insert_new
from summit.core.request_ids import current_id
from summit.outbox.models import Message
from summit.outbox.models.messages import new_nonce
from summit.people.models import Person
from summit.summits.models import Summit

if TYPE_CHECKING:
    from summit.outbox.message_kinds import MessageKind


def sender_domain() -> str:
    """Return the domain of the sender's e-mail address, which Message-IDs end with."""
    return _domain(settings.DEFAULT_FROM_EMAIL)


@functools.cache
def _domain(sender: str) -> str:
    return parseaddr(sender)[1].partition("@")[2] or "localhost.localdomain"


def draft(
    *,
    summit: Summit | None,
    kind: "MessageKind[Any]",
    subject_key: str,
    version: int = 0,
    recipient_key: str,
    address: str,
    language: str,
    facts: dict[str, Any],
    person: Person | None = None,
) -> Message:
    """Return a new message that isn't stored yet.

    `facts` must hold all values that the mail's text needs, because they can't change once the message is stored.
    Raises UndeclaredFacts if they aren't the facts that the kind declares.
    """
    kind.check_facts(facts)
    nonce = new_nonce()
    return Message(
        summit=summit,
        kind=kind.name,
        subject_key=subject_key,
        version=version,
        recipient_key=recipient_key,
        person=person,
        address=address.strip(),
        language=language,
        facts=facts,
        nonce=nonce,
        message_id=f"<{nonce}@{sender_domain()}>",
        request_id=current_id() or None,
    )


def store(messages: Sequence[Message]) -> int:
    """Store messages and return how many were new.

    A message that was stored before for the same cause and mailbox is left unchanged. Raises RuntimeError outside a
    transaction, because a message and its cause must be stored together or not at all.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("store() belongs into the transaction that causes the messages")
    return insert_new(messages) if messages else 0
