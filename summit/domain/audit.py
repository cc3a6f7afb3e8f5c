"""The audit: `record` inside the transaction of what is done, `chain` afterwards."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from summit.models import AuditChain, AuditEntry, Summit, User


@dataclass(frozen=True)
class Link:
    """Who acts without an account: whoever followed a letter's link, by the link's public id."""

    public_id: str

    def __str__(self) -> str:
        return f"link:{self.public_id}"


@dataclass(frozen=True)
class System:
    """The system itself: a task or a command."""

    def __str__(self) -> str:
        return "system"


SYSTEM = System()
By = User | Link | System


def key_of(target: models.Model) -> str:
    """Return the name by which the audit knows a row: its public id, or else its primary key."""
    return str(getattr(target, "public_id", None) or target.pk)


def entry(
    *,
    by: By,
    action: str,
    target: models.Model,
    summit: Summit | None,
    fields: Iterable[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Return an entry that isn't stored yet, for those who store many at once."""
    return AuditEntry(
        summit=summit,
        by=by if isinstance(by, User) else None,
        by_label="" if isinstance(by, User) else str(by),
        action=action,
        object_type=target._meta.label_lower,
        object_key=key_of(target),
        fields=sorted(fields),
        detail=dict(detail or {}),
    )


def record(
    *,
    by: By,
    action: str,
    target: models.Model,
    summit: Summit | None,
    fields: Iterable[str] = (),
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append what was done. `fields` are names and `detail` keys and numbers: never a personal value.

    Raises RuntimeError outside a transaction: a record that could stay without its deed is none.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs into the transaction of what it records")
    row = entry(by=by, action=action, target=target, summit=summit, fields=fields, detail=detail)
    row.save(force_insert=True)
    return row


def record_many(entries: Sequence[AuditEntry]) -> None:
    """Append many entries in one query, inside the transaction of what they record."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record_many() belongs into the transaction of what it records")
    AuditEntry.objects.bulk_create(entries)


def digest(row: AuditEntry, previous: str) -> str:
    """Return the SHA-256 over a row's content and the digest before it, in hexadecimal."""
    content = [
        previous,
        row.pk,
        row.summit_id,
        row.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds"),
        row.by_id,
        row.by_label,
        row.action,
        row.object_type,
        row.object_key,
        row.fields,
        row.detail,
    ]
    packed = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def chain(*, limit: int = 2000) -> int:
    """Chain committed rows that aren't yet, oldest first, and return how many. One caller at a time: the others
    wait for the lock on the chain's single row and then find nothing left to do."""
    with transaction.atomic():
        end = AuditChain.objects.select_for_update().get(pk=1)
        rows = list(AuditEntry.objects.filter(position__isnull=True).order_by("id")[:limit])
        for row in rows:
            end.length += 1
            row.previous, row.position = end.head, end.length
            row.digest = end.head = digest(row, end.head)
        if rows:
            AuditEntry.objects.bulk_update(rows, ["previous", "position", "digest"], batch_size=200)
            end.save(update_fields=["length", "head"])
    return len(rows)
