"""Migration operations that create triggers, with which the database counts changes of rows."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class Statements(migrations.operations.base.Operation):
    """The base class of operations for database objects outside of models, such as triggers and functions.

    `make` and `drop` yield the SQL for a database vendor.
    """

    reversible = True

    def make(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that creates the objects. It is executed after the SQL of `drop`."""
        yield from ()

    def drop(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that drops the objects. It must also succeed if they don't exist."""
        yield from ()

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: no model changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the objects if they exist, and create them."""
        vendor = schema_editor.connection.vendor
        for statement in (*self.drop(vendor), *self.make(vendor)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the objects."""
        for statement in self.drop(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)


def drop_trigger(vendor: str, table: str, name: str) -> Iterator[str]:
    """Yield the SQL that drops a trigger and, on PostgreSQL, the trigger's function."""
    if vendor == "postgresql":
        yield f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
        yield f"DROP FUNCTION IF EXISTS {name}()"
    else:
        yield f'DROP TRIGGER IF EXISTS "{name}"'


class CountChanges(Statements):
    """Create triggers that count each INSERT, UPDATE and DELETE of a table's rows as a change of their summits.

    - `summit` is the SQL after SELECT that finds the keys of the summits. `{row}` stands for the row, `{soon}` for
      the moment an hour from now.
    - `removes` is a dict from event to an SQL condition, in which `{row}` stands for the row too. The condition says
      whether the change may remove something that could be read before. An event without a condition always may.
    - `events` limits the triggers to some of the three events.
    - `counter` is the table that counts, by default the table of public pages. On PostgreSQL the function `count`
      writes to it (see `MakeCounter`).
    - `called` is part of the names of the triggers.
    - `was` makes an UPDATE count for the summits of the old row too. `removes` then applies to the old row.

    Triggers count every write, whatever code makes it. A rebuild of the table on SQLite drops the triggers. A later
    migration that alters the table must therefore repeat this operation; tests/test_consistency.py lists the
    triggers.
    """

    EVENTS = ("INSERT", "UPDATE", "DELETE")
    # In the format in which each database stores moments. No transaction takes an hour, so whatever becomes readable
    # before it commits is counted.
    SOON: ClassVar[Mapping[str, str]] = {
        "postgresql": "(clock_timestamp() + interval '1 hour')",
        "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '+1 hour')",
    }

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
        was: bool = False,
    ) -> None:
        self.table = table
        self.summit = summit
        self.removes = dict(removes or {})
        self.events = events
        self.counter = counter
        self.count = count
        self.called = called
        self.was = was

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the class name and the arguments of the operation, for Django."""
        options: dict[str, Any] = {"removes": self.removes, "events": self.events, "counter": self.counter}
        options |= {"count": self.count, "called": self.called, "was": self.was}
        return (self.__class__.__name__, [self.table, self.summit], options)

    def make(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that creates the triggers."""
        trigger_sql = self._postgresql if vendor == "postgresql" else self._sqlite
        for event in self.events:
            yield from trigger_sql(event, self.removes.get(event, "TRUE"))

    def drop(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that drops the triggers."""
        for event in self.events:
            yield from drop_trigger(vendor, self.table, self._name(event))

    def _postgresql(self, event: str, removes: str) -> Iterator[str]:
        """Yield the SQL of a trigger that counts once per statement and summit.

        The number of rows that the statement writes doesn't matter.
        """
        name, rows = self._name(event), {row: f"{row}_rows" for row in self._rows(event)}
        counted = " UNION ALL ".join(
            f"SELECT summit, {less.format(row=transition_table)} AS less FROM {transition_table} "  # noqa: S608
            f"CROSS JOIN LATERAL (SELECT {self._summit(transition_table, 'postgresql')}) AS found (summit)"
            for transition_table, less in zip(rows.values(), (removes, "FALSE"), strict=False)
        )
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM {self.count}(summit, bool_or(less)) FROM ({counted}) AS counted "
            "WHERE summit IS NOT NULL GROUP BY summit; RETURN NULL; END $$"
        )
        transition_tables = " ".join(f"{row} TABLE AS {transition_table}" for row, transition_table in rows.items())
        yield (
            f'CREATE TRIGGER "{name}" AFTER {event} ON "{self.table}" REFERENCING {transition_tables} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )

    def _sqlite(self, event: str, removes: str) -> Iterator[str]:
        """Yield the SQL of a trigger that counts each row.

        It always counts in the summit's row of writer 0, because SQLite has one writer at a time.
        """
        rows = self._rows(event)
        summits = " UNION ".join(f"SELECT {self._summit(row, 'sqlite')}" for row in rows)
        less = f"({removes.format(row=rows[0])}) AND summit_id IN (SELECT {self._summit(rows[0], 'sqlite')})"
        yield (
            f'CREATE TRIGGER "{self._name(event)}" AFTER {event} ON "{self.table}" FOR EACH ROW BEGIN '  # noqa: S608
            f"INSERT INTO {self.counter} (summit_id, writer, changes, removals) SELECT key, 0, 0, 0 "
            f"FROM (SELECT NULL AS key WHERE FALSE UNION {summits}) WHERE key IS NOT NULL "
            f"AND key NOT IN (SELECT summit_id FROM {self.counter}); "
            f"UPDATE {self.counter} SET changes = changes + 1, "
            f"removals = removals + ({less}) WHERE summit_id IN ({summits}); END"
        )

    def _rows(self, event: str) -> tuple[str, ...]:
        """Return the names (OLD, NEW) of the rows that count for an event. `removes` applies to the first one."""
        if event == "UPDATE" and self.was:
            return "OLD", "NEW"
        return ("OLD",) if event == "DELETE" else ("NEW",)

    def _summit(self, row: str, vendor: str) -> str:
        return self.summit.format(row=row, soon=self.SOON[vendor])

    def _name(self, event: str) -> str:
        return f"{self.table}_{self.called}_{event.lower()}"

    def describe(self) -> str:
        """Return a description of the operation for `manage.py migrate --plan`."""
        return f"Count changes of {self.table} in {self.counter}"


class MakeCounter(Statements):
    """Create the PostgreSQL function with which `CountChanges` counts in a table of `VersionCounter`.

    Concurrent transactions count in different rows: each transaction takes the first free row and holds it until the
    transaction ends. SQLite has one writer and needs no function.
    """

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
        """Return the class name and the arguments of the operation, for Django."""
        return (self.__class__.__name__, [self.counter, self.count], {})

    def make(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that creates the function."""
        if vendor == "postgresql":
            yield self.FUNCTION.format(counter=self.counter, count=self.count)

    def drop(self, vendor: str) -> Iterator[str]:
        """Yield the SQL that drops the function."""
        if vendor == "postgresql":
            yield f"DROP FUNCTION IF EXISTS {self.count}(bigint, boolean)"

    def describe(self) -> str:
        """Return a description of the operation for `manage.py migrate --plan`."""
        return f"Make what counts in {self.counter}"
