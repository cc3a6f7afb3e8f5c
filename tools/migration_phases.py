"""Says in which phase of an upgrade the operations of a migration are safe (`summit.maintenance.upgrades`)."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from summit.core.change_counters import Statements
from summit.core.migration_operations import AddIndexUnlocked, FreezeColumns
from summit.maintenance.upgrades import Phase

# The number of the last migration of each app in the first release: nobody has upgraded to these.
FIRST_RELEASE = {
    **{"summit": 11, "delegations": 11, "agenda": 13, "press": 4},
    **{"outbox": 4, "jobs": 2, "webhooks": 2, "api": 2},
}
EITHER = frozenset(Phase)
BEFORE, AFTER, NEITHER = frozenset({Phase.BEFORE}), frozenset({Phase.AFTER}), frozenset[Phase]()
# The phases in which an operation is safe, and what to write instead if there is none.
Verdict = tuple[frozenset[Phase], str]
# By the class of the operation, whatever it is about. Subclasses come first.
WHATEVER: dict[type[Operation], Verdict] = {
    AddIndexUnlocked: (BEFORE, ""),
    operations.CreateModel: (BEFORE, ""),
    operations.DeleteModel: (AFTER, ""),
    operations.RemoveConstraint: (EITHER, ""),
    operations.RemoveIndex: (AFTER, ""),
    operations.AlterUniqueTogether: (AFTER, ""),
    operations.AlterModelOptions: (EITHER, ""),
    operations.AlterModelManagers: (EITHER, ""),
    operations.RenameField: (NEITHER, "Add a field, copy the values, and remove the former field afterwards."),
    operations.RenameModel: (NEITHER, "Keep db_table, or add a model, copy the rows, and delete the former one."),
    operations.AlterModelTable: (NEITHER, "Keep the table."),
    operations.AddIndex: (NEITHER, "Write AddIndexUnlocked, in a migration of its own with atomic = False."),
    operations.AddConstraint: (AFTER, ""),
    Statements: (EITHER, ""),
}
UNKNOWN: Verdict = (NEITHER, "Nobody but you can know: give the migration a phase and a phase_reason.")


def is_judged(key: tuple[str, str]) -> bool:
    """Return whether a migration is one of ours, from after the first release. `key` is (app label, name)."""
    app, name = key
    return app in FIRST_RELEASE and int(name[:4]) > FIRST_RELEASE[app]


def problems(migration: Migration, state: ProjectState) -> Iterator[str]:
    """Yield what is wrong with the phase of a migration. `state` is that before it, and is left as it is.

    Nothing is asked of the operations if the migration gives a `phase_reason`.
    """
    declared = getattr(migration, "phase", None)
    if declared not in set(Phase):
        yield f'Declare phase = "before" or "after" in {migration}.'
        return
    if getattr(migration, "phase_reason", ""):
        return
    state, created = state.clone(), set[str]()
    for operation in migration.operations:
        phases, instead = verdict(operation, state, migration.app_label, created)
        if not phases:
            yield f"{migration}: {operation.describe()}: {instead}"
        elif Phase(declared) not in phases:
            (other,) = phases
            yield f"{migration}: {operation.describe()}: this is for {other}. Write a migration of its own."
        if isinstance(operation, operations.CreateModel):
            created.add(operation.name_lower)
        operation.state_forwards(migration.app_label, state)


def verdict(operation: Operation, state: ProjectState, app: str, created: set[str]) -> Verdict:
    """Return the phases in which an operation is safe, and what to write instead if there is none.

    `state` is that before the operation. `created` are the models that the same migration creates: nobody uses them.
    """
    model = getattr(operation, "model_name_lower", "")
    if model in created:
        found: Verdict = (BEFORE, "")
    elif isinstance(operation, FreezeColumns):
        tables = {state.apps.get_model(app, name)._meta.db_table for name in created}
        found = (BEFORE if operation.table in tables else AFTER), ""
    elif isinstance(operation, operations.AddField):
        found = _added(operation.field)
    elif isinstance(operation, operations.RemoveField):
        found = _removed(_field(state, app, model, operation.name))
    elif isinstance(operation, operations.AlterField):
        later = state.clone()
        operation.state_forwards(app, later)
        found = _altered(*(_field(each, app, model, operation.name) for each in (state, later)))
    else:
        found = next((said for kind, said in WHATEVER.items() if isinstance(operation, kind)), UNKNOWN)
    return found


def _field(state: ProjectState, app: str, model: str, name: str) -> Any:
    return state.apps.get_model(app, model)._meta.get_field(name)


def _may_be_left_out(field: Any) -> bool:
    """Return whether code that doesn't know a column can still add rows."""
    return bool(field.many_to_many or field.null or field.has_db_default())


def _added(field: Any) -> Verdict:
    return (BEFORE, "") if _may_be_left_out(field) else (NEITHER, "Give it db_default, or null=True.")


def _removed(field: Any) -> Verdict:
    first = "Give the column a db_default, or null=True, in a migration for before: the new code doesn't fill it."
    return (AFTER, "") if _may_be_left_out(field) else (NEITHER, first)


def _altered(old: Any, new: Any) -> Verdict:
    editor: Any = connection.schema_editor()
    if not editor._field_should_be_altered(old, new):
        return EITHER, ""
    if type(old) is not type(new) or old.column != new.column:
        return NEITHER, "Add a field of the new kind, copy the values, and remove the former field afterwards."
    shorter = _length(new) < _length(old)
    needs_value = _may_be_left_out(old) and not _may_be_left_out(new)
    stricter = (old.null and not new.null) or needs_value or shorter or (new.unique and not old.unique)
    return (AFTER if stricter else BEFORE), ""


def _length(field: "models.Field[Any, Any]") -> float:
    return float("inf") if field.max_length is None else field.max_length
