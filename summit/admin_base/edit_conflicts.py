"""Edit conflicts: two people have the same page open and save it one after the other. Nothing of either is lost.

A page carries the values that it showed (`FormSnapshot`), in the form in which a browser would send them back. If the
row has changed when the page is saved, the second person sees, field by field, what the first person has changed. The
form then has the changes of both. Fields that the second person left alone have the first person's values. The other
fields keep what the second person typed. Saving again saves this form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.forms import BaseForm, BoundField, CheckboxInput, Field, Select
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from summit.admin_base.autocomplete import RowSelectMixin
from summit.admin_base.widgets import NOTHING
from summit.core.date_formats import long_day
from summit.core.punctuation import comma

# The texts that a field would send, by the suffix of its name: "", or "_0" and "_1" for a day and a time.
Parts = dict[str, str]
Row = dict[str, Parts]
# The fields that Django adds to each row of a formset.
_MANAGED = ("id", "DELETE")


@dataclass(frozen=True)
class FormSnapshot:
    """The values of a row that a page shows.

    `fields` are the fields of the row. `rows` are the rows of formsets, by the formset's prefix and then by the row's
    key. `facts` are displayed but not sent, each as a text. `entry` is the key of the row's newest audit entry.
    """

    fields: Row
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    entry: int = 0

    def packed(self) -> str:
        """Return the snapshot as JSON for the page."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class FieldChange:
    """A field or a row that the first person has changed: its former and its current text.

    `yours` is the text that the second person typed there, or "" if they left it alone. `name` is the name of the
    field, or the prefix of the formset.
    """

    name: str
    label: str
    was: str
    now: str
    yours: str = ""


def take_snapshot(form: BaseForm, formsets: Iterable[Any], *, facts: Mapping[str, str], entry: int) -> FormSnapshot:
    """Return the snapshot of a page before anything is typed into it.

    `form` and `formsets` must be unbound, as made from the row. `facts` and `entry` become fields of the snapshot.
    """
    rows = {
        formset.prefix: {
            str(row.instance.pk): _row(row, leave=(*_MANAGED, formset.fk.name)) for row in formset.initial_forms
        }
        for formset in formsets
    }
    return FormSnapshot(_row(form), rows, dict(facts), entry)


def unpacked(text: str) -> FormSnapshot | None:
    """Return the `FormSnapshot` that a page carried as JSON, or None if `text` isn't one."""
    try:
        loaded = FormSnapshot(**json.loads(text))
        return loaded if json.loads(loaded.packed()) and isinstance(loaded.entry, int) and _whole(loaded) else None
    except (ValueError, TypeError, AttributeError):
        return None


def _whole(snapshot: FormSnapshot) -> bool:
    rows = [snapshot.fields, *(row for rows in snapshot.rows.values() for row in rows.values())]
    texts = [text for row in rows for parts in row.values() for text in parts.values()]
    return all(isinstance(text, str) for text in [*texts, *snapshot.facts.values()])


def _row(form: BaseForm, *, leave: tuple[str, ...] = ()) -> Row:
    return {name: _parts(form[name]) for name in form.fields if name not in leave}


def _parts(bound: BoundField) -> Parts:
    """Return the texts that a field would send if nobody changed it."""
    widget: Any = bound.field.widget
    value = bound.value()
    if hasattr(widget, "widgets_names"):
        values: Any = widget.decompress(value) if not isinstance(value, list | tuple) else value
        pairs = zip(widget.widgets_names, widget.widgets, values, strict=False)
        return {name: str(subwidget.format_value(part) or "") for name, subwidget, part in pairs}
    if isinstance(widget, CheckboxInput):
        return {"": "on" if widget.check_test(value) else ""}
    if isinstance(widget, Select):
        return {"": "" if value is None else str(bound.field.prepare_value(value))}
    display = widget.format_value(value)
    return {"": "" if display is None else str(display)}


def _same(first: Parts | None, second: Parts | None) -> bool:
    return _plain(first) == _plain(second)


def _plain(parts: Parts | None) -> Parts:
    """Return the parts as forms read them: stripped, with uniform line ends, and without empty parts."""
    return {part: text.replace("\r\n", "\n").strip() for part, text in (parts or {}).items() if text.strip()}


