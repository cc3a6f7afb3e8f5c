"""Taking a trigger away for a control, inside a test's transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def without_trigger(table: str, name: str) -> Iterator[None]:
    """Drop a trigger for the block; the block must be in a transaction that is rolled back, or end well."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [name])
            (again,) = cursor.fetchone()
            cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            # Checks of keys that wait for the end of the transaction would forbid the ALTER.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            again = f'ALTER TABLE "{table}" ENABLE TRIGGER "{name}"'
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
        yield
        cursor.execute(again)
