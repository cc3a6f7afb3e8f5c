"""The columns of the lists that can be imported. Each list names the viewset that writes it.

A table accepts the same fields of a row as the API, and both write with the same service functions. A table has the
same columns as the list's export, so an export can be edited and imported again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _
from rest_framework import serializers

from summit.api_base.viewsets import DeskViewSet, InSummit
from summit.import_export.batched_querysets import TOLD_TOO, Listed, desk_of, reading
from summit.import_export.export_columns import Column, Value
from summit.imports import row_numbers
from summit.imports.definitions import WrittenModel
from summit.users.models import User

# The fields that a cell can hold. Fields made of several values are never imported.
_SIMPLE = (
    serializers.CharField,
    serializers.BooleanField,
    serializers.IntegerField,
    serializers.DecimalField,
    serializers.DateField,
    serializers.DateTimeField,
    serializers.TimeField,
    serializers.ChoiceField,
    InSummit,
)


@dataclass(frozen=True)
class ImportColumn:
    """A column that can be imported: a field of the viewset's input, or its text in one language.

    `part` is the code of that language, or "" for the whole field. `column` is the column of the export. It is None
    if the model's own field is exported.
    """

    field: str
    part: str = ""
    column: Column | None = None


@dataclass(frozen=True)
class ImportableList:
    """A list of the desk that can be imported.

    `keys` are the fields that identify a row in a table without public ids. `computed` is for the input fields that
    the model doesn't have: a dict from the field's name to the heading and a function that returns a row's value.
    `also` are the models that the viewset's services write besides its own. An import that isn't `undoable` has
    effects that can't be taken back, such as mails.
    """

    viewset: type[DeskViewSet]
    keys: tuple[str, ...] = ("name",)
    computed: Mapping[str, tuple[Any, Callable[[Any], Value]]] = field(default_factory=dict)
    also: tuple[WrittenModel, ...] = ()
    undoable: bool = True

    @property
    def model(self) -> type[models.Model]:
        """The model of the rows."""
        return self.viewset.model

    @property
    def label(self) -> str:
        """The label of the model, such as "summit.venue"."""
        return self.model._meta.label_lower

    def fills(self) -> dict[str, ImportColumn]:
        """Return the columns that can be imported, by name, the keys first, with headings in the active language."""
        found: dict[str, ImportColumn] = {}
        own = {column.name: column for column in (*self.model._meta.fields, *self.model._meta.many_to_many)}
        fields = self.viewset.input_serializer_class().fields
        for name in dict.fromkeys((*self.keys, *fields)):
            input_field = fields[name]
            if name in self.computed:
                heading, read = self.computed[name]
                found[name] = ImportColumn(name, column=_column(name, heading, read))
            elif name in own:
                found |= _fills(name, input_field, capfirst(str(own[name].verbose_name)))
        return found


def _column(name: str, heading: Any, read: Callable[[Any], Value]) -> Column:
    return Column(name, name, str(heading), read, read)


def _fills(name: str, input_field: Any, heading: str) -> dict[str, ImportColumn]:
    """Return the columns of an input field by name.

    A field of texts in several languages has a column for each language. A field has none if a cell can't hold its
    value.
    """
    if isinstance(input_field, InSummit) and input_field.slug_field != "public_id":
        return {name: ImportColumn(name, column=_column(name, heading, _mark_of(name, input_field.slug_field)))}
    if isinstance(input_field, serializers.ManyRelatedField):
        slug = str(getattr(input_field.child_relation, "slug_field", "pk"))
        read = _names_of(name) if slug == "public_id" else _marks_of(name, slug)
        return {name: ImportColumn(name, column=_column(name, heading, read))}
    if isinstance(input_field, serializers.DictField):
        found = {}
        for code, _name in settings.LANGUAGES:
            label = _heading_in(name, heading, get_language_info(code)["name_local"])
            column = _column(f"{name}_{code}", capfirst(label), _part_of(name, code))
            found[column.name] = ImportColumn(name, code, column)
        return found
    return {name: ImportColumn(name)} if isinstance(input_field, _SIMPLE) else {}


def _heading_in(name: str, heading: str, language: str) -> str:
    if name == "names":
        return _("name in %(language)s") % {"language": language}
    return _("%(field)s in %(language)s") % {"field": heading, "language": language}


def _mark_of(name: str, slug: str) -> Callable[[Any], Value]:
    return lambda row: None if getattr(row, name) is None else str(getattr(getattr(row, name), slug))


def _marks_of(name: str, slug: str) -> Callable[[Any], Value]:
    return lambda row: ", ".join(str(getattr(each, slug)) for each in getattr(row, name).all()) or None


def _names_of(name: str) -> Callable[[Any], Value]:
    # A public id would say nothing to whoever edits the export, and is another one in another summit.
    return lambda row: "; ".join(str(each) for each in getattr(row, name).all()) or None


def _part_of(name: str, code: str) -> Callable[[Any], Value]:
    return lambda row: getattr(row, name).get(code) or None


def show_in_exports(listed: ImportableList) -> None:
    """Add the columns that an import fills to the list's export, so that an export can be edited and imported."""
    TOLD_TOO[listed.label] = lambda: {name: fill.column for name, fill in listed.fills().items()}


def plain(heading: str) -> str:
    """Return a heading in the form in which headings are compared: without case, underscores and extra blanks."""
    return " ".join(heading.replace("_", " ").casefold().split())


def headings(importable: ImportableList, by: User) -> tuple[dict[str, str], set[str]]:
    """Return a dict from headings to the fields that they fill, and the other headings of the list's export.

    A column may have its heading in any language, or its name in JSON. All are in the form that `plain` returns.
    """
    keyed = any(each.name == "public_id" for each in importable.model._meta.fields)
    fills = importable.fills()
    fields_by_heading = {plain(name): name for name in (*(["public_id"] if keyed else []), *fills)}
    other_headings: set[str] = set()
    listed = Listed(desk_of(importable.label), reading(by))
    for code, _name in settings.LANGUAGES:
        with override(code):
            fields_by_heading[plain(row_numbers.heading(row_numbers.NUMBER))] = row_numbers.NUMBER
            for column in listed.columns():
                heading = plain(column.heading)
                if column.field in fields_by_heading.values():
                    fields_by_heading.setdefault(heading, column.field)
                other_headings |= {heading, plain(column.name)}
            for name, fill in fills.items():
                if fill.column is None:
                    own: Any = importable.model._meta.get_field(name)
                    fields_by_heading.setdefault(plain(str(own.verbose_name)), name)
    return fields_by_heading, other_headings - set(fields_by_heading)