@dataclass
class MergeResult:
    """A form's data with the changes of both people, and the list of the first person's changes."""

    data: QueryDict
    changes: list[FieldChange]


def both(
    data: QueryDict, before: FormSnapshot, now: FormSnapshot, form: BaseForm, formsets: Iterable[Any]
) -> MergeResult:
    """Merge the changes of both people: return the form's data with both, and the first person's changes.

    `data` was sent from a page that showed `before`. `now` is the current state of the row. `form` and `formsets`
    have to be made from the current row.
    """
    merged, changes = data.copy(), []
    for name, old in _facts(before, now):
        changes.append(FieldChange(name, name, old or NOTHING, now.facts.get(name) or NOTHING))
    posted = _posted_row(data, "", now.fields)
    for name, current in now.fields.items():
        original = before.fields.get(name, current)
        value, change = _field(name, form.fields[name], original, posted[name], current)
        _set_posted_value(merged, name, value)
        changes += change
    for formset in formsets:
        changes += _Rows(formset, before, now).merge(data, merged)
    return MergeResult(merged, changes)


def _facts(before: FormSnapshot, now: FormSnapshot) -> list[tuple[str, str]]:
    """Return the name and the former text of each fact that differs between `before` and `now`."""
    names = dict.fromkeys([*before.facts, *now.facts])
    return [(name, old) for name in names if (old := before.facts.get(name, "")) != now.facts.get(name, "")]


def _posted_row(data: QueryDict, prefix: str, like: Row) -> Row:
    return {
        name: {part: data.get(f"{prefix}{name}{part}", "") for part in parts or {"": ""}}
        for name, parts in like.items()
    }


def _set_posted_value(data: QueryDict, name: str, parts: Parts) -> None:
    for part, text in parts.items():
        if text:
            data[f"{name}{part}"] = text
        else:
            # A box that isn't ticked sends nothing.
            data.pop(f"{name}{part}", None)


def _field(
    name: str, form_field: Field, original: Parts, posted: Parts, current: Parts
) -> tuple[Parts, list[FieldChange]]:
    """Return a field's value after the merge, and a list with the first person's change, empty if there is none.

    `original` is the value that both people saw. `posted` is the value of the second person, and `current` that of
    the first.
    """
    if _same(original, current):
        return posted, []
    touched = not _same(posted, original)
    yours = display(form_field, posted) if touched and not _same(posted, current) else ""
    change = FieldChange(
        name,
        capfirst(str(form_field.label or name)),
        display(form_field, original),
        display(form_field, current),
        yours,
    )
    return (posted if touched else current), [change]


def display(spoken: Field, parts: Parts) -> str:
    """Return the texts that a field would send as one text for people."""
    texts = [text for text in parts.values() if text.strip()]
    if isinstance(spoken.widget, CheckboxInput):
        return _("yes") if texts else _("no")
    choices: Any = getattr(spoken, "choices", None)
    if isinstance(spoken.widget, RowSelectMixin):
        named = spoken.widget.labels_of(texts)
        texts = [named.get(text, text) for text in texts]
    elif choices is not None:
        named = {str(value): str(name) for value, name in _flat(choices)}
        texts = [named.get(text, text) for text in texts]
    elif set(parts) == {"_0", "_1"}:
        texts = [_day(text) for text in texts]
    return comma().join(texts) or NOTHING


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for value, name in choices:
        if isinstance(name, list | tuple):
            yield from name
        else:
            yield value, name


def _day(text: str) -> str:
    try:
        return long_day(date.fromisoformat(text))
    except ValueError:
        return text


