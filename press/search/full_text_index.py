"""Full-text search in columns of words: one condition for the indexes of SQLite (FTS5) and PostgreSQL (GIN).

A column has words that were prepared in Python: in lower case, separated by single spaces. Neither database splits,
folds or stems the words, so both find the same rows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState
from django.db.models import BooleanField, F, Func

from summit.core.change_counters import Statements

# Groups of words. A row must have at least one word of each group.
Groups = Sequence[Iterable[str]]
# The options of FTS5's tokenizer, so that only spaces separate words.
TOKENS = "unicode61 remove_diacritics 0 categories 'L* N* M* S* P* Co'"


class WordIndex(Statements):
    """A migration operation that creates the full-text index of columns of words.

    On SQLite, triggers update the index. When SQLite rebuilds the table, it drops the triggers. So a later migration
    that alters the table must repeat this operation (tests/test_consistency.py lists the triggers).
    """

    def __init__(self, table: str, columns: list[str]) -> None:
        self.table = table
        self.columns = columns

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the class name and the arguments of the operation, for Django."""
        return (self.__class__.__name__, [self.table, self.columns], {})

    @property
    def names(self) -> list[str]:
        """The names of the triggers on SQLite that update the index: for INSERT, UPDATE and DELETE."""
        return [f"{self.table}_words_{event}" for event in ("insert", "update", "delete")]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the index and fill it from the existing rows."""
        self.database_backwards(app_label, schema_editor, to_state, from_state)
        if schema_editor.connection.vendor == "postgresql":
            for column in self.columns:
                expression = f"array_to_tsvector(string_to_array(\"{column}\", ' '))"
                schema_editor.execute(
                    f'CREATE INDEX "{self._on(column)}" ON "{self.table}" USING gin ({expression})', params=None
                )
            return
        index, columns = f'"{self.table}_words"', ", ".join(f'"{column}"' for column in self.columns)
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5({columns}, content='{self.table}', content_rowid='id', "
            f'tokenize="{TOKENS}", detail=column, columnsize=0)'
        )
        old, new = (", ".join(f'{row}."{column}"' for column in self.columns) for row in ("OLD", "NEW"))
        add = f"INSERT INTO {index} (rowid, {columns}) VALUES (NEW.id, {new});"  # noqa: S608 - names of the migration
        drop = f"INSERT INTO {index} ({index}, rowid, {columns}) VALUES ('delete', OLD.id, {old});"  # noqa: S608
        for name, statement in zip(self.names, (add, f"{drop} {add}", drop), strict=True):
            event = name.rpartition("_")[2].upper()
            schema_editor.execute(
                f'CREATE TRIGGER "{name}" AFTER {event} ON "{self.table}" FOR EACH ROW BEGIN {statement} END'
            )
        schema_editor.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the index and, on SQLite, the triggers."""
        if schema_editor.connection.vendor == "postgresql":
            for column in self.columns:
                schema_editor.execute(f'DROP INDEX IF EXISTS "{self._on(column)}"')
            return
        for name in self.names:
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        schema_editor.execute(f'DROP TABLE IF EXISTS "{self.table}_words"')

    def _on(self, column: str) -> str:
        return f"{self.table}_words_{column}"

    def describe(self) -> str:
        """Return a description of the operation for `manage.py migrate --plan`."""
        return f"Index the words of {', '.join(self.columns)} of {self.table}"


class Holds(Func):
    """The condition that a column with a `WordIndex` contains at least one word of each group.

    Raises ValueError if there is no group or if a group is empty.
    """

    output_field = BooleanField()

    def __init__(self, column: str, groups: Groups) -> None:
        self.groups = [sorted(set(group)) for group in groups]
        if not all(self.groups) or not self.groups:
            raise ValueError("nothing to look for")
        super().__init__(F(column), F("pk"))

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Return SQL that looks up the rows in the FTS5 table."""
        column, key = self.get_source_expressions()
        index = connection.ops.quote_name(f"{column.target.model._meta.db_table}_words")
        alternatives = ("(" + " OR ".join(map(_quoted, group)) + ")" for group in self.groups)
        match_query = f"{{{_quoted(column.target.column)}}} : ({' AND '.join(alternatives)})"
        sql, params = compiler.compile(key)
        subquery = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608 - the table's own name
        return f"{sql} IN ({subquery})", (*params, match_query)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Return SQL with the same expression as the index, so that PostgreSQL uses it."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        alternatives = ("(" + " | ".join(map(_lexeme, group)) + ")" for group in self.groups)
        return f"array_to_tsvector(string_to_array({sql}, ' ')) @@ %s::tsquery", (*params, " & ".join(alternatives))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
