"""Insert many rows at once, at a fraction of the cost of `bulk_create`.

Rows are sent column by column, and equal values of a column are prepared once.
"""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, models
from django.db.models.expressions import DatabaseDefault
from django.db.models.fields.json import JSONField

# The most values in one statement: fewer than either database accepts.
MOST_VALUES = 30_000
# The most rows in a statement that has no limit on values, so that its text stays within tens of megabytes.
MOST_ROWS = 5000


def insert(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model and set their primary keys.

    The database fills columns that have a database default. Like `bulk_create`, the function sends no signals. Raises
    IntegrityError if a row violates a constraint.
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
                value_rows = list(zip(*(values for _field, values in part), strict=True))
                marks = ", ".join([_marks(fields)] * len(value_rows))
                sql = f"{_into(rows[0], fields)} VALUES {marks} {returning}"
                cursor.execute(sql, [value for value_row in value_rows for value in value_row])
            for row, (stored,) in zip(rows[start : start + step], cursor.fetchall(), strict=True):
                row.pk = stored
                row._state.adding, row._state.db = False, connection.alias


def insert_new(rows: Sequence[models.Model]) -> int:
    """Insert rows of one model, skip those that violate a unique constraint, and return the number of inserted rows.

    The primary keys of the rows aren't set. Makes one statement for each 5,000 rows.
    """
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
    """Insert rows on PostgreSQL, each column as one list parameter.

    A placeholder for each value would cost more than the value. A value that all rows share is sent once; equal
    values are the same object after `_column` has prepared them.
    """
    first, rest = columns[0], columns[1:]
    shared = [(field, values[0]) for field, values in rest if all(value is values[0] for value in values)]
    shared_fields = {field for field, _value in shared}
    # The first column is always a list: its length is the number of rows.
    list_columns = [first, *((field, values) for field, values in rest if field not in shared_fields)]
    lists = [_list(field, values) for field, values in list_columns]
    calls = ", ".join(call for call, _values in lists)
    constants = "".join(f", %s::{_type(field)}" for field, _value in shared)
    into = _into(row, [field for field, _values in (*list_columns, *shared)])
    sql = f"{into} SELECT given.*{constants} FROM ROWS FROM ({calls}) AS given {tail}"  # noqa: S608
    cursor.execute(sql, [*(value for _field, value in shared), *(values for _call, values in lists)])


def _into(row: models.Model, fields: Sequence[Any]) -> str:
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    return f"INSERT INTO {connection.ops.quote_name(row._meta.db_table)} ({names})"


def _marks(fields: Sequence[Any]) -> str:
    return f"({', '.join(['%s'] * len(fields))})"


def _list(field: Any, values: list[Any]) -> tuple[str, Any]:
    """Return (call, parameter): the PostgreSQL call that turns a list parameter into rows, and this parameter.

    JSON values are sent as one text, because in an array each of their quotes would have to be escaped.
    """
    if isinstance(field, JSONField) and None not in values:
        return "JSONB_ARRAY_ELEMENTS(%s::jsonb)", json.dumps([value.obj for value in values], cls=field.encoder)
    return f"UNNEST(%s::{_type(field)}[])", values


def _type(field: Any) -> str:
    """Return a column's type without its length, so that the column refuses a value that is too long.

    A cast to a type with a length would cut the value off.
    """
    return str(field.db_type(connection)).partition("(")[0]


def _fields(rows: Sequence[models.Model]) -> list[Any]:
    """Return the fields to insert: all but the primary key and those that the database fills with a default."""
    fields: list[Any] = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    return [field for field in fields if not _default(field, rows)]


def _default(field: Any, rows: Sequence[models.Model]) -> bool:
    """Return whether the database fills a column with its default.

    Raises ValueError if only some of the rows leave the column to the database.
    """
    if not field.has_db_default():
        return False
    left_to_database = [isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows]
    if any(left_to_database) and not all(left_to_database):
        raise ValueError(f"{field.name} is given for some rows and left to the database for others")
    return left_to_database[0]


def _column(field: Any, rows: Sequence[models.Model]) -> list[Any]:
    """Return a column's values, prepared for the database. Equal values are prepared once."""
    if field.is_relation:
        _refer(field, rows)
    values = [field.pre_save(row, True) for row in rows]
    prepared: dict[Any, Any] = {}
    # The connection itself, not Django's proxy for it: the proxy looks it up again for each value.
    database = connections[connection.alias]
    keyed: Callable[[Any], Any] = id if isinstance(field, JSONField) else lambda value: (type(value), value)
    # An encrypted field writes equal values differently each time, so they can't be shared. An empty value can.
    secret = not isinstance(field, JSONField) and field.get_internal_type() == "BinaryField"
    prepared_values = []
    for value in values:
        if secret and value not in (None, ""):
            prepared_values.append(field.get_db_prep_save(value, database))
            continue
        key = keyed(value)
        if key not in prepared:
            prepared[key] = field.get_db_prep_save(value, database)
        prepared_values.append(prepared[key])
    return prepared_values


def _refer(field: Any, rows: Sequence[models.Model]) -> None:
    """Set a missing foreign key on rows that refer to an object which was saved after the assignment."""
    for row in rows:
        referred = field.get_cached_value(row, default=None)
        if referred is not None and getattr(row, field.attname) is None:
            setattr(row, field.name, referred)


@contextmanager
def uncollected() -> Iterator[None]:
    """Turn off garbage collection within the block.

    While thousands of rows are created, the collector would scan them repeatedly.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
