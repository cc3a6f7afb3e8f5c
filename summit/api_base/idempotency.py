"""Idempotency keys: a POST that is sent again with the same key gets the same response and has no second effect.

The source is draft-ietf-httpapi-idempotency-key-header. The key is committed as "in progress" before the work begins,
so that a second request finds it. The response is stored in the transaction of the effect, so that neither exists
without the other.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from summit.api_base.models.answers import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
# After this time no process can still work on a key: gunicorn ends a request after 30 seconds.
GIVEN_UP = timedelta(seconds=60)


class KeyReused(Exception):
    """Raised if the key was sent with another request before."""


class StillRunning(Exception):
    """Raised if the first request with this key is still in progress."""


@dataclass(frozen=True)
class Question:
    """A request with an Idempotency-Key: its sender, a digest of its key and a digest of its content."""

    who: str
    key: str
    asked: str

    @classmethod
    def of(cls, *, who: str, key: str, method: str, address: str, body: bytes) -> "Question":
        """Return the question for a request. Its key and its content are replaced by digests.

        The content is the method, the URL and the body.
        """
        digest = hashlib.sha256(b"\0".join([method.encode(), address.encode(), body]))
        return cls(who, hashlib.sha256(key.encode()).hexdigest(), digest.hexdigest())


def begin(question: Question) -> IdempotencyRecord:
    """Return the record of a question, new or stored.

    The record has the stored response if there is one; otherwise the caller has to do the work. Raises KeyReused and
    StillRunning.
    """
    now = timezone.now()
    IdempotencyRecord.objects.filter(who=question.who, key=question.key, made_at__lt=now - KEPT_FOR).delete()
    record = IdempotencyRecord(who=question.who, key=question.key, asked=question.asked)
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        return _existing_record(question)
    return record


def _existing_record(question: Question) -> IdempotencyRecord:
    """Return the record of a question that was sent before. Raises KeyReused and StillRunning.

    If the first request gave up without a response, its record is taken over.
    """
    now = timezone.now()
    with transaction.atomic():
        row = IdempotencyRecord.objects.select_for_update().filter(who=question.who, key=question.key).first()
        if row is None:
            # The other request has just given up. The next attempt will be worked on.
            raise StillRunning
        if row.asked != question.asked:
            raise KeyReused
        if row.status is None:
            if row.made_at > now - GIVEN_UP:
                raise StillRunning
            row.made_at = now
            row.save(update_fields=["made_at"])
    return row


def was_answered(question: Question) -> bool:
    """Return whether the response to a question is stored."""
    rows = IdempotencyRecord.objects.filter(who=question.who, key=question.key, asked=question.asked)
    return rows.filter(status__isnull=False, made_at__gte=timezone.now() - KEPT_FOR).exists()


def finish(row: IdempotencyRecord, *, status: int, headers: dict[str, str], body: bytes) -> None:
    """Store the response to a question, in the transaction of the effect.

    Raises StillRunning if another request has taken over the question meanwhile. The transaction is then rolled back,
    so that the effect doesn't happen twice.
    """
    unfinished = IdempotencyRecord.objects.filter(pk=row.pk, status__isnull=True, made_at=row.made_at)
    if not unfinished.update(status=status, headers=headers, body=body):
        raise StillRunning


def discard(row: IdempotencyRecord) -> None:
    """Delete the record of a question without a response, so that the request can be sent again.

    Does nothing if another request has taken over the question.
    """
    IdempotencyRecord.objects.filter(pk=row.pk, status__isnull=True, made_at=row.made_at).delete()


def clear() -> None:
    """Delete the records that are older than 24 hours."""
    IdempotencyRecord.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()
