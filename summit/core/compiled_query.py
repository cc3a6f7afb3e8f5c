"""A query whose SQL is made once: what is asked for each public page, or each second, costs more to put into words
than to answer.

PostgreSQL plans it once for each connection too, where the settings let it (`DATABASE_PREPARE`).
"""

import time
from collections.abc import Callable
from threading import local
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from summit.core.process_cache import Memory

# Seconds for which a connection that has answered isn't asked whether it still does (CONN_HEALTH_CHECKS), which takes
# half as long as the query. Whoever restarts a server takes longer.
TRUSTED = 1.0
# When this thread's connection last answered, by the process's clock.
_answered = local()
# A number that stands in the place of a key, and is the key of nothing.
NO_KEY = -1_000_000_007


class Prepared:
    """A query of values that differs from one time to the next in strings and whole numbers alone.

    `build` takes them by name and returns a `values_list`; it is called once, with a mark in place of each. Rows come
    as the database has them: ask for keys, numbers and strings. The clock must be the database's (`Now`): a moment
    that `build` works out would be that of the first time.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._made: Memory[tuple[str, tuple[Any, ...]]] = Memory(2)

    def rows(self, **values: str | int) -> list[tuple[Any, ...]]:
        """Return the rows for these values. One query. Raises ValueError for one that the query doesn't have."""
        marks: dict[str, str | int] = {
            name: f"prepared {name}" if isinstance(value, str) else NO_KEY - place
            for place, (name, value) in enumerate(values.items())
        }
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._build(**marks).query.sql_with_params()
            self._made.put(connection.vendor, made)
        sql, params = made
        asked = {mark: values[name] for name, mark in marks.items()}
        if not asked.keys() <= set(params):
            raise ValueError(f"the query depends on {params}, not on {', '.join(values)} alone")
        with _cursor() as cursor:
            cursor.execute(sql, [asked.get(param, param) for param in params])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        _answered.at = time.monotonic()
        return found


def _cursor() -> Any:
    """Return a cursor. The framework's own sends PostgreSQL the values within the SQL, which is another each time."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    # Installed where the database is PostgreSQL.
    from psycopg import Cursor  # noqa: PLC0415

    if time.monotonic() - getattr(_answered, "at", -TRUSTED) >= TRUSTED:
        connection.close_if_health_check_failed()
    connection.ensure_connection()
    # As `connection.cursor()` does it, so that the query is counted and its errors are the framework's.
    prepare: Any = connection._prepare_cursor  # type: ignore[attr-defined]
    return prepare(Cursor(connection.connection))
