"""What changing rows of a summit has in common: what is as it was is not recorded, what a row refers to is its own
summit's, an order is one action."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from delegations.core.row_order import OrderChanged
from summit.audit import services as audit
from summit.summits.models import Summit
from summit.users.models import User

# Looks at a row before it is stored.
Ready = Callable[[Any], None]


def put(row: Any, values: Mapping[str, Any], known: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """Set values and return what was and is, of those that changed. Raises ValueError for a field that isn't one of
    the row's."""
    if unknown := set(values) - set(known):
        raise ValueError(f"no part of {row._meta.label}: {', '.join(sorted(unknown))}")
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_before, value) in changed.items():
        setattr(row, name, value)
    return changed


def check_many(summit: Summit, many: Mapping[str, Iterable[Any]]) -> dict[str, list[Any]]:
    """Return rows to be referred to, by field, all of one summit. Raises ValidationError where one isn't."""
    found = {name: list(rows) for name, rows in many.items()}
    for name, rows in found.items():
        if any(row.summit_id != summit.pk for row in rows):
            raise ValidationError({name: _("One of these is another summit’s. Choose among this summit’s.")})
    return found


def put_many(row: Any, many: Mapping[str, Iterable[Any]]) -> list[str]:
    """Let a stored row refer to these rows and no others, by field, and return the fields that this changed. Raises
    ValidationError as `check_many` does."""
    found = check_many(row.summit, many)
    changed = [name for name, rows in found.items() if set(getattr(row, name).all()) != set(rows)]
    for name in changed:
        getattr(row, name).set(found[name])
    return changed


def _apart(row: Any, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values of a row's own columns, and of its many-to-many fields."""
    many = {field.name for field in row._meta.many_to_many}
    own = {name: value for name, value in values.items() if name not in many}
    return own, {name: value for name, value in values.items() if name in many}


def write(
    row: Any,
    values: Mapping[str, Any],
    known: Iterable[str],
    *,
    ready: Ready | None = None,
) -> tuple[dict[str, tuple[Any, Any]], list[str]]:
    """Store what is changed of a row, after `ready` has looked at it, and, where they are given, what its
    many-to-many fields refer to. Return what was and is of each column that changed, and the names of all that
    changed. Raises ValidationError, and ValueError as `put` does."""
    own, many = _apart(row, values)
    changed = put(row, own, known)
    if changed:
        _clean(row, ready)
        row.save(update_fields=list(changed))
    return changed, [*changed, *put_many(row, many)]


def enter(
    row: Any, values: Mapping[str, Any], known: Iterable[str], *, by: User, action: str, ready: Ready | None = None
) -> None:
    """Store a new row of a summit with these values, and record it. `ready` looks at it under the summit's lock,
    fills what isn't given, and raises what stops it. Among the values may be those of many-to-many fields. Whoever
    calls this has asked whether `by` may. Raises ValidationError."""
    own, many = _apart(row, values)
    many = check_many(row.summit, many)
    put(row, own, known)
    with transaction.atomic():
        lock(row.summit)
        _clean(row, ready)
        row.save()
        put_many(row, many)
        audit.record(by=by, action=action, target=row, summit=row.summit, fields=sorted(values))


def change(
    row: Any, values: Mapping[str, Any], known: Iterable[str], *, by: User, action: str, ready: Ready | None = None
) -> tuple[Any, dict[str, tuple[Any, Any]]]:
    """Change a row of a summit, record what changed, and return the row as it is now with what was and is of its
    fields. `ready` as for `enter`. Raises ValidationError."""
    model = type(row)
    with transaction.atomic():
        lock(row.summit)
        now = model._default_manager.select_related("summit").get(pk=row.pk)
        changed, fields = write(now, values, known, ready=ready)
        if fields:
            detail = audit.values(model, changed)
            audit.record(by=by, action=action, target=now, summit=now.summit, fields=fields, detail=detail)
    return now, changed


def _clean(row: Any, ready: Ready | None) -> None:
    if ready is not None:
        ready(row)
    row.full_clean()


def store(row: Any, values: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Store a row with these values where that changes it or it is new, and return "add" or "change" and the names of
    the fields that it sets. Raises ValidationError."""
    verb = "change" if row.pk else "add"
    changed = list(put(row, values, values))
    if changed or verb == "add":
        row.full_clean()
        row.save()
    return verb, changed


def arrange(rows: Sequence[Any], order: Sequence[int], expected: str) -> int:
    """Store rows in the order of these primary keys, those that it doesn't name after it as before, and return how
    many have another place now. Raises OrderChanged where they stand otherwise than `expected`, a `mark`, says."""
    check_mark([row.pk for row in rows], expected)
    changed = places(rows, order)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, ["position"])
    return len(changed)


def lock(summit: Summit) -> None:
    """Let whoever else changes the rows of this summit wait until the transaction ends. Rows that only refer to the
    summit are let through: whoever holds a party writes some, and is waited for."""
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)


def last_place(rows: Any) -> int:
    """Return the place after all of these rows."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def mark(keys: Sequence[int]) -> str:
    """Return what tells one order of rows (primary keys) from another."""
    return hashlib.sha256(repr(list(keys)).encode()).hexdigest()[:16]


def check_mark(keys: Sequence[int], expected: str) -> None:
    """Raise OrderChanged where rows stand in another order than the one that was looked at; "" is any."""
    if expected and mark(keys) != expected:
        raise OrderChanged(
            _("Somebody else saved another order a moment ago. Yours stands below and is not saved yet.")
        )


def places(rows: Sequence[Any], order: Sequence[int]) -> list[Any]:
    """Give rows their places by an order of primary keys, those that it doesn't name after it as before, and return
    those whose place is another now."""
    wanted = {key: number for number, key in enumerate(order)}
    ranked = sorted(rows, key=lambda row: wanted.get(row.pk, len(wanted)))
    changed = [row for number, row in enumerate(ranked) if row.position != number]
    for number, row in enumerate(ranked):
        row.position = number
    return changed
