"""The same key, the same answer: a POST that is sent again because its answer was lost has no second effect.

As draft-ietf-httpapi-idempotency-key-header has it. That somebody works on a key is committed before the work begins,
so that whoever comes meanwhile finds it; the answer is written in the transaction of the effect, so that there is
neither without the other.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from summit.api_base.models.answers import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
# After so long a process that worked on a key is gone: gunicorn ends a request after 30 seconds.
GIVEN_UP = timedelta(seconds=60)


class KeyReused(Exception):
    """The key came with another question before."""


class StillRunning(Exception):
    """The first request with this key is being worked on."""


@dataclass(frozen=True)
class Question:
    """Who asks what under which key."""

    who: str
    key: str
    asked: str

    @classmethod
    def of(cls, *, who: str, key: str, method: str, address: str, body: bytes) -> "Question":
        """Return a question by the digests under which it is kept."""
        asked = hashlib.sha256(b"\0".join([method.encode(), address.encode(), body]))
        return cls(who, hashlib.sha256(key.encode()).hexdigest(), asked.hexdigest())


def begin(question: Question) -> IdempotencyRecord:
    """Return the row of a question: with the answer that was given, or without one where it is to be worked on now.
    Raises KeyReused and StillRunning."""
    now = timezone.now()
    IdempotencyRecord.objects.filter(who=question.who, key=question.key, made_at__lt=now - KEPT_FOR).delete()
    fresh = IdempotencyRecord(who=question.who, key=question.key, asked=question.asked)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return _known(question)
    return fresh


def _known(question: Question) -> IdempotencyRecord:
    """Return the row of a question that somebody has asked before."""
    now = timezone.now()
    with transaction.atomic():
        row = IdempotencyRecord.objects.select_for_update().filter(who=question.who, key=question.key).first()
        if row is None:
            # Whoever worked on it has given it up this moment: asked again, it is done.
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
    """Return whether a question has an answer that is kept."""
    rows = IdempotencyRecord.objects.filter(who=question.who, key=question.key, asked=question.asked)
    return rows.filter(status__isnull=False, made_at__gte=timezone.now() - KEPT_FOR).exists()


def finish(row: IdempotencyRecord, *, status: int, headers: dict[str, str], body: bytes) -> None:
    """Keep the answer to a question, in the transaction of its effect. Raises StillRunning where somebody else has
    taken the question over meanwhile: the effect must not come twice."""
    mine = IdempotencyRecord.objects.filter(pk=row.pk, status__isnull=True, made_at=row.made_at)
    if not mine.update(status=status, headers=headers, body=body):
        raise StillRunning


def drop(row: IdempotencyRecord) -> None:
    """Forget a question that nobody could answer: it may be asked again. One that somebody else has taken over is
    theirs."""
    IdempotencyRecord.objects.filter(pk=row.pk, status__isnull=True, made_at=row.made_at).delete()


def clear() -> None:
    """Forget what is older than a day."""
    IdempotencyRecord.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()
