"""The cache in the database."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends import db
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.db import OperationalError, connections, router


class DatabaseCache(db.DatabaseCache):
    """Django's, which says where the database takes nothing.

    Django answers an `add` that fails like one that finds its key taken. What counts attempts takes that for too
    many: with a full disk nobody could sign in, and read that it was too often.
    """

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Store a value under a key that isn't there, and return whether it was stored. Raises OperationalError where
        the database is full, locked or away."""
        failed: list[OperationalError] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            try:
                return execute(sql, params, many, context)
            except OperationalError as problem:
                failed.append(problem)
                raise

        with connections[router.db_for_write(self.cache_model_class)].execute_wrapper(note):
            added: bool = super().add(key, value, timeout, version)
        if failed:
            raise failed[-1]
        return added
