"""Write the rows of a table into a list, and report on each row.

The rows are written with the same service functions as in the API, in the caller's transaction. A caller that only
wants the report rolls the transaction back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from rest_framework import serializers

from summit.api_base.problems import Problem, problem_of, unprocessable
from summit.api_base.viewsets import InSummit
from summit.core.punctuation import comma
from summit.import_export.parsers import ParsedRow, Table
from summit.import_export.registry import ImportDefinition, headings, plain
from summit.summits.models import Summit
from summit.uploads import report as uploads
from summit.uploads.report import Outcome
from summit.users.models import User

PUBLIC_ID = "public_id"
# The separators between several rows that one cell names.
_SIGNS = re.compile("[,;،؛\n]")


@dataclass
class ImportedLine(uploads.ReportLine):
    """The report on one row. `about` identifies the row by the cells of its key columns."""

    about: str = ""


@dataclass
class ListImportReport(uploads.UploadReport[ImportedLine]):
    """The report on all rows of a table.

    Two kinds of columns aren't imported: `unknown` has the headings that the list doesn't have, and `twice` the
    headings that the table has twice.
    """

    LINE: ClassVar[type[uploads.ReportLine]] = ImportedLine

    unknown: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


class UnreadableError(Exception):
    """No column of the table identifies its rows. The exception's message says what to do."""


def read_in(*, intake: ImportDefinition, summit: Summit, table: Table, by: User) -> ListImportReport:
    """Write each valid row of a table, and return the report on all rows.

    Raises UnreadableError if no column identifies the rows.
    """
    # Times of a table are those of the venue, as its export has them.
    with timezone.override(summit.zone):
        return _Reader(intake, summit, table, by).read()


def check_columns(*, intake: ImportDefinition, summit: Summit, table: Table, by: User) -> None:
    """Raise UnreadableError if no column of the table identifies its rows."""
    _Reader(intake, summit, table, by)


