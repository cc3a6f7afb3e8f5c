"""Filters of an agenda by day, kind, room and language of interpretation, as plain links.

All choices and their numbers come from the sessions that the page may show, so no choice reveals a hidden session.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from sessions.agenda.models.releases import ReleasedSession
from summit.core.date_formats import brief_day
from summit.core.languages import language_name
from summit.summits.models import Summit

# A value in a query string, its name, and the language of the name ("" is the page's own).
Named = tuple[str, str, str]
# The values of a session by field name.
Values = dict[str, list[Named]]
Row = TypeVar("Row")


def _day(row: ReleasedSession, summit: Summit) -> list[Named]:
    day = row.starts_at.astimezone(summit.zone).date()
    return [(day.isoformat(), brief_day(day), "")]


def _kind(row: ReleasedSession, summit: Summit) -> list[Named]:
    kind = row.kind_words
    # A summit's own kind is identified by its name in the summit's language.
    value = f"own:{row.kind_names[0][1]}" if row.kind_names else row.kind
    return [(value, kind.title, kind.language)]


def _room(row: ReleasedSession, summit: Summit) -> list[Named]:
    return [(row.room_key, row.room_name, summit.language)] if row.room_name else []


def _language(row: ReleasedSession, summit: Summit) -> list[Named]:
    return [(code, capfirst(language_name(code)), "") for code in dict.fromkeys(entry[1] for entry in row.languages)]


@dataclass(frozen=True)
class Field:
    """A field by which the agenda can be filtered. `values` returns the values that a session has."""

    name: str
    label: Any
    values: Callable[[ReleasedSession, Summit], list[Named]]


FIELDS = (
    Field("day", gettext_lazy("Day"), _day),
    Field("kind", gettext_lazy("Type"), _kind),
    Field("room", gettext_lazy("Room"), _room),
    Field("language", gettext_lazy("Interpreted into"), _language),
)


@dataclass(frozen=True)
class Choice:
    """A value that can be chosen, with the number of sessions it would show, and its query string."""

    name: str
    language: str
    number: int
    query: str
    chosen: bool


@dataclass(frozen=True)
class AgendaFilterGroup:
    """The choices of a field. `all` is the query string without this filter."""

    name: str
    label: Any
    choices: tuple[Choice, ...]
    all: str
    chosen: bool


@dataclass(frozen=True)
class Narrowed(Generic[Row]):
    """A filtered list: its rows, the total number of rows, the groups of choices, and the chosen values."""

    rows: list[Row]
    total: int
    groups: tuple[AgendaFilterGroup, ...]
    chosen: tuple[Choice, ...]
    # Whether a filter is set, even with a value that no session has.
    asked: bool
    whole: str


def values(row: ReleasedSession, summit: Summit) -> Values:
    """Return the values of a session by filter field, in the reader's language."""
    return {field.name: field.values(row, summit) for field in FIELDS}


def asked(query: QueryDict) -> dict[str, str]:
    """Return the requested filters of a query string, by field name."""
    return {field.name: value for field in FIELDS if (value := str(query.get(field.name, "")))}


def narrowed(
    rows: Iterable[Row], wanted: Mapping[str, str], *, has: Callable[[Row], Values], kept: Mapping[str, str]
) -> Narrowed[Row]:
    """Return the rows that match all requested filters (`asked`). A value that no row has matches nothing.

    `has` returns the values of a row; `kept` are other parameters of each choice's query string.
    """
    all_rows = list(rows)
    row_values = [has(row) for row in all_rows]
    groups = tuple(_group(field, row_values, wanted, kept) for field in FIELDS)
    return Narrowed(
        rows=[row for row, known in zip(all_rows, row_values, strict=True) if _matches(known, wanted)],
        total=len(all_rows),
        groups=tuple(group for group in groups if len(group.choices) > 1 or group.chosen),
        chosen=tuple(choice for group in groups for choice in group.choices if choice.chosen),
        asked=bool(wanted),
        whole=_query(kept, {}),
    )


def _matches(known: Values, selected: Mapping[str, str]) -> bool:
    return all(any(value == each[0] for each in known[name]) for name, value in selected.items())


def _group(
    field: Field, row_values: list[Values], selected: Mapping[str, str], params: Mapping[str, str]
) -> AgendaFilterGroup:
    others = {name: value for name, value in selected.items() if name != field.name}
    names: dict[str, Named] = {}
    numbers: dict[str, int] = {}
    for known in row_values:
        fits = _matches(known, others)
        for label in known[field.name]:
            names.setdefault(label[0], label)
            numbers[label[0]] = numbers.get(label[0], 0) + fits
    order = sorted(names.values(), key=None if field.name == "day" else _by_name)
    chosen = selected.get(field.name)
    choices = tuple(
        Choice(name, code, numbers[value], _query(params, {**others, field.name: value}), value == chosen)
        for value, name, code in order
    )
    return AgendaFilterGroup(field.name, field.label, choices, _query(params, others), chosen is not None)


def _by_name(label: Named) -> tuple[str, Named]:
    return label[1].casefold(), label


def _query(params: Mapping[str, str], selected: Mapping[str, str]) -> str:
    # The fields are always in the same order, so that each choice has only one URL.
    ordered = {field.name: selected[field.name] for field in FIELDS if field.name in selected}
    return f"?{urlencode({**params, **ordered})}" if params or ordered else "."
