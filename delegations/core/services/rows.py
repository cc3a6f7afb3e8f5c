"""Functions that store and reorder rows of a summit.

Unchanged values are not recorded, a row may only refer to rows of its own summit, and a new order is one action.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from delegations.core.row_order import OrderChanged
from summit.audit import services as audit
from summit.audit.actions import AuditAction
from summit.summits.models import Summit
from summit.users.models import User

# Called with a row before it is validated and stored.
Ready = Callable[[Any], None]


def set_values(row: Any, values: Mapping[str, Any], known: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """Set values on a row, and return a dict from each changed field to its (old, new) values. Nothing is stored.

    Raises ValueError for a field that isn't in `known`.
    """
    if unknown := set(values) - set(known):
        raise ValueError(f"no part of {row._meta.label}: {', '.join(sorted(unknown))}")
    changed = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    for name, (_before, value) in changed.items():
        setattr(row, name, value)
    return changed


def check_many(summit: Summit, many: Mapping[str, Iterable[Any]]) -> dict[str, list[Any]]:
    """Return a dict from the names of many-to-many fields to lists of rows.

    Raises ValidationError if one of the rows belongs to another summit than `summit`.
    """
    rows_by_field = {name: list(rows) for name, rows in many.items()}
    for name, rows in rows_by_field.items():
        if any(row.summit_id != summit.pk for row in rows):
            raise ValidationError({name: _("One of these belongs to another summit. Choose from this summit.")})
    return rows_by_field


def set_many_to_many(row: Any, many: Mapping[str, Iterable[Any]]) -> list[str]:
    """Set many-to-many fields of a stored row to exactly these rows and return the names of the fields that changed.

    Raises ValidationError if one of the rows belongs to another summit (as in `check_many`).
    """
    rows_by_field = check_many(row.summit, many)
    changed = [name for name, rows in rows_by_field.items() if set(getattr(row, name).all()) != set(rows)]
    for name in changed:
        getattr(row, name).set(rows_by_field[name])
    return changed


def _apart(row: Any, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two dicts: the values of a row's own columns, and the values of its many-to-many fields."""
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
    """Store the changed values of a row, including the values of its many-to-many fields.

    `ready` is called with the row before it is validated. Returns a dict from each changed column to its (old, new)
    values, and the names of all fields that changed. Raises ValidationError, and ValueError for a field that isn't in
    `known`.
    """
    own, many = _apart(row, values)
    changed = set_values(row, own, known)
    if changed:
        _clean(row, ready)
        row.save(update_fields=list(changed))
    return changed, [*changed, *set_many_to_many(row, many)]


def create(
    row: Any,
    values: Mapping[str, Any],
    known: Iterable[str],
    *,
    by: User,
    action: AuditAction,
    ready: Ready | None = None,
) -> None:
    """Store a new row of a summit with these values, and record it in the audit.

    `ready` is called with the row while the summit is locked. It sets missing values, and raises an error if the row
    can't be created. `values` may include values of many-to-many fields. The caller must have checked the permission
    of `by`. Raises ValidationError, and ValueError for a field that isn't in `known`.
    """
    own, many = _apart(row, values)
    many = check_many(row.summit, many)
    set_values(row, own, known)
    with transaction.atomic():
        lock(row.summit)
        _clean(row, ready)
        row.save()
        set_many_to_many(row, many)
        audit.record(by=by, action=action, target=row, summit=row.summit, fields=sorted(values))


def change(
    row: Any,
    values: Mapping[str, Any],
    known: Iterable[str],
    *,
    by: User,
    action: AuditAction,
    ready: Ready | None = None,
) -> tuple[Any, dict[str, tuple[Any, Any]]]:
    """Change a row of a summit and record in the audit what changed.

    Returns the row as stored, and a dict from each changed column to its (old, new) values. `ready` is called with
    the row while the summit is locked, as in `create`. Raises ValidationError, and ValueError for a field that isn't
    in `known`.
    """
    model = type(row)
    with transaction.atomic():
        lock(row.summit)
        stored = model._default_manager.select_related("summit").get(pk=row.pk)
        changed, fields = write(stored, values, known, ready=ready)
        if fields:
            detail = audit.values(model, changed)
            audit.record(by=by, action=action, target=stored, summit=stored.summit, fields=fields, detail=detail)
    return stored, changed


def _clean(row: Any, ready: Ready | None) -> None:
    if ready is not None:
        ready(row)
    row.full_clean()


def store(row: Any, values: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Save a row with these values, if the row is new or one of the values differs.

    Returns "add" or "change", and the names of the fields that were set. Raises ValidationError.
    """
    verb = "change" if row.pk else "add"
    changed = list(set_values(row, values, values))
    if changed or verb == "add":
        row.full_clean()
        row.save()
    return verb, changed


def arrange(rows: Sequence[Any], order: Sequence[int], expected: str) -> int:
    """Store rows in the order of these primary keys, and return how many rows changed their place.

    Rows that `order` doesn't name follow in their present order. Raises OrderChanged if the present order doesn't
    match the mark `expected` (see `mark`).
    """
    check_mark([row.pk for row in rows], expected)
    changed = places(rows, order)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, ["position"])
    return len(changed)


def lock(summit: Summit) -> None:
    """Lock the summit until the transaction ends, so that nobody else changes its rows.

    Rows that merely refer to the summit can still be written. This avoids a deadlock: a transaction that holds a
    party's lock writes such rows, and this transaction may wait for that party.
    """
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)


def last_place(rows: Any) -> int:
    """Return the position after the last of these rows, or 0 if there are none."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def mark(keys: Sequence[int]) -> str:
    """Return a digest of an order of rows (primary keys), by which two orders can be compared."""
    return hashlib.sha256(repr(list(keys)).encode()).hexdigest()[:16]


def check_mark(keys: Sequence[int], expected: str) -> None:
    """Raise OrderChanged if the order of rows (primary keys) doesn't match the mark `expected`; "" matches any
    order."""
    if expected and mark(keys) != expected:
        raise OrderChanged(_("Someone else has just saved a different order. Your order is below and not saved yet."))


def places(rows: Sequence[Any], order: Sequence[int]) -> list[Any]:
    """Set the positions of rows by an order of primary keys and return the rows that moved. Nothing is stored.

    Rows that `order` doesn't name follow in their present order.
    """
    rank_by_key = {key: number for number, key in enumerate(order)}
    ranked = sorted(rows, key=lambda row: rank_by_key.get(row.pk, len(rank_by_key)))
    changed = [row for number, row in enumerate(ranked) if row.position != number]
    for number, row in enumerate(ranked):
        row.position = number
    return changed
