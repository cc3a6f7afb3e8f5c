"""A column that a migration adds leaves the table's triggers in place."""

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.state import ProjectState

from summit.core.migration_operations import AddColumn, FreezeColumns

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "summit_scratch"


def run(operation: Any, state: ProjectState) -> ProjectState:
    after = state.clone()
    operation.state_forwards("summit", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("summit", editor, state, after)
    return after


def triggers() -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass", [TABLE])
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


def test_control_django_drops_them(state: ProjectState) -> None:
    """SQLite rebuilds the table; other databases don't, and keep the triggers anyway."""
    run(AddField("Scratch", "rank", models.CharField(max_length=20, default="")), state)
    assert triggers() == ([] if connection.vendor == "sqlite" else [f"{TABLE}_frozen"])
