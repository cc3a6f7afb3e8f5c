"""The journal of an import: which rows it wrote, so that it can be undone as a whole.

A journal compares the rows of the definition's models before and after, as they are in the database: encrypted
values stay encrypted. An import is undone only while nobody has built on it: while the rows that it added are as it
left them and nothing else refers to them, and while the values that it changed are still its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from summit.core.punctuation import comma
from summit.imports.definitions import ImportProblem, WrittenModel
from summit.summits.models import Summit

BATCH = 500
Columns = dict[str, Any]


@dataclass(frozen=True)
class JournalEntry:
    """A row that an import wrote.

    `before` has the columns that the import changed, with their old values; for a deleted row all columns, for a new
    row it is None. `digest` is the digest of the same columns after the import, "" for a deleted row.
    """

    model: str
    pk: Any
    before: Columns | None
    digest: str


class Journal:
    """Compares the rows of a summit before and after an import. Create it before the first write."""

    def __init__(self, written: Sequence[WrittenModel], summit: Summit) -> None:
        self.written, self.summit = written, summit
        self.before = self._rows()

    def _rows(self) -> dict[str, dict[Any, Columns]]:
        return {
            each.model._meta.label_lower: stored_rows(
                each, each.model._base_manager.filter(**{each.summit_path: self.summit})
            )
            for each in self.written
        }

    def entries(self, earlier: Sequence[JournalEntry] = ()) -> list[JournalEntry]:
        """Return the rows that were added, changed or deleted since the journal was created, and by earlier steps.

        A row that several steps wrote has one entry: with its values before the first, as the last one left it.
        """
        known = {(entry.model, entry.pk): entry for entry in earlier}
        found = []
        rows = self._rows()
        for written_model in self.written:
            model = written_model.model._meta.label_lower
            after, before = rows[model], self.before[model]
            differing = {pk for pk, row in after.items() if before.get(pk) != row}
            foreign = differing - written_here(written_model.model, differing)
            for pk, row in after.items():
                entry = known.pop((model, pk), None)
                if pk in foreign:
                    found += [entry] if entry else []
                    continue
                written = _written(model, pk, before.get(pk), row, entry)
                if written is not None:
                    found.append(written)
            for pk in before.keys() - after.keys() if written_model.deletes else ():
                entry = known.pop((model, pk), None)
                # What the import itself had added, and deletes again, leaves no trace.
                if entry is None or entry.before is not None:
                    found.append(JournalEntry(model, pk, before[pk] | ((entry and entry.before) or {}), ""))
        return [*found, *known.values()]


def written_here(model: type[models.Model], keys: Collection[Any]) -> set[Any]:
    """Return those of the keys whose rows this transaction has written, and no other meanwhile.

    SQLite has one writer at a time. On PostgreSQL, a visible row whose transaction is still in progress is our own.
    """
    if connection.vendor != "postgresql" or not keys:
        return set(keys)
    table, key = _quoted(model)
    # A row has the lower half of its transaction's number.
    number = "((pg_current_xact_id()::text::bigint >> 32 << 32) + xmin::text::bigint)::text::xid8"
    sql = f"SELECT {key} FROM {table} WHERE {key} = ANY(%s) AND pg_xact_status({number}) = 'in progress'"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(keys)])
        return {pk for (pk,) in cursor.fetchall()}


def _written(
    model: str, pk: Any, old: Columns | None, row: Columns, earlier: JournalEntry | None
) -> JournalEntry | None:
    """Return the entry of a row that exists now, or None if no step has written it.

    `old` are its values before this step, or None if it didn't exist.
    """
    changed = {} if old is None else {name: value for name, value in old.items() if row[name] != value}
    if old is not None and not changed:
        return earlier
    if earlier is None:
        before = changed if old is not None else None
    else:
        before = None if earlier.before is None else changed | earlier.before
    if before is None:
        return JournalEntry(model, pk, None, digest(row))
    return JournalEntry(model, pk, before, digest({name: row[name] for name in before}))


def packed(entries: Iterable[JournalEntry]) -> str:
    """Return entries as JSON, or "" if there are none."""
    found = [asdict(entry) for entry in entries]
    return json.dumps(found) if found else ""


def unpacked(text: str) -> list[JournalEntry]:
    """Return the entries of a JSON text that `packed` returned."""
    return [JournalEntry(**entry) for entry in json.loads(text)] if text else []


def stored_rows(written: WrittenModel, rows: models.QuerySet[Any]) -> dict[Any, Columns]:
    """Return a dict from primary key to the stored values of rows by column, without the columns that only rise."""
    fields = [field for field in written.model._meta.concrete_fields if not _rises(written, field)]
    names = [field.attname for field in fields]
    sql, params = rows.order_by("pk").values_list("pk", *names).query.sql_with_params()
    with connection.cursor() as cursor:
        # The values as they are stored: Django would decrypt them.
        cursor.execute(sql, params)
        return {
            pk: {str(field.column): _as_json(value) for field, value in zip(fields, values, strict=True)}
            for pk, *values in cursor.fetchall()
        }


def _rises(written: WrittenModel, field: Any) -> bool:
    return field.name in written.counters or getattr(field, "auto_now", False)


def digest(row: Columns) -> str:
    """Return a digest of stored values."""
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _as_stored(value: Any) -> Any:
    return base64.b64decode(value["bytes"]) if isinstance(value, dict) else value


def restore(entries: Sequence[JournalEntry], written: Sequence[WrittenModel]) -> None:
    """Restore the rows of a journal, in the caller's transaction. Raises ImportProblem if somebody has built on
    it."""
    by_label = {each.model._meta.label_lower: each for each in written}
    groups: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.model, []).append(entry)
    built_on = [*_changed_since(groups, by_label), *_referring(groups)]
    if built_on:
        names = comma().join(dict.fromkeys(capfirst(str(name)) for name in built_on))
        raise ImportProblem(
            _("The import can’t be undone because other records now depend on it: %(names)s.") % {"names": names}
        )
    with connection.cursor() as cursor:
        # Rows that refer are deleted before the rows to which they refer, and inserted after them.
        for label in reversed([label for label in by_label if label in groups]):
            _delete(cursor, by_label[label], [entry.pk for entry in groups[label] if entry.before is None])
        for label in [label for label in by_label if label in groups]:
            for entry in groups[label]:
                if entry.before is not None:
                    _put_back(cursor, by_label[label], entry)


def _changed_since(groups: Mapping[str, list[JournalEntry]], by_label: Mapping[str, WrittenModel]) -> Iterator[str]:
    """Yield the names of rows that aren't as the import left them."""
    for label, group in groups.items():
        model = by_label[label].model
        current: dict[Any, Columns] = {}
        keys = [entry.pk for entry in group]
        for start in range(0, len(keys), BATCH):
            part = model._base_manager.filter(pk__in=keys[start : start + BATCH])
            current |= stored_rows(by_label[label], part)
        for entry in group:
            row = current.get(entry.pk)
            if row is not None and entry.before is not None:
                row = {name: row[name] for name in entry.before}
            if ("" if row is None else digest(row)) != entry.digest:
                yield str(model._meta.verbose_name)


