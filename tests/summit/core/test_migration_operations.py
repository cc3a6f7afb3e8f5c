"""A column that a migration adds leaves the table's triggers in place."""

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.state import ProjectState

from summit.core.change_counters import CountChanges
from summit.core.migration_operations import AddColumn, AddIndexUnlocked, AddTableConstraint, FreezeColumns

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "summit_scratch"


def run(operation: Any, state: ProjectState) -> ProjectState:
    after = state.clone()
    operation.state_forwards("summit", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("summit", editor, state, after)
    return after


def triggers(table: str = TABLE) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass", [table])
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def state() -> Any:
    """A table with a trigger, in the state that migrations have made."""
    fields = [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20))]
    made = run(CreateModel("Scratch", fields, {"db_table": TABLE}), ProjectState())
    with connection.schema_editor() as editor:
        FreezeColumns(TABLE, ["name"]).database_forwards("summit", editor, made, made)
    yield made
    with connection.schema_editor() as editor:
        editor.execute(f"DROP TABLE {TABLE}")


def test_a_column_is_added_and_removed_and_the_triggers_stay(state: ProjectState) -> None:
    operation = AddColumn("Scratch", "rank", models.CharField(max_length=20, default=""))
    after = run(operation, state)
    assert triggers() == [f"{TABLE}_frozen"]
    after.apps.get_model("summit", "Scratch").objects.create(name="a", rank="b")
    with connection.schema_editor() as editor:
        operation.database_backwards("summit", editor, after, state)
    assert triggers() == [f"{TABLE}_frozen"]
    # The control: Django drops them on SQLite, where it rebuilds the table.
    run(AddField("Scratch", "rank", models.CharField(max_length=20, default="")), state)
    assert triggers() == ([] if connection.vendor == "sqlite" else [f"{TABLE}_frozen"])


def test_a_table_is_changed_though_another_ones_trigger_names_it(state: ProjectState) -> None:
    fields = [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=20))]
    both = run(CreateModel("Other", fields, {"db_table": "summit_other"}), state)
    column = f"(SELECT id FROM {TABLE} WHERE id = {{row}}.id)"  # noqa: S608 - names of this test
    with connection.schema_editor() as editor:
        CountChanges("summit_other", column, events=("INSERT",)).database_forwards("summit", editor, both, both)
    try:
        rule = models.CheckConstraint(condition=~models.Q(name="x"), name="scratch_name")
        after = run(AddTableConstraint("Scratch", rule), both)
        run(AddColumn("Scratch", "rank", models.CharField(max_length=20, default="")), after)
        assert triggers() == [f"{TABLE}_frozen"]
        assert triggers("summit_other") == ["summit_other_counted_insert"]
    finally:
        with connection.schema_editor() as editor:
            editor.execute("DROP TABLE summit_other")


@pytest.mark.parametrize("left", [False, pytest.param(True, marks=pytest.mark.postgresql)])
def test_an_index_is_made_without_a_lock_even_where_one_was_left_unfinished(state: ProjectState, left: bool) -> None:
    index = models.Index(fields=["name"], name="scratch_by_name")
    if left:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX scratch_by_name ON {TABLE} (name)")
    operation = AddIndexUnlocked("Scratch", index)
    after = state.clone()
    operation.state_forwards("summit", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("summit", editor, state, after)
    assert "scratch_by_name" in _indexes()
    assert triggers() == [f"{TABLE}_frozen"]
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("summit", editor, after, state)
    assert "scratch_by_name" not in _indexes()


def _indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, TABLE))