class _Rows:
    """Merges the rows of one formset with the changes of both people."""

    def __init__(self, formset: Any, before: FormSnapshot, now: FormSnapshot) -> None:
        self.formset, self.prefix = formset, str(formset.prefix)
        self.before, self.now = before.rows.get(self.prefix, {}), now.rows.get(self.prefix, {})
        self.label = capfirst(str(formset.model._meta.verbose_name))
        self.form = formset.empty_form
        self.like: Row = {name: {"": ""} for name in self.form.fields if name not in (*_MANAGED, formset.fk.name)}

    def merge(self, data: QueryDict, merged: QueryDict) -> list[FieldChange]:
        """Write the rows of both people into `merged`, stored rows first. Return the first person's changes."""
        posted = self._mine(data)
        stored: list[tuple[str, Row, bool]] = []
        added: list[Row] = []
        changes: list[FieldChange] = []
        for key, row, deleted in posted:
            current, original = self.now.get(key), self.before.get(key)
            if current is not None:
                value, change = self._row(original or current, row, current, gone=deleted)
                stored.append((key, value, deleted))
                changes += change
            elif (
                key
                and original is not None
                and (deleted or all(_same(row[name], original.get(name)) for name in row))
            ):
                changes.append(self._change(original, None))
            elif key and original is not None:
                added.append(row)
                changes.append(self._change(original, None, yours=self._said(row)))
            elif any(text for parts in row.values() for text in parts.values()) and row not in self._added():
                added.append(row)
        stored_keys = {key for key, _row, _deleted in stored}
        for key, row in self.now.items():
            if key not in stored_keys:
                stored.append((key, row, False))
                changes += [self._change(None, row)] if key not in self.before else []
        self._write(data, merged, stored, added)
        return changes

    def _added(self) -> list[Row]:
        return [row for key, row in self.now.items() if key not in self.before]

    def _mine(self, data: QueryDict) -> list[tuple[str, Row, bool]]:
        """Return (key, values, deleted) for each row that was sent.

        The key is "" for a new row. `deleted` says whether the row is to be deleted.
        """
        total = data.get(f"{self.prefix}-TOTAL_FORMS", "0")
        posted = []
        for index in range(min(int(total), self.formset.absolute_max) if total.isdecimal() else 0):
            prefix = f"{self.prefix}-{index}-"
            row = _posted_row(data, prefix, self._parts_of(data.get(f"{prefix}id", "")))
            posted.append((data.get(f"{prefix}id", ""), row, bool(data.get(f"{prefix}DELETE"))))
        return posted

    def _parts_of(self, key: str) -> Row:
        return self.now.get(key) or self.before.get(key) or self.like

    def _row(self, original: Row, posted: Row, current: Row, *, gone: bool) -> tuple[Row, list[FieldChange]]:
        pairs = {
            name: _field(name, self.form.fields[name], original.get(name, parts), posted[name], parts)
            for name, parts in current.items()
        }
        value = {name: pair[0] for name, pair in pairs.items()}
        if not any(pair[1] for pair in pairs.values()):
            return value, []
        mixed = gone or any(change.yours for pair in pairs.values() for change in pair[1])
        yours = (_("row removed") if gone else self._said(posted)) if mixed else ""
        return value, [self._change(original, current, yours=yours)]

    def _change(self, before: Row | None, after: Row | None, *, yours: str = "") -> FieldChange:
        old, new = (NOTHING if row is None else self._said(row) for row in (before, after))
        return FieldChange(self.prefix, self.label, old, _("row removed") if after is None else new, yours)

    def _said(self, row: Row) -> str:
        """Return a row as a text for people, made from its fields that aren't empty."""
        texts = [
            display(self.form.fields[name], parts)
            for name, parts in row.items()
            if name != "position" and any(text.strip() for text in parts.values())
        ]
        return comma().join(texts) or NOTHING

    def _write(
        self, data: QueryDict, merged: QueryDict, stored: list[tuple[str, Row, bool]], added: list[Row]
    ) -> None:
        managed = {f"{self.prefix}-{name}_FORMS" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
        for name in [name for name in data if name.startswith(f"{self.prefix}-") and name not in managed]:
            merged.pop(name, None)
        rows = [*stored, *(("", row, False) for row in added)]
        for index, (key, row, deleted) in enumerate(rows):
            prefix = f"{self.prefix}-{index}-"
            for name, parts in row.items():
                _set_posted_value(merged, f"{prefix}{name}", parts)
            merged[f"{prefix}{self.formset.fk.name}"] = str(self.formset.instance.pk)
            if key:
                merged[f"{prefix}id"] = key
            if deleted:
                merged[f"{prefix}DELETE"] = "on"
        merged[f"{self.prefix}-TOTAL_FORMS"] = str(len(rows))
        merged[f"{self.prefix}-INITIAL_FORMS"] = str(len(stored))
