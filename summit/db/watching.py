"""Noticing that others have written, so that what takes long can be worked out before the lock to write is taken."""

from collections.abc import Callable

from django.db import connection


def others_wrote() -> Callable[[], bool] | None:
    """Return what says whether any other connection has committed since now; asked inside a transaction, it says so
    until that ends, since nobody else can write then.

    None where nothing is gained by it: on PostgreSQL, whose writers don't wait for one another, and inside a
    transaction, which has taken SQLite's only lock already.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    before = _version()
    return lambda: _version() != before


def _version() -> int:
    """Return SQLite's number for what this connection sees: another one when another connection has committed."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