class _Reader:
    def __init__(self, intake: ImportDefinition, summit: Summit, table: Table, by: User) -> None:
        self.intake, self.summit, self.table, self.by = intake, summit, table, by
        self.viewset = intake.viewset()
        self.report = ListImportReport(language=get_language() or "")
        self.fills = intake.fills()
        self.input = self.viewset.input_serializer_class(context=self._context()).fields
        self.columns = self._recognise()
        self.known: dict[Any, models.Model] = {}
        self.met: set[Any] = set()
        self._words: dict[str, dict[str, str]] = {}

    def _recognise(self) -> dict[int, str]:
        found: dict[int, str] = {}
        names_by_heading, other_headings = headings(self.intake, self.by)
        for place, heading in enumerate(self.table.headings):
            name = names_by_heading.get(plain(heading))
            if name is None:
                self.report.unknown += [heading] if plain(heading) not in other_headings and heading else []
            elif name in found.values():
                self.report.twice.append(heading)
            else:
                found[place] = name
        recognised = set(found.values())
        if PUBLIC_ID not in recognised and not set(self.intake.keys) <= recognised:
            label = ", ".join(f"“{self._label(name)}”" for name in self.intake.keys)
            message = _("No column says which row is meant. The first row must name these columns: %(columns)s.")
            raise UnreadableError(message % {"columns": label})
        return found

    def _label(self, name: str) -> str:
        meta = self.intake.model._meta
        own: Any = next((each for each in (*meta.fields, *meta.many_to_many) if each.name == name), None)
        column = self.fills[name].column if name in self.fills else None
        return str(own.verbose_name) if own is not None else column.heading if column is not None else name

    def _context(self) -> dict[str, Any]:
        return {"summit": self.summit, "by": self.by}

    def _remember(self, row: models.Model) -> None:
        if hasattr(row, PUBLIC_ID):
            self.known[getattr(row, PUBLIC_ID)] = row
        self.known[tuple(plain(str(self._told(row, name) or "")) for name in self.intake.keys)] = row

    def _told(self, row: models.Model, name: str) -> Any:
        """Return the value of a row's field in the form of a cell. For a related row it is the slug or public id."""
        column, field = self.fills[name].column, self.input[name]
        if column is not None:
            return column.read(row)
        value = getattr(row, name)
        return getattr(value, field.slug_field) if isinstance(field, InSummit) and value is not None else value

    def _key(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(self._marked(name, cells.get(name, "")) for name in self.intake.keys)

    def _marked(self, name: str, text: str) -> str:
        field = self.input[name]
        if isinstance(field, InSummit):
            names = self._of(name, lambda: self._names(field))
            text = names.get(text) or names.get(plain(text), text)
        elif isinstance(field, serializers.ChoiceField):
            text = self._of(name, lambda: _values_by_label(field.choices)).get(plain(text), text)
        return plain(text)

    def read(self) -> ListImportReport:
        """Write each row, in the order of the table, and return the report."""
        for stored in self.viewset.rows().filter(**{self.viewset.summit_path: self.summit}):
            self._remember(stored)
        for row in self.table.rows:
            self.report.lines.append(self._row(row))
        return self.report

    def _row(self, parsed: ParsedRow) -> ImportedLine:
        cells = {name: parsed.cells[place] for place, name in self.columns.items()}
        key = self._key(cells)
        about = ", ".join(filter(None, (cells.get(name, "") for name in reversed(self.intake.keys))))
        line = ImportedLine(parsed.number, about=about)
        stored = self.known.get(cells.get(PUBLIC_ID, "")) or self.known.get(key)
        identity = stored.pk if stored is not None else key
        if identity in self.met:
            line.outcome, line.notes = Outcome.REFUSED.value, [_("The table has this row twice. Keep one of them.")]
            return line
        self.met.add(identity)
        try:
            with transaction.atomic():
                self._write(line, stored, {name: text for name, text in cells.items() if name != PUBLIC_ID})
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            line.outcome, line.fields, line.notes = Outcome.REFUSED.value, [], self._said(problem)
        return line

    def _write(self, line: ImportedLine, stored: models.Model | None, cells: dict[str, str]) -> None:
        values = self._values(stored, cells)
        if stored is None:
            added = self.viewset.add(by=self.by, summit=self.summit, values=values)
            line.outcome = Outcome.NEW.value
            self._remember(added)
            self.met.add(added.pk)
            return
        changed = {name: value for name, value in values.items() if not self._is(stored, name, value)}
        if changed and "change" in self.viewset.allowed_methods:
            self.viewset.change(by=self.by, row=stored, values=changed)
            line.outcome = Outcome.CHANGED.value
            line.fields = [self._label(name) for name in changed]

    def _is(self, stored: models.Model, name: str, value: Any) -> bool:
        return _same(self._told(stored, name) if name in self.intake.told else getattr(stored, name), value)

    def _values(self, stored: models.Model | None, cells: Mapping[str, str]) -> dict[str, Any]:
        serializer_class = self.viewset.input_serializer_class
        if stored is not None:
            serializer_class = self.viewset.update_serializer_class or serializer_class
        context = self._context()
        fields = serializer_class(context=context).fields
        data: dict[str, Any] = {}
        for name, text in cells.items():
            fill = self.fills[name]
            field = fields.get(fill.field)
            if field is None or not (text or stored is not None or field.required):
                continue
            if fill.part:
                texts = data.setdefault(fill.field, dict(getattr(stored, fill.field, {})))
                texts.pop(fill.part, None)
                texts.update({fill.part: text} if text else {})
            else:
                data[fill.field] = self._given(field, name, text)
        serializer = serializer_class(instance=stored, data=data, partial=stored is not None, context=context)
        for name in data:
            serializer.fields[name].error_messages.update(_in_cells(serializer.fields[name]))
        if not serializer.is_valid():
            raise unprocessable(serializer.errors)
        return dict(serializer.validated_data)

    def _given(self, field: Any, name: str, text: str) -> Any:
        if isinstance(field, serializers.ManyRelatedField):
            child: Any = field.child_relation
            return [self._one(child, name, each.strip()) for each in _SIGNS.split(text) if each.strip()]
        if not text:
            return None if field.allow_null else ""
        if isinstance(field, InSummit):
            return self._one(field, name, text)
        if isinstance(field, serializers.BooleanField):
            return self._of(name, _yes_and_no).get(plain(text), text)
        if isinstance(field, serializers.ChoiceField):
            return self._of(name, lambda: _values_by_label(field.choices)).get(plain(text), text)
        return text

    def _one(self, field: InSummit, name: str, text: str) -> str:
        """Return the slug or public id of the related row that `text` names. Raises Problem if there is none."""
        names: dict[str, str] = self._of(name, lambda: self._names(field))
        if text not in names and plain(text) not in names:
            message = _("This summit has no “%(name)s”, or two of that name. Enter it first, or give its public id.")
            if field.slug_field != PUBLIC_ID:
                message = _("This summit has no “%(name)s”. Enter it first, or write another.")
            raise unprocessable({name: message % {"name": text}})
        return names.get(text) or names.get(plain(text), text)

    def _of(self, name: str, make: Any) -> dict[str, Any]:
        if name not in self._words:
            self._words[name] = make()
        return self._words[name]

    def _names(self, field: InSummit) -> dict[str, str]:
        """Return a dict from each related row's name, and from its slug or public id, to its slug or public id.

        A name that two rows have is left out.
        """
        found: dict[str, str] = {}
        ambiguous: set[str] = set()
        rows = list(field.get_queryset())
        for row in rows:
            name = plain(str(row))
            ambiguous |= {name} & set(found)
            found[name] = getattr(row, field.slug_field)
        unique = {name: key for name, key in found.items() if name not in ambiguous}
        identifiers = [str(getattr(row, field.slug_field)) for row in rows]
        return {
            **unique,
            **{plain(identifier): identifier for identifier in identifiers},
            **dict(zip(identifiers, identifiers, strict=True)),
        }

    def _said(self, problem: Problem) -> list[str]:
        if not problem.errors:
            return [str(problem.detail)]
        found = []
        for error in problem.errors:
            name, message = error.get("pointer", "").lstrip("#/"), error["detail"]
            label = self._label(name)
            found.append(message if label == name and name not in self.input else f"{capfirst(label)}: {message}")
        return found


def _in_cells(field: Any) -> dict[str, str]:
    """Return the error messages that replace a field's own ones in the report on a table, by error code.

    They describe how to write the value in a cell.
    """
    if isinstance(field, serializers.BooleanField):
        return {"invalid": _("Write “yes” or “no”.")}
    if isinstance(field, serializers.DateTimeField):
        return {"invalid": _("Write a moment at the venue, such as 2025-03-31 14:30.")}
    if isinstance(field, serializers.ChoiceField):
        known = comma().join(str(label) for label in field.choices.values())
        return {"invalid_choice": _("Write one of: %(known)s.") % {"known": known}}
    return {}


def _same(stored: Any, value: Any) -> bool:
    """Return whether a table's value equals the stored value. Differences in blanks don't count in texts."""
    if isinstance(stored, models.Manager):
        return {row.pk for row in stored.all()} == {row.pk for row in value}
    if isinstance(stored, str) and isinstance(value, str):
        return " ".join(stored.split()) == " ".join(value.split())
    return bool(stored == value)


def _yes_and_no() -> dict[str, bool]:
    found = {"true": True, "1": True, "false": False, "0": False}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found |= {plain(_("yes")): True, plain(_("no")): False}
    return found


def _values_by_label(choices: Mapping[Any, str | Promise]) -> dict[str, Any]:
    """Return a dict from the labels of choices, in all languages, to the values of the choices."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.update({plain(str(label)): value for value, label in choices.items()})
    return found
