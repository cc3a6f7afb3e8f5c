"""Noticing that others have written, so that what takes long can be worked out before the lock to write is taken."""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

Ready = TypeVar("Ready")
Done = TypeVar("Done")


def ahead(*, prepare: Callable[[bool], Ready], lock: Callable[[], object], write: Callable[[Ready], Done]) -> Done:
    """Work something out, write it in one transaction that holds a lock, and return what `write` gives.

    On SQLite, where one writes at a time, it is worked out before the transaction, and written only if nobody has
    written meanwhile; where somebody has, it is worked out again under the lock, as everywhere else. Not more often:
    what takes longer than the pause between two writes would never be done before the lock. `prepare` is told whether
    the lock is held. What it raises is passed on where nobody has written meanwhile.
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
