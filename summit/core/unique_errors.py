"""Unique constraints of models, and messages for people about duplicates that the database refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models
from django.db.models import UniqueConstraint
from django.utils.translation import gettext as _

# PostgreSQL's code for "unique_violation".
_SQLSTATE = "23505"
_SQLITE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<index>[^']+)'|(?P<columns>[\w., ]+))\Z")
_KEY = re.compile(r"Key \((?P<columns>[\w, \"]+)\)=")


def unique_ones(model: type[models.Model]) -> Iterator[UniqueConstraint]:
    """Yield a model's unique constraints over fields. Each unique field yields a constraint too."""
    yield from (
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.fields
    )
    for column in model._meta.local_concrete_fields:
        if column.unique and not column.primary_key:
            template = str(column.error_messages["unique"])
            message = template % {"model_name": model._meta.verbose_name, "field_label": column.verbose_name}
            yield UniqueConstraint(fields=[column.name], name=column.name, violation_error_message=message)


def message_of(error: IntegrityError) -> str:
    """Return the message for an IntegrityError of a unique constraint that users can violate by their input.

    Returns "" for any other error, which is a bug of the program.
    """
    reader = _READ.get(type(error.__cause__).__module__.partition(".")[0])
    if reader is None:
        return ""
    broken = reader(error.__cause__)
    sentences = {
        _sentence(model, constraint)
        for model in apps.get_models()
        for constraint in (*unique_ones(model), *_by_expressions(model))
        if broken.is_it(model, constraint)
    }
    # If constraints have the same columns under different conditions, it is unknown which one was violated.
    return sentences.pop() if len(sentences) == 1 else _same() if sentences else ""


def _by_expressions(model: type[models.Model]) -> Iterator[UniqueConstraint]:
    yield from (each for each in model._meta.constraints if isinstance(each, UniqueConstraint) and not each.fields)


@dataclass(frozen=True)
class _Broken:
    """A violated constraint: its name, or its table and columns, depending on what the database reports."""

    name: str = ""
    table: str = ""
    columns: frozenset[str] = frozenset()

    def is_it(self, model: type[models.Model], constraint: UniqueConstraint) -> bool:
        """Return whether this is the given constraint, and whether users can violate it.

        Users can't violate constraints on random ids, which nobody enters, or on numbers that the program counts.
        """
        fields: list[Any] = [model._meta.get_field(name) for name in constraint.fields]
        if fields and (any(map(_is_counted, fields)) or not any(field.editable for field in fields)):
            return False
        if self.name and constraint.name == self.name:
            return True
        columns = {field.column for field in fields}
        return bool(fields) and model._meta.db_table == self.table and columns == self.columns


def _is_counted(field: Any) -> bool:
    return isinstance(field, models.IntegerField)


def _of_postgres(cause: Any) -> _Broken:
    if cause.sqlstate != _SQLSTATE:
        return _Broken()
    key = _KEY.match(cause.diag.message_detail or "")
    columns = key["columns"].replace('"', "").split(", ") if key else ()
    return _Broken(cause.diag.constraint_name or "", cause.diag.table_name or "", frozenset(columns))


def _of_sqlite(cause: Any) -> _Broken:
    match = _SQLITE.match(str(cause))
    if match is None:
        return _Broken()
    if match["index"]:
        return _Broken(match["index"])
    pairs = [each.partition(".") for each in match["columns"].split(", ")]
    return _Broken("", pairs[0][0], frozenset(pair[-1] for pair in pairs))


_READ = {"sqlite3": _of_sqlite, "psycopg": _of_postgres}


def _sentence(model: type[models.Model], constraint: UniqueConstraint) -> str:
    if constraint.violation_error_message != UniqueConstraint.default_violation_error_message:
        return str(constraint.get_violation_error_message())
    if not constraint.fields:
        return _same()
    return " ".join(model().unique_error_message(model, tuple(constraint.fields)).messages)


def _same() -> str:
    return _("Someone else has just added the same. Reload the page.")
