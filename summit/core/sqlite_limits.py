"""Raise Django's limit on the number of parameters in one SQLite statement."""

import sqlite3
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def connected(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Set the number of parameters that Django puts into one statement to this SQLite's limit (32,766 since 3.32).

    Django assumes 999, which splits some hundred rows into many statements.
    """
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = min(limit, 32_766)
