"""Distinguish temporary errors of the database, which are worth a retry, from lasting ones."""

import sqlite3

from django.db import OperationalError

# Classes of PostgreSQL's SQLSTATE: connection, rolled back transaction, resources, object not available, operator.
_CLASSES = ("08", "40", "53", "55", "57")


def is_transient(problem: OperationalError) -> bool:
    """Return whether an error comes from the database's state and not from the statement.

    Such states are busy, full and unreachable.
    """
    cause = problem.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR
    state = getattr(cause, "sqlstate", "")
    # The state is None if the connection failed.
    return state is None or state.startswith(_CLASSES)


def is_disk_full(problem: OperationalError) -> bool:
    """Return whether the database couldn't store anything because its disk is full."""
    cause = problem.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
    return getattr(cause, "sqlstate", "") == "53100"


def is_unreachable(problem: OperationalError) -> bool:
    """Return whether this process has no connection to the database's server, or has lost it."""
    cause = problem.__cause__
    if cause is None or isinstance(cause, sqlite3.Error):
        return False
    # Class 08 is the connection; 57P01 to 57P03 are a server that stops or starts. None as above.
    state = getattr(cause, "sqlstate", "")
    return state is None or state.startswith(("08", "57P0"))
