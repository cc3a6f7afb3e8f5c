"""Do slow work before the write lock is taken, and detect whether other connections have written meanwhile."""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

Ready = TypeVar("Ready")
Done = TypeVar("Done")


def ahead(*, prepare: Callable[[bool], Ready], lock: Callable[[], object], write: Callable[[Ready], Done]) -> Done:
    """Call `prepare`, then call `write` with its result under a lock, and return the result of `write`.

    `lock` and `write` run in one transaction. The argument of `prepare` is True if it runs under the lock, and False
    if it runs before.

    On SQLite, which has one writer at a time, `prepare` runs before the transaction. Its result is written only if no
    other connection has written meanwhile; otherwise `prepare` runs again under the lock. There is no second attempt
    before the lock: work that takes longer than the pause between two writes would never succeed. On PostgreSQL, and
    inside a transaction, `prepare` runs only under the lock.

    If `prepare` fails before the lock and another connection has written meanwhile, the error is ignored, because
    `prepare` runs again under the lock. Any other error of `prepare` is raised.
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
    """Return a function that returns whether another connection has committed since this call.

    Within a transaction the function always returns the same, because nobody else can write until the transaction
    ends. Returns None if there is nothing to gain. This is so on PostgreSQL, where writers don't wait for one
    another, and inside a transaction, which already holds SQLite's only lock.
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
