"""Write the rows of a table into a list, and report on each row.

The rows are written with the same service functions as in the API, in the caller's transaction. A caller that only
wants the report rolls the transaction back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override
from rest_framework import serializers

from summit.api_base.problems import Problem, problem_of, unprocessable
from summit.api_base.viewsets import InSummit
from summit.audit.services import By
from summit.core.date_formats import cell_time
from summit.core.punctuation import comma
from summit.import_export.importable_lists import ImportableList, headings, plain
from summit.imports import row_numbers
from summit.imports.definitions import ImportProblem
from summit.imports.report import ImportReport, Outcome, ReportLine
from summit.imports.row_numbers import NUMBER, NUMBERS, PUBLIC_ID
from summit.imports.table_parsing import ParsedRow, Table
from summit.summits.models import Summit
from summit.users.models import User

# The separators between several rows that one cell names. The group keeps them when a cell is split.
_SIGNS = re.compile("([,;،؛])")


def read_in(*, importable: ImportableList, summit: Summit, table: Table, rows: slice, by: By) -> ImportReport:
    """Write each valid row among the `rows` of a table, and return the report on them.

    Raises ImportProblem if no column identifies the rows.
    """
    # Times of a table are those of the venue, as its export has them.
    with timezone.override(summit.zone):
        return _Reader(importable, summit, table, by).read(rows)


def check_columns(*, importable: ImportableList, summit: Summit, table: Table, by: By) -> None:
    """Raise ImportProblem if no column of the table identifies its rows."""
    _Reader(importable, summit, table, by)


class _Reader:
    def __init__(self, importable: ImportableList, summit: Summit, table: Table, by: By) -> None:
        assert isinstance(by, User)  # noqa: S101 - the definition's check_permission refuses others
        self.importable, self.summit, self.table, self.by = importable, summit, table, by
        self.viewset = importable.viewset()
        self.report = ImportReport(facts={"unknown": [], "twice": []})
        self.fills = importable.fills()
        self.input = self.viewset.input_serializer_class(context=self._context()).fields
        self.columns = self._recognise()
        self.known: dict[Any, models.Model] = {}
        self.numbered: dict[tuple[str, str], models.Model] = {}
        # The number of the first row that means a stored row, by primary key, or a new one, by key.
        self.met: dict[Any, int] = {}
        self._words: dict[str, dict[str, str]] = {}

    def _recognise(self) -> dict[int, str]:
        found: dict[int, str] = {}
        names_by_heading, other_headings = headings(self.importable, self.by)
        for place, heading in enumerate(self.table.headings):
            name = names_by_heading.get(plain(heading))
            if name is None:
                known = plain(heading) in other_headings or not heading
                self.report.facts["unknown"] += [] if known else [heading]
            elif name in found.values():
                self.report.facts["twice"].append(heading)
            else:
                found[place] = name
        recognised = set(found.values())
        if not recognised & set(NUMBERS) and not set(self.importable.keys) <= recognised:
            label = ", ".join(f"“{self._label(name)}”" for name in self.importable.keys)
            message = _("No column identifies the rows. The first row must include these columns: %(columns)s.")
            raise ImportProblem(message % {"columns": label})
        return found

    def _label(self, name: str) -> str:
        meta = self.importable.model._meta
        own: Any = next((each for each in (*meta.fields, *meta.many_to_many) if each.name == name), None)
        column = self.fills[name].column if name in self.fills else None
        return str(own.verbose_name) if own is not None else column.heading if column is not None else name

    def _context(self) -> dict[str, Any]:
        return {"summit": self.summit, "by": self.by}

    def _remember(self, row: models.Model) -> None:
        self.numbered[NUMBER, str(row.pk)] = row
        if hasattr(row, PUBLIC_ID):
            self.numbered[PUBLIC_ID, getattr(row, PUBLIC_ID)] = row
        self.known[self._key_of(row)] = row

    def _key_of(self, row: models.Model) -> tuple[str, ...]:
        return tuple(plain(str(self._told(row, name) or "")) for name in self.importable.keys)

    def _told(self, row: models.Model, name: str) -> Any:
        """Return the value of a row's field in the form of a cell. For a related row it is the slug or public id."""
        column, field = self.fills[name].column, self.input[name]
        if column is not None:
            return column.read(row)
        value = getattr(row, name)
        return getattr(value, field.slug_field) if isinstance(field, InSummit) and value is not None else value

    def _key(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(self._marked(name, cells.get(name, "")) for name in self.importable.keys)

    def _marked(self, name: str, text: str) -> str:
        field = self.input[name]
        if isinstance(field, InSummit):
            names = self._of(name, lambda: self._names(field))
            text = names.get(text) or names.get(plain(text), text)
        elif isinstance(field, serializers.ChoiceField):
            text = self._of(name, lambda: _values_by_label(field.choices)).get(plain(text), text)
        return plain(text)

    def read(self, rows: slice) -> ImportReport:
        """Write each of the rows, in the order of the table, and return the report."""
        for stored in self.viewset.rows().filter(**{self.viewset.summit_path: self.summit}):
            self._remember(stored)
        # Rows that an earlier step has written: the table may name them a second time.
        for row in self.table.rows[: rows.start or 0]:
            try:
                stored, key = self._find(self._cells(row))
            except ImportProblem:
                continue
            self.met.setdefault(stored.pk if stored is not None else key, row.number)
        for row in self.table.rows[rows]:
            self.report.lines.append(self._row(row))
        return self.report

    def _cells(self, parsed: ParsedRow) -> dict[str, str]:
        return {name: parsed.cells[place] for place, name in self.columns.items()}

    def _find(self, cells: Mapping[str, str]) -> tuple[models.Model | None, tuple[str, ...]]:
        """Return the stored row that the cells mean, if there is one, and the row's key.

        Its number and its id say more than its key. Raises ImportProblem if they are of no row, or of another one
        than the key.
        """
        key = self._key(cells)
        row, named = row_numbers.find(cells, self.numbered), self.known.get(key)
        if row is not None and named not in (None, row) and not hasattr(row, PUBLIC_ID):
            # A number alone may be that of another row in another installation.
            message = _("“%(number)s” is that of another entry. Export the list again, or clear the cell.")
            raise ImportProblem(message % {"number": row_numbers.heading(NUMBER)})
        return row or named, key

    def _row(self, parsed: ParsedRow) -> ReportLine:
        cells = self._cells(parsed)
        name = ", ".join(filter(None, (cells.get(name, "") for name in reversed(self.importable.keys))))
        line = ReportLine(parsed.number, name=name)
        try:
            stored, key = self._find(cells)
            identity = stored.pk if stored is not None else key
            if identity in self.met:
                message = _("Row %(number)d is about the same entry. Remove one of them.")
                raise ImportProblem(message % {"number": self.met[identity]})
            self.met[identity] = parsed.number
            with transaction.atomic():
                self._write(line, stored, {name: text for name, text in cells.items() if name not in NUMBERS})
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            line.outcome, line.fields, line.changes = Outcome.REFUSED.value, [], []
            line.notes = self._said(problem)
        return line

    def _write(self, line: ReportLine, stored: models.Model | None, cells: dict[str, str]) -> None:
        values = self._values(stored, cells)
        if stored is None:
            added = self.viewset.add(by=self.by, summit=self.summit, values=values)
            line.outcome = Outcome.NEW.value
            self._remember(added)
            self.met[added.pk] = line.number
            return
        changed = {name: value for name, value in values.items() if not self._is(stored, name, value)}
        if changed and "change" not in self.viewset.allowed_methods:
            self._refuse_change(changed, line)
        elif changed:
            old = {name: self._value_label(stored, name) for name in changed}
            former = self._key_of(stored)
            row = self.viewset.change(by=self.by, row=stored, values=changed)
            keys = set(changed) & set(self.importable.keys)
            self._refuse_change({name for name in keys if not self._is(row, name, changed[name])}, line)
            # A following row with the former key means another one, as it will when the file comes in again.
            if self.known.get(former) is stored:
                del self.known[former]
            self._remember(row)
            line.outcome = Outcome.CHANGED.value
            line.fields = [self._label(name) for name in changed]
            line.changes = [
                [self._label(name), old[name], _in_words(value)]
                for name, value in changed.items()
                if name not in self.viewset.personal
            ]

    def _refuse_change(self, names: Collection[str], line: ReportLine) -> None:
        """Note that the list's service doesn't change these fields. Raises ImportProblem if they identify the row."""
        if not names:
            return
        message = _("A file can’t change these fields here: %(fields)s.")
        sentence = message % {"fields": comma().join(self._label(name) for name in names)}
        if set(names) & set(self.importable.keys):
            message = _("%(sentence)s To add the row as a new entry, clear its cell “%(number)s”.")
            raise ImportProblem(message % {"sentence": sentence, "number": row_numbers.heading(NUMBER)})
        line.notes.append(sentence)

    def _value_label(self, stored: models.Model, name: str) -> str:
        """Return the old value of a field as the report shows it."""
        if name in self.importable.computed:
            return _in_words(self._told(stored, name))
        return _in_words(getattr(stored, name, None))

    def _is(self, stored: models.Model, name: str, value: Any) -> bool:
        return _same(self._told(stored, name) if name in self.importable.computed else getattr(stored, name), value)

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
            return [self._one(child, name, each) for each in self._several(child, name, text)]
        if not text:
            return None if field.allow_null else ""
        if isinstance(field, InSummit):
            return self._one(field, name, text)
        if isinstance(field, serializers.BooleanField):
            return self._of(name, _yes_and_no).get(plain(text), text)
        if isinstance(field, serializers.ChoiceField):
            return self._of(name, lambda: _values_by_label(field.choices)).get(plain(text), text)
        return text

    def _several(self, field: InSummit, name: str, text: str) -> list[str]:
        """Return the texts in a cell that names several related rows.

        The signs that separate them may also be part of a name, such as “Korea, Republic of”. The longest known name
        counts.
        """
        known: dict[str, str] = self._of(name, lambda: self._names(field))
        longest = max((len(_SIGNS.split(each)) for each in known), default=1)
        # Every second piece is a sign.
        pieces = _SIGNS.split(text)
        found: list[str] = []
        start = 0
        while start < len(pieces):
            ends = range(min(start + longest, len(pieces)), start + 1, -2)
            end = next((end for end in ends if plain("".join(pieces[start:end])) in known), start + 1)
            found.append("".join(pieces[start:end]).strip())
            start = end + 1
        return [each for each in found if each]

    def _one(self, field: InSummit, name: str, text: str) -> str:
        """Return the slug or public id of the related row that `text` names. Raises Problem if there is none."""
        names: dict[str, str] = self._of(name, lambda: self._names(field))
        if text not in names and plain(text) not in names:
            message = _("This summit has no “%(name)s”, or has two. Add it first, or use its public ID.")
            if field.slug_field != PUBLIC_ID:
                message = _("This summit has no “%(name)s”. Add it first, or enter another.")
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
        return {"invalid": _("Enter “yes” or “no”.")}
    if isinstance(field, serializers.DateTimeField):
        return {"invalid": _("Enter a date and time at the venue, such as 2025-03-31 14:30.")}
    if isinstance(field, serializers.ChoiceField):
        known = comma().join(str(label) for label in field.choices.values())
        return {"invalid_choice": _("Enter one of: %(known)s.") % {"known": known}}
    return {}


def _in_words(value: Any) -> str:
    """Return a value as the report shows it."""
    if isinstance(value, models.Manager):
        value = list(value.all())
    if isinstance(value, list | tuple | set):
        return comma().join(str(each) for each in value) or "–"
    if isinstance(value, dict):
        return comma().join(f"{name}: {each}" for name, each in value.items() if each) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return cell_time(timezone.localtime(value))
    return "–" if value in (None, "") else str(value)


def _same(stored: Any, value: Any) -> bool:
    """Return whether a table's value equals the stored value. Differences in blanks don't count in texts."""
    if isinstance(stored, models.Manager):
        return {row.pk for row in stored.all()} == {row.pk for row in value}
    if isinstance(stored, datetime) and isinstance(value, datetime):
        # A local time that occurs twice equals no time of another zone (PEP 495).
        return stored.astimezone(UTC) == value.astimezone(UTC)
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