def _referring(groups: Mapping[str, list[JournalEntry]]) -> Iterator[str]:
    """Yield the names of models with rows that refer to new rows of the import, and will still do so afterwards."""
    for label, group in groups.items():
        model = apps.get_model(label)
        keys = {entry.pk for entry in group if entry.before is None}
        for relation in model._meta.get_fields(include_hidden=True):
            if not (
                keys
                and relation.auto_created
                and not relation.concrete
                and (relation.one_to_many or relation.one_to_one)
            ):
                continue
            other: Any = relation.related_model
            name = relation.field.name
            # New rows are deleted too, and changed rows get back to what they referred before.
            column = str(relation.field.column)
            entries = groups.get(other._meta.label_lower, ())
            own = {entry.pk for entry in entries if entry.before is None or column in entry.before}
            pks = sorted(keys)
            for start in range(0, len(pks), BATCH):
                rows = other._base_manager.filter(**{f"{name}__in": pks[start : start + BATCH]})
                if set(rows.values_list("pk", flat=True)) - own:
                    yield str(other._meta.verbose_name_plural)
                    break


def _delete(cursor: Any, written: WrittenModel, keys: Sequence[Any]) -> None:
    table, key = _quoted(written.model)
    for start in range(0, len(keys), BATCH):
        part = list(keys[start : start + BATCH])
        marks = ", ".join(["%s"] * len(part))
        cursor.execute(f"DELETE FROM {table} WHERE {key} IN ({marks})", part)  # noqa: S608 - names of our models


def _put_back(cursor: Any, written: WrittenModel, entry: JournalEntry) -> None:
    """Store a row's old values, or the whole row if the import deleted it."""
    assert entry.before is not None  # noqa: S101 - the caller leaves out new rows
    table, key = _quoted(written.model)
    quote = connection.ops.quote_name
    columns = [quote(name) for name in entry.before]
    values = [_as_stored(value) for value in entry.before.values()]
    if entry.digest:
        sets = ", ".join(f"{column} = %s" for column in columns)
        cursor.execute(f"UPDATE {table} SET {sets} WHERE {key} = %s", [*values, entry.pk])  # noqa: S608
        rising: dict[str, Any] = {name: F(name) + 1 for name in written.counters}
        rising |= {each.name: Now() for each in written.model._meta.fields if getattr(each, "auto_now", False)}
        if rising:
            written.model._base_manager.filter(pk=entry.pk).update(**rising)
    else:
        marks = ", ".join(["%s"] * len(columns))
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608


def _quoted(model: type[models.Model]) -> tuple[str, str]:
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    return quote(model._meta.db_table), quote(key.column)
