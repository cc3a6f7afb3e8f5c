"""Whether what a database refused may go well the next time."""

import sqlite3

from django.db import OperationalError

# Classes of PostgreSQL's SQLSTATE: connection, rolled back transaction, resources, object not available, operator.
_CLASSES = ("08", "40", "53", "55", "57")


def is_transient(problem: OperationalError) -> bool:
    """Return whether an error is of the database's state (busy, full, away) and not of what it was asked."""
    cause = problem.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR
    state = getattr(cause, "sqlstate", "")
    # None where no connection came about.
    return state is None or state.startswith(_CLASSES)
