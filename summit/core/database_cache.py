"""Django's database cache, with an `add` that raises an error if the database fails."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends import db
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.db import OperationalError, connections, router, transaction


class DatabaseCache(db.DatabaseCache):
    """Django's database cache, except that `add` raises an error if the database can't store the value.

    Django's `add` returns False both if the database fails and if the key exists. Code that counts attempts
    interprets False as too many attempts. With a full disk, users couldn't sign in, and the message would say that
    they had tried too often.
    """

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Store a value unless its key exists, and return whether it was stored.

        Raises OperationalError if the database is full, locked or unreachable.
        """
        failed: list[OperationalError] = []

        def record_failure(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            try:
                return execute(sql, params, many, context)
            except OperationalError as problem:
                failed.append(problem)
                raise

        alias = router.db_for_write(self.cache_model_class)
        # In a transaction of its own: Django's would hide a commit that fails, as SQLite's does on a full disk.
        with transaction.atomic(alias), connections[alias].execute_wrapper(record_failure):
            added: bool = super().add(key, value, timeout, version)
            if failed:
                raise failed[-1]
        return added
