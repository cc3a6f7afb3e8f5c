"""An agenda narrowed to a day, a kind, a room or a language into which is interpreted, by plain links.

All that can be chosen, and each number beside it, comes from the sessions that the page may show, so that no choice
tells of another.
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
from summit.core.languages import tongue
from summit.summits.models import Summit

# A value that stands in an address, its name, and the language of that: "" is the page's own.
Named = tuple[str, str, str]
# Those of a session, by the name of the field.
Values = dict[str, list[Named]]
Row = TypeVar("Row")


def _day(row: ReleasedSession, summit: Summit) -> list[Named]:
    day = row.starts_at.astimezone(summit.zone).date()
    return [(day.isoformat(), brief_day(day), "")]


def _kind(row: ReleasedSession, summit: Summit) -> list[Named]:
    said = row.kind_words
    # A summit's own kind is known by the name that the summit has given it, in the summit's language.
    value = f"own:{row.kind_names[0][1]}" if row.kind_names else row.kind
    return [(value, said.title, said.language)]


def _room(row: ReleasedSession, summit: Summit) -> list[Named]:
    return [(row.room_key, row.room_name, summit.language)] if row.room_name else []


def _language(row: ReleasedSession, summit: Summit) -> list[Named]:
    return [(code, capfirst(tongue(code)), "") for code in dict.fromkeys(entry[1] for entry in row.languages)]


@dataclass(frozen=True)
class Field:
    """By what the agenda can be narrowed: what it is called, and which values of it a session has."""

    name: str
    label: Any
    values: Callable[[ReleasedSession, Summit], list[Named]]


FIELDS = (
    Field("day", gettext_lazy("Day"), _day),
    Field("kind", gettext_lazy("Kind"), _kind),
    Field("room", gettext_lazy("Room"), _room),
    Field("language", gettext_lazy("Interpreted into"), _language),
)


@dataclass(frozen=True)
class Choice:
    """A value one can choose: how many sessions it would show, and its address."""

    name: str
    language: str
    number: int
    query: str
    chosen: bool


@dataclass(frozen=True)
class Group:
    """The values of a field. `all` is the address without it."""

    name: str
    label: Any
    choices: tuple[Choice, ...]
    all: str
    chosen: bool


@dataclass(frozen=True)
class Narrowed(Generic[Row]):
    """What is shown of how many sessions, what was chosen, and what can be chosen."""

    rows: list[Row]
    total: int
    groups: tuple[Group, ...]
    chosen: tuple[Choice, ...]
    # Whether something is asked for, be it a value that no session has.
    asked: bool
    whole: str


def values(row: ReleasedSession, summit: Summit) -> Values:
    """Return by what a session is found, in the reader's language."""
    return {field.name: field.values(row, summit) for field in FIELDS}


def asked(query: QueryDict) -> dict[str, str]:
    """Return what an address asks for, by the names of the fields."""
    return {field.name: value for field in FIELDS if (value := str(query.get(field.name, "")))}


def narrowed(
    rows: Iterable[Row], wanted: Mapping[str, str], *, has: Callable[[Row], Values], kept: Mapping[str, str]
) -> Narrowed[Row]:
    """Return the sessions that have all that is asked for (`asked`); what none of them has gives none. `has` returns
    the values of one; `kept` is what stands in the address of each choice besides."""
    every = list(rows)
    found = [has(row) for row in every]
    groups = tuple(_group(field, found, wanted, kept) for field in FIELDS)
    return Narrowed(
        rows=[row for row, known in zip(every, found, strict=True) if _fits(known, wanted)],
        total=len(every),
        groups=tuple(group for group in groups if len(group.choices) > 1 or group.chosen),
        chosen=tuple(choice for group in groups for choice in group.choices if choice.chosen),
        asked=bool(wanted),
        whole=_query(kept, {}),
    )


def _fits(known: Values, wanted: Mapping[str, str]) -> bool:
    return all(any(value == each[0] for each in known[name]) for name, value in wanted.items())


def _group(field: Field, found: list[Values], wanted: Mapping[str, str], kept: Mapping[str, str]) -> Group:
    others = {name: value for name, value in wanted.items() if name != field.name}
    names: dict[str, Named] = {}
    numbers: dict[str, int] = {}
    for known in found:
        fits = _fits(known, others)
        for named in known[field.name]:
            names.setdefault(named[0], named)
            numbers[named[0]] = numbers.get(named[0], 0) + fits
    order = sorted(names.values(), key=None if field.name == "day" else _by_name)
    chosen = wanted.get(field.name)
    choices = tuple(
        Choice(name, code, numbers[value], _query(kept, {**others, field.name: value}), value == chosen)
        for value, name, code in order
    )
    return Group(field.name, field.label, choices, _query(kept, others), chosen is not None)


def _by_name(named: Named) -> tuple[str, Named]:
    return named[1].casefold(), named


def _query(kept: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    # The order of the fields is always the same, so that one choice has one address.
    ordered = {field.name: wanted[field.name] for field in FIELDS if field.name in wanted}
    return f"?{urlencode({**kept, **ordered})}" if kept or ordered else "."
