"""Raise Django's limit on the number of parameters in one SQLite statement."""

import sqlite3
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def connected(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Set Django's limit of parameters in one statement to that of this SQLite (32,766 since version 3.32).

    Django assumes 999, and would split some hundred rows into many statements.
    """
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = min(limit, 32_766)
