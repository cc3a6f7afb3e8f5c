"""Migration operations that let the database count changes, whoever makes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class CountChanges(migrations.operations.base.Operation):
    """Count each INSERT, UPDATE and DELETE of a table's rows (or those of `events`) as a change of their summits.

    `summit` is SQL to follow SELECT that finds the summits' keys, with `{row}` for the row. `removes` says by event
    when the change may take away what could be read before, SQL with `{row}` too: always, where it doesn't say. Both
    are counted in the table `counter`, by PostgreSQL with the function `count` (`MakeCounter`): in that of public
    pages, where nothing else is said. No way of writing passes a trigger by; `called` is part of their names.

    SQLite's table rebuilds drop triggers, so a later migration that alters the table repeats this operation;
    tests/test_consistency.py lists the triggers.
    """

    reversible = True
    EVENTS = ("INSERT", "UPDATE", "DELETE")

    def __init__(
        self,
        table: str,
        summit: str,
        *,
        removes: Mapping[str, str] | None = None,
        events: tuple[str, ...] = EVENTS,
        counter: str = "summit_publicversion",
        count: str = "summit_count_change",
        called: str = "counted",
    ) -> None:
        self.table = table
        self.summit = summit
        self.removes = dict(removes or {})
        self.events = events
        self.counter = counter
        self.count = count
        self.called = called

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what rebuilds the operation."""
        options = {"removes": self.removes, "events": self.events, "counter": self.counter}
        options |= {"count": self.count, "called": self.called}
        return (self.__class__.__name__, [self.table, self.summit], options)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: models know nothing of triggers."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the triggers."""
        self.database_backwards(app_label, schema_editor, to_state, from_state)
        make = self._postgresql if schema_editor.connection.vendor == "postgresql" else self._sqlite
        for event in self.events:
            for statement in make(event, self.removes.get(event, "TRUE")):
                schema_editor.execute(statement, params=None)

    def _postgresql(self, event: str, removes: str) -> Iterator[str]:
        """Yield what counts once for each statement and summit, however many rows it writes."""
        name, rows = self._name(event), "OLD" if event == "DELETE" else "NEW"
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM {self.count}(summit, bool_or({removes.format(row='changed')})) "
            f"FROM changed CROSS JOIN LATERAL (SELECT {self.summit.format(row='changed')}) AS found (summit) "
            "WHERE summit IS NOT NULL GROUP BY summit; RETURN NULL; END $$"
        )
        yield (
            f'CREATE TRIGGER "{name}" AFTER {event} ON "{self.table}" REFERENCING {rows} TABLE AS changed '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )

    def _sqlite(self, event: str, removes: str) -> Iterator[str]:
        """Yield what counts for each row: one writes at a time, in the first row of the summit."""
        row = "OLD" if event == "DELETE" else "NEW"
        found = f"SELECT {self.summit.format(row=row)}"
        yield (
            f'CREATE TRIGGER "{self._name(event)}" AFTER {event} ON "{self.table}" FOR EACH ROW BEGIN '  # noqa: S608
            f"INSERT INTO {self.counter} (summit_id, writer, changes, removals) SELECT key, 0, 0, 0 "
            f"FROM (SELECT NULL AS key WHERE FALSE UNION {found}) WHERE key IS NOT NULL "
            f"AND key NOT IN (SELECT summit_id FROM {self.counter}); "
            f"UPDATE {self.counter} SET changes = changes + 1, "
            f"removals = removals + ({removes.format(row=row)}) WHERE summit_id IN ({found}); END"
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the triggers."""
        for event in self.events:
            name = self._name(event)
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{self.table}"')
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"')

    def _name(self, event: str) -> str:
        return f"{self.table}_{self.called}_{event.lower()}"

    def describe(self) -> str:
        """Say what it does."""
        return f"Count changes of {self.table} in {self.counter}"


class MakeCounter(migrations.operations.base.Operation):
    """Make what `CountChanges` counts with in a table of `VersionCounter`.

    Each of those who write at once counts in a row that no other of them has: the first that is free is theirs until
    their transaction ends. SQLite has one writer, and needs nothing.
    """

    reversible = True
    FUNCTION = """
    CREATE OR REPLACE FUNCTION {count}(of_summit bigint, removes boolean) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE place integer := 0;
    BEGIN
      WHILE NOT pg_try_advisory_xact_lock(hashtext('{counter}'), place) LOOP
        place := place + 1;
      END LOOP;
      INSERT INTO {counter} AS v (summit_id, writer, changes, removals)
      VALUES (of_summit, place, 1, removes::integer)
      ON CONFLICT (summit_id, writer)
      DO UPDATE SET changes = v.changes + 1, removals = v.removals + removes::integer;
    END $$
    """

    def __init__(self, counter: str, count: str) -> None:
        self.counter = counter
        self.count = count

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what rebuilds the operation."""
        return (self.__class__.__name__, [self.counter, self.count], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: models know nothing of functions."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the function."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(self.FUNCTION.format(counter=self.counter, count=self.count), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop it."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {self.count}(bigint, boolean)")

    def describe(self) -> str:
        """Say what it does."""
        return f"Make what counts in {self.counter}"
