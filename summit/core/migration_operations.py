"""Migration operations for rules that the database itself enforces, on PostgreSQL and on SQLite."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, RemoveConstraint
from django.db.migrations.state import ProjectState

from summit.core.change_counters import Statements

REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION summit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class FreezeColumns(Statements):
    """Create triggers that refuse any UPDATE that changes one of `columns` and, with `rows`, any DELETE.

    A refused statement raises django.db.IntegrityError. A rebuild of the table on SQLite drops the triggers. A later
    migration that alters the table must therefore repeat this operation; tests/test_consistency.py lists the expected
    triggers.
    """

    def __init__(self, table: str, columns: list[str], *, rows: bool = False) -> None:
        self.table = table
        self.columns = columns
        self.rows = rows

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the class name and the arguments of the operation, for Django."""
        return (self.__class__.__name__, [self.table, self.columns], {"rows": self.rows})

    @property
    def names(self) -> list[str]:
        """The names of the triggers."""
        return [f"{self.table}_frozen", *([f"{self.table}_kept"] if self.rows else [])]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the triggers and, on PostgreSQL, the function that they call."""
        postgres = schema_editor.connection.vendor == "postgresql"
        if postgres:
            # With params=None, Django doesn't take the % in the SQL for a placeholder.
            schema_editor.execute(REFUSE_FUNCTION, params=None)
        compare = "IS DISTINCT FROM" if postgres else "IS NOT"
        changed = " OR ".join(f'OLD."{name}" {compare} NEW."{name}"' for name in self.columns)
        self._create(schema_editor, f"{self.table}_frozen", "UPDATE", f"WHEN ({changed})", "is never changed")
        if self.rows:
            self._create(schema_editor, f"{self.table}_kept", "DELETE", "", "is never deleted")

    def _create(self, schema_editor: BaseDatabaseSchemaEditor, name: str, event: str, when: str, why: str) -> None:
        message = f"{self.table} {why}"
        # A repeated operation finds the trigger on PostgreSQL; on SQLite the table's rebuild has dropped it.
        self._drop(schema_editor, name)
        if schema_editor.connection.vendor == "postgresql":
            action = f"EXECUTE FUNCTION summit_refuse('{message}')"
        else:
            action = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        schema_editor.execute(
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{self.table}" FOR EACH ROW {when} {action}'
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the triggers."""
        for name in self.names:
            self._drop(schema_editor, name)

    def _drop(self, schema_editor: BaseDatabaseSchemaEditor, name: str) -> None:
        on = f' ON "{self.table}"' if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')

    def describe(self) -> str:
        """Return a description of the operation for `manage.py migrate --plan`."""
        return f"Freeze {', '.join(self.columns)} of {self.table}"


class _KeepsTriggers:
    """Keeps the triggers of a table that an operation changes.

    SQLite rebuilds the table and drops its triggers, even those that other apps have made. It doesn't rebuild a table
    that is named in a trigger of another one.
    """

    model_name: str

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Change the table, and create the triggers again that it had."""
        with _triggers_kept(schema_editor, to_state.apps.get_model(app_label, self.model_name)._meta.db_table):
            super().database_forwards(app_label, schema_editor, from_state, to_state)  # type: ignore[misc]

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Change the table back, and create the triggers again that it had."""
        with _triggers_kept(schema_editor, to_state.apps.get_model(app_label, self.model_name)._meta.db_table):
            super().database_backwards(app_label, schema_editor, from_state, to_state)  # type: ignore[misc]


class AddColumn(_KeepsTriggers, AddField):
    """Add a field to a model, like Django's AddField, and keep the triggers of its table."""


class AddTableConstraint(_KeepsTriggers, AddConstraint):
    """Add a constraint to a model, like Django's AddConstraint, and keep the triggers of its table."""


class RemoveTableConstraint(_KeepsTriggers, RemoveConstraint):
    """Remove a constraint from a model, like Django's RemoveConstraint, and keep the triggers of its table."""


class AddIndexUnlocked(AddIndexConcurrently):
    """Add an index to a table that others write to meanwhile. Its migration needs `atomic = False`.

    PostgreSQL leaves an index that can't be used if this is interrupted; it is dropped when this is repeated.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the index: on PostgreSQL without a lock, on SQLite, which locks the whole database, as ever."""
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        self._ensure_not_in_transaction(schema_editor)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the index in the same way."""
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)


@contextmanager
def _triggers_kept(schema_editor: BaseDatabaseSchemaEditor, table: str) -> Iterator[None]:
    if schema_editor.connection.vendor != "sqlite":
        yield
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        word = re.compile(rf"\b{re.escape(table)}\b")
        triggers = [row for row in cursor.fetchall() if row[1] == table or word.search(row[2])]
        for name, owner, _sql in triggers:
            if owner != table:
                cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        kept = {name for (name,) in cursor.fetchall()}
    for name, _owner, sql in triggers:
        if name not in kept:
            schema_editor.execute(sql, params=None)


@cache
def frozen_columns() -> dict[str, tuple[str, ...]]:
    """Return a dict from table to its frozen columns.

    They are those of the last `FreezeColumns` for the table in the migrations.
    """
    by_table: dict[str, tuple[str, ...]] = {}
    for _key, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        for operation in migration.operations:
            if isinstance(operation, FreezeColumns):
                by_table[operation.table] = tuple(operation.columns)
    return by_table


@contextmanager
def thawed(table: str) -> Iterator[None]:
    """Allow updates of a frozen table within the block, inside an open transaction.

    Use it only for values that are stored in another way but stay the same, such as with another key, and to delete
    the bytes of a file in which a virus was found. No other connection can write meanwhile: PostgreSQL locks the
    table, SQLite the whole database. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a table is thawed within a transaction")
    name = f"{table}_frozen"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # PostgreSQL refuses ALTER TABLE while deferred constraints are pending: check them now.
            check = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
            cursor.execute(f'{check}; ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
            restore = f'{check}; ALTER TABLE "{table}" ENABLE TRIGGER "{name}"'
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [name])
            restore = cursor.fetchone()[0]
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        cursor.execute(restore, None)
