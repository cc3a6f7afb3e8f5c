"""How many values one statement may carry to SQLite."""

import sqlite3
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def connected(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Tell Django what this SQLite takes (32,766 since 3.32). It counts on 999, so that some hundred rows became
    many statements."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = min(limit, 32_766)
