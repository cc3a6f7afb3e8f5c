"""Detect writes by other connections, so that slow work can be done before the write lock is taken."""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

Ready = TypeVar("Ready")
Done = TypeVar("Done")


def ahead(*, prepare: Callable[[bool], Ready], lock: Callable[[], object], write: Callable[[Ready], Done]) -> Done:
    """Call `prepare`, then call `write` with its result under a lock, and return what `write` returns.

    `lock` and `write` run in one transaction. `prepare` gets True where it runs under the lock, and False before it.

    On SQLite, which has one writer at a time, `prepare` runs before the transaction. Its result is written only if no
    other connection has written meanwhile; otherwise `prepare` runs again under the lock. There is no further attempt
    before the lock: work that takes longer than the pause between two writes would never succeed. On PostgreSQL, and
    inside a transaction, `prepare` only runs under the lock.

    An exception of `prepare` is raised. Only an exception of the run before the lock is ignored, if another
    connection has written meanwhile: `prepare` then runs again.
    """
    wrote = others_wrote()
    if wrote is not None:
        try:
            ready = prepare(False)
        except Exception:
            if not wrote():
                raise
        else:
            with transaction.atomic():
                if not wrote():
                    lock()
                    return write(ready)
    with transaction.atomic():
        lock()
        return write(prepare(True))


def others_wrote() -> Callable[[], bool] | None:
    """Return a function that says whether another connection has committed since this call.

    Within a transaction its answer doesn't change, since nobody else can write until the transaction ends.

    Returns None where there is nothing to gain: on PostgreSQL, where writers don't wait for one another, and inside a
    transaction, which holds SQLite's only lock already.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    before = _version()
    return lambda: _version() != before


def _version() -> int:
    """Return SQLite's data version, a number that changes when another connection commits."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
