"""Services of the audit: `record` appends an entry in the action's transaction, and `chain` chains it later."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from summit.audit.actions import AuditAction
from summit.audit.models import AuditChain, AuditEntry
from summit.core import bulk_insert
from summit.core.personal_data import logged_fields
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit


@dataclass(frozen=True)
class Link:
    """An actor without an account who used the link of a letter, named by the link's public id."""

    public_id: str

    def __str__(self) -> str:
        return f"link:{self.public_id}"


@dataclass(frozen=True)
class Mailbox:
    """An actor without an account who entered a code from a mail, named by the public id of that sign-in."""

    public_id: str

    def __str__(self) -> str:
        return f"mailbox:{self.public_id}"


@dataclass(frozen=True)
class System:
    """The system as the actor: a task or a command."""

    def __str__(self) -> str:
        return "system"


SYSTEM = System()
# The key of an entry's detail with the name of the action that was undone by it.
UNDOES = "undoes"
_undone: ContextVar[str] = ContextVar("audit_undone", default="")
By = User | Link | Mailbox | System


def key_of(target: models.Model) -> str:
    """Return the key of a row in the audit: its public id or, if it has none, its primary key."""
    return str(getattr(target, "public_id", None) or target.pk)


def name_of(target: models.Model) -> str:
    """Return the name of a row in audit entries, such as "delegations.party:k3…"."""
    return f"{target._meta.label_lower}:{key_of(target)}"


def values(model: type[models.Model], changed: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Return a `detail` with the values of changed fields before and after, where the audit may store them.

    `changed` is a dict from field name to (before, after). The audit may store moments, numbers, choices, booleans
    and references to rows, but never personal data or text. Returns {} if no value may be stored.
    """
    stored = {}
    for name, pair in changed.items():
        packed = [_packed(model, name, value) for value in pair]
        if name not in logged_fields(model) and ... not in packed:
            stored[name] = packed
    return {"values": stored} if stored else {}


def _packed(model: type[models.Model], name: str, value: Any) -> Any:
    """Return a value in the form in which the audit stores it, or an ellipsis if the audit must not store it."""
    if value is None or isinstance(value, bool | int):
        column = model._meta.get_field(name)
        return value if value is None or not column.is_relation else ...
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return ...
    if isinstance(value, models.Model):
        return ... if logged_fields(type(value)) else {"row": name_of(value)}
    choices = dict(getattr(model._meta.get_field(name), "flatchoices", None) or [])
    return value if value in choices else ...


def references(row: models.Model) -> list[str]:
    """Return the names (`name_of`) of the rows that a row refers to, except its summit.

    The audit stores them when the row is deleted.
    """
    columns = [column for column in row._meta.fields if column.is_relation]
    pairs = [(column.related_model, getattr(row, column.attname)) for column in columns]
    return [
        name_of(model._default_manager.get(pk=key))
        for model, key in pairs
        if key is not None and isinstance(model, type) and model._meta.label != "summit.Summit"
    ]


def token_of(by: By) -> dict[str, str]:
    """Return a `detail` with the token by which a program acts, or {} for a person in a browser."""
    return {"token": by.by_token} if isinstance(by, User) and by.by_token else {}


@contextmanager
def undoing(action: str) -> Iterator[None]:
    """Store with each entry made within the block that it undoes `action`."""
    token = _undone.set(action)
    try:
        yield
    finally:
        _undone.reset(token)


def entry(
    *,
    by: By,
    action: AuditAction,
    target: models.Model,
    summit: "Summit | None",
    fields: Iterable[str] = (),
    detail: Mapping[str, Any] | None = None,
    part_of: models.Model | None = None,
) -> AuditEntry:
    """Return an unsaved entry, for callers that store many entries at once.

    `detail` may have a list "rows" with the names (`name_of`) of other rows, which their histories use. Raises
    TypeError if "rows" isn't a list.
    """
    if not isinstance((detail or {}).get("rows", []), list):
        raise TypeError('"rows" are the names of rows; a number of them has another key')
    return AuditEntry(
        summit=summit,
        by=by if isinstance(by, User) else None,
        by_label="" if isinstance(by, User) else str(by),
        action=action,
        object_type=target._meta.label_lower,
        object_key=key_of(target),
        fields=sorted(fields),
        detail={**(detail or {}), **token_of(by), **({UNDOES: undone} if (undone := _undone.get()) else {})},
        part_of=name_of(part_of) if part_of else "",
    )


def record(
    *,
    by: By,
    action: AuditAction,
    target: models.Model,
    summit: "Summit | None",
    fields: Iterable[str] = (),
    detail: Mapping[str, Any] | None = None,
    part_of: models.Model | None = None,
) -> AuditEntry:
    """Append the entry of an action and return it.

    `fields` are field names. `detail` holds keys and numbers, never a personal value. `part_of` is a row whose
    history includes this entry, even after `target` is deleted. Raises RuntimeError outside a transaction: the entry
    and its action must be stored together or not at all.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs into the transaction of what it records")
    row = entry(by=by, action=action, target=target, summit=summit, fields=fields, detail=detail, part_of=part_of)
    row.save(force_insert=True)
    return row


def record_many(entries: Sequence[AuditEntry]) -> None:
    """Append many entries in few queries, in the transaction of their actions.

    Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record_many() belongs into the transaction of what it records")
    bulk_insert.insert(entries)


def digest(row: AuditEntry, previous: str) -> str:
    """Return the SHA-256 of an entry's content and the previous entry's digest, in hexadecimal."""
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
        *([row.part_of] if row.part_of else []),
    ]
    packed = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def chain(*, limit: int = 2000) -> int:
    """Chain the oldest `limit` committed entries that aren't chained yet, and return their number.

    Only one caller works at a time, because each locks the single row of the chain's end.
    """
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
