"""Queries that are compiled to SQL once and then executed with different values.

They are for queries that run for each public page or each second: compiling these would cost more than executing
them. PostgreSQL also plans such a query only once for each connection, if the settings allow it (`DATABASE_PREPARE`).
"""

import time
from collections.abc import Callable
from threading import local
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from summit.core.process_cache import Memory

# For this many seconds after a response, the connection's health isn't checked (CONN_HEALTH_CHECKS): the check takes
# half as long as the query. Restarting a server takes longer.
TRUSTED = 1.0
# When this thread's connection last answered, by the process's clock.
_answered = local()
# A placeholder for keys while the query is compiled: no row has it as its key.
NO_KEY = -1_000_000_007


class Prepared:
    """A query that is compiled once and executed with different strings and whole numbers.

    `build` takes these values by name and returns a `values_list`. It is called once, with a placeholder for each
    value. Rows are returned as the database sends them, so the query may return only keys, numbers and strings. For
    the current time it must use the database's clock (`Now`): a time that `build` computes would be that of its only
    call.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        # The SQL by the kind of database, with each parameter that doesn't change, and each value's name.
        self._made: Memory[tuple[str, list[tuple[str | None, Any]]]] = Memory(2)

    def rows(self, **values: str | int) -> list[tuple[Any, ...]]:
        """Return the rows for these values.

        Makes one query. Raises ValueError for a value that the query doesn't have.
        """
        vendor = connection.vendor
        sql, params = self._made.ask(vendor, lambda: self._compiled(values))
        with _cursor(vendor) as cursor:
            cursor.execute(sql, [param if name is None else values[name] for name, param in params])
            result: list[tuple[Any, ...]] = cursor.fetchall()
        _answered.at = time.monotonic()
        return result

    def _compiled(self, values: dict[str, str | int]) -> tuple[str, list[tuple[str | None, Any]]]:
        marks: dict[str, str | int] = {
            name: f"prepared {name}" if isinstance(value, str) else NO_KEY - place
            for place, (name, value) in enumerate(values.items())
        }
        sql, params = self._build(**marks).query.sql_with_params()
        if not set(marks.values()) <= set(params):
            raise ValueError(f"the query depends on {params}, not on {', '.join(values)} alone")
        names = {mark: name for name, mark in marks.items()}
        return sql, [(names.get(param), param) for param in params]


def _cursor(vendor: str) -> Any:
    """Return a cursor that sends the SQL and its values separately to PostgreSQL.

    Django's own cursor puts the values into the SQL, so that PostgreSQL would see a different statement each time.
    """
    if vendor != "postgresql":
        return connection.cursor()
    # Installed where the database is PostgreSQL.
    from psycopg import Cursor  # noqa: PLC0415

    if time.monotonic() - getattr(_answered, "at", -TRUSTED) >= TRUSTED:
        connection.close_if_health_check_failed()
    connection.ensure_connection()
    # As `connection.cursor()` does it, so that the query is counted and raises Django's exceptions.
    prepare: Any = connection._prepare_cursor  # type: ignore[attr-defined]
    return prepare(Cursor(connection.connection))
