"""Many rows stored at once, at a fraction of what `bulk_create` costs: column by column, each value prepared once."""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, models
from django.db.models.expressions import DatabaseDefault
from django.db.models.fields.json import JSONField

# Values of a statement: below what either database takes.
MOST_VALUES = 30_000
# Rows of a statement that has no such limit, so that its text stays within tens of megabytes.
MOST_ROWS = 5000


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model, none of which is stored, and give them their primary keys.

    What the database has a default for stays its own. No signal is sent, as `bulk_create` sends none. Raises
    IntegrityError as the database does.
    """
    if not rows:
        return
    fields = _fields(rows)
    columns = [(field, _column(field, rows)) for field in fields]
    key: Any = rows[0]._meta.pk
    returning = f"RETURNING {connection.ops.quote_name(key.column)}"
    step = MOST_ROWS if connection.vendor == "postgresql" else max(1, MOST_VALUES // len(fields))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), step):
            part = [(field, values[start : start + step]) for field, values in columns]
            if connection.vendor == "postgresql":
                _from_lists(cursor, rows[0], part, returning)
            else:
                lines = list(zip(*(values for _field, values in part), strict=True))
                marks = ", ".join([_marks(fields)] * len(lines))
                sql = f"{_into(rows[0], fields)} VALUES {marks} {returning}"
                cursor.execute(sql, [value for line in lines for value in line])
            for row, (stored,) in zip(rows[start : start + step], cursor.fetchall(), strict=True):
                row.pk = stored
                row._state.adding, row._state.db = False, connection.alias


def insert_new(rows: Sequence[models.Model]) -> int:
    """Insert rows of one model but for those that break a unique constraint, and return how many were inserted. They
    are not given their primary keys. One statement for each 5,000 rows."""
    inserted = 0
    with connection.cursor() as cursor:
        for start in range(0, len(rows), MOST_ROWS):
            part = rows[start : start + MOST_ROWS]
            columns = [(field, _column(field, part)) for field in _fields(part)]
            if connection.vendor == "postgresql":
                _from_lists(cursor, part[0], columns, "ON CONFLICT DO NOTHING")
            else:
                fields = [field for field, _values in columns]
                sql = f"{_into(part[0], fields)} VALUES {_marks(fields)} ON CONFLICT DO NOTHING"
                cursor.executemany(sql, list(zip(*(values for _field, values in columns), strict=True)))
            inserted += int(cursor.rowcount)
    return inserted


def _from_lists(cursor: Any, row: models.Model, columns: list[tuple[Any, list[Any]]], tail: str) -> None:
    """Insert columns as one list each, on PostgreSQL: a mark for each value would cost more than the value. A value
    that all rows have is sent once; equal values are the same object once they are prepared."""
    first, rest = columns[0], columns[1:]
    same = [(field, values[0]) for field, values in rest if all(value is values[0] for value in values)]
    once = {field for field, _value in same}
    # The first column says how many rows there are.
    each = [first, *((field, values) for field, values in rest if field not in once)]
    lists = [_list(field, values) for field, values in each]
    given = ", ".join(call for call, _values in lists)
    said = "".join(f", %s::{_type(field)}" for field, _value in same)
    into = _into(row, [field for field, _values in (*each, *same)])
    sql = f"{into} SELECT given.*{said} FROM ROWS FROM ({given}) AS given {tail}"  # noqa: S608
    cursor.execute(sql, [*(value for _field, value in same), *(values for _call, values in lists)])


def _into(row: models.Model, fields: Sequence[Any]) -> str:
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"INSERT INTO {connection.ops.quote_name(row._meta.db_table)} ({names})"


def _marks(fields: Sequence[Any]) -> str:
    return f"({', '.join(['%s'] * len(fields))})"


def _list(field: Any, values: list[Any]) -> tuple[str, Any]:
    """Return what PostgreSQL makes rows of, and its parameter. JSON goes as one text: in an array each of its quotes
    would have to be escaped."""
    if isinstance(field, JSONField) and None not in values:
        return "JSONB_ARRAY_ELEMENTS(%s::jsonb)", json.dumps([value.obj for value in values], cls=field.encoder)
    return f"UNNEST(%s::{_type(field)}[])", values


def _type(field: Any) -> str:
    """A column's type without its length: what is too long is refused by the column and not cut off."""
    return str(field.db_type(connection)).partition("(")[0]


def _fields(rows: Sequence[models.Model]) -> list[Any]:
    """Return the fields that these rows say something of."""
    fields: list[Any] = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    return [field for field in fields if not _default(field, rows)]


def _default(field: Any, rows: Sequence[models.Model]) -> bool:
    """Whether the database fills a column. Raises ValueError where it would for some of the rows alone."""
    if not field.has_db_default():
        return False
    left = [isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows]
    if any(left) and not all(left):
        raise ValueError(f"{field.name} is given for some rows and left to the database for others")
    return left[0]


def _column(field: Any, rows: Sequence[models.Model]) -> list[Any]:
    """A column's values as the database takes them: those that are equal are prepared once."""
    if field.is_relation:
        _refer(field, rows)
    values = [field.pre_save(row, True) for row in rows]
    prepared: dict[Any, Any] = {}
    # Itself, not what stands for it: that looks it up anew for each value.
    database = connections[connection.alias]
    keyed: Callable[[Any], Any] = id if isinstance(field, JSONField) else lambda value: (type(value), value)
    # Of an encrypted field equal values are written differently each time; none of it, always the same.
    secret = not isinstance(field, JSONField) and field.get_internal_type() == "BinaryField"
    found = []
    for value in values:
        if secret and value not in (None, ""):
            found.append(field.get_db_prep_save(value, database))
            continue
        key = keyed(value)
        if key not in prepared:
            prepared[key] = field.get_db_prep_save(value, database)
        found.append(prepared[key])
    return found


def _refer(field: Any, rows: Sequence[models.Model]) -> None:
    """Take the keys of rows that were stored after these were made."""
    for row in rows:
        other = field.get_cached_value(row, default=None)
        if other is not None and getattr(row, field.attname) is None:
            setattr(row, field.name, other)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of garbage from going through thousands of rows again and again while they are made."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
