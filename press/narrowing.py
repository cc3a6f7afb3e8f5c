"""The press site's lists narrowed: by words, kind, speaker, party, session, language and day, by plain addresses.

All that can be chosen, and each number beside it, comes from what everybody may read, so that no choice tells of
anything else. One choice has one address: the parameters stand in one order.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from delegations.domain.naming import Book
from press.finding import asking
from press.finding.address import NAMES, Asked
from press.finding.asking import Found
from press.finding.rows import Held, Row, rows, sessions, spoken
from press.models import TextKind
from summit.dates import plain_day
from summit.languages import tongue
from summit.models import Summit

# A value that stands in an address, its name, and the language of that: "" is the page's own.
Named = tuple[str, str, str]


@dataclass(frozen=True)
class World:
    """Whence names come: the summit, how the page names parties, and the sessions of speeches."""

    summit: Summit
    names: Book
    held: Mapping[str, Held]


def _kind(row: Row, world: World) -> Named | None:
    return row.kind, capfirst(str(TextKind(row.kind).label)), ""


def _speaker(row: Row, world: World) -> Named | None:
    if not row.speaker:
        return None
    return row.speaker, row.speaker_name or row.speaker_office or "", world.summit.language


def _party(row: Row, world: World) -> Named | None:
    if not row.party:
        return None
    named = world.names.of(row.party_key)
    return row.party, named.name if named else row.party_name or "", named.language if named else ""


def _session(row: Row, world: World) -> Named | None:
    held = world.held.get(row.slot or "")
    return (held.key, held.title, held.language) if held else None


def _language(row: Row, world: World) -> Named | None:
    return row.language, capfirst(tongue(row.language)), ""


@dataclass(frozen=True)
class Field:
    """By what texts are narrowed: the parameter's name, what it is called, and which value of it a text has. `key` is
    the value as it stands in the address."""

    name: str
    label: Any
    key: Callable[[Row, Mapping[str, Held]], str | None]
    named: Callable[[Row, World], Named | None]


FIELDS = (
    Field("kind", gettext_lazy("Kind"), lambda row, _held: row.kind, _kind),
    Field("speaker", gettext_lazy("Speaker"), lambda row, _held: row.speaker, _speaker),
    Field("party", pgettext_lazy("of a speaker", "Speaks for"), lambda row, _held: row.party, _party),
    Field(
        "session",
        gettext_lazy("Session"),
        lambda row, held: found.key if (found := held.get(row.slot or "")) else None,
        _session,
    ),
    Field("language", gettext_lazy("Language"), lambda row, _held: row.language, _language),
)


@dataclass(frozen=True)
class Choice:
    """A value that one can choose: how many texts it would show."""

    value: str
    name: str
    language: str
    number: int
    chosen: bool


@dataclass(frozen=True)
class Group:
    """The values of a field from which one can choose."""

    name: str
    label: Any
    choices: tuple[Choice, ...]
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """Something that was chosen, and what is asked without it."""

    label: Any
    name: str
    language: str
    left: Asked


@dataclass(frozen=True)
class Shown:
    """What is shown: keys of public editions in their order, of so many texts; what can be chosen and what was."""

    asked: Asked
    keys: tuple[int, ...]
    groups: tuple[Group, ...]
    chips: tuple[Chip, ...]
    found: Found
    corrected: tuple[int, ...]


def narrowed(summit: Summit, wanted: Asked, names: Book) -> Shown:
    """Return what everybody may read of a summit and has all that is asked for: what has the words in its title
    first, then newest first. Three queries; with words to look for at most four more."""
    every, held, found, shown, numbers = _select(summit, wanted)
    shown.sort(key=lambda row: (found.editions.get(row.pk, 0), row.first_published_at, row.pk), reverse=True)
    groups = tuple(_groups(every, numbers, wanted, World(summit, names, held)))
    return Shown(
        asked=wanted,
        keys=tuple(row.pk for row in shown),
        groups=groups,
        chips=tuple(_chips(wanted, groups)),
        found=found,
        corrected=_corrected(every),
    )


def changed_last(summit: Summit, wanted: Asked, most: int) -> list[int]:
    """Return the keys of those public editions that have all that is asked for and came out, were corrected or were
    withdrawn last. As many queries as `narrowed`."""
    shown = _select(summit, wanted)[3]
    return [row.pk for row in sorted(shown, key=lambda row: (row.changed_at, row.pk), reverse=True)[:most]]


def _select(
    summit: Summit, wanted: Asked
) -> tuple[list[Row], dict[str, Held], Found, list[Row], dict[str, Counter[str]]]:
    """Return all that is public, the sessions of speeches, what words were found, what of it has all that is asked
    for, and how many each choice would show."""
    every = rows(summit)
    held = sessions(summit, every)
    found = _found(summit, wanted, every)
    base = [row for row in every if row.pk in found.editions] if wanted.q else every
    shown, numbers = _count(base, wanted, held, summit)
    return every, held, found, shown, numbers


def _found(summit: Summit, wanted: Asked, every: list[Row]) -> Found:
    if not wanted.q:
        return Found()
    return asking.ask(summit, wanted.q, {row.language for row in every}, spoken(summit, every))


def _one_each(base: Iterable[Row], wanted: Asked) -> set[int]:
    """Return which editions stand for their texts where no language is chosen: the authoritative ones, or where words
    are looked for and those don't have them, the first that has."""
    if not wanted.q:
        return {row.pk for row in base if row.authoritative}
    best: dict[int, tuple[bool, str, int]] = {}
    for row in base:
        rank = (not row.authoritative, row.language, row.pk)
        best[row.text] = min(rank, best.get(row.text, rank))
    return {key for _authoritative, _language, key in best.values()}


def _count(
    base: list[Row], wanted: Asked, held: Mapping[str, Held], summit: Summit
) -> tuple[list[Row], dict[str, Counter[str]]]:
    """Return what has all that is asked for, and how many texts each value of each field would show."""
    numbers: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    language, others = wanted.chosen.get("language"), [each for each in FIELDS if each.name != "language"]
    inside, one_each = _inside(wanted, summit), _one_each(base, wanted)
    shown = []
    for row in base:
        if not inside(row.first_published_at):
            continue
        keys = {each.name: each.key(row, held) for each in others}
        wrong = [name for name, key in keys.items() if name in wanted.chosen and key != wanted.chosen[name]]
        if not wrong:
            numbers["language"][row.language] += 1
        if not (row.language == language if language else row.pk in one_each):
            continue
        if not wrong:
            shown.append(row)
        for name, key in keys.items():
            if key and (not wrong or wrong == [name]):
                numbers[name][key] += 1
    return shown, numbers


def _inside(wanted: Asked, summit: Summit) -> Callable[[datetime], bool]:
    """Return whether a moment is on the days that are asked for, at the venue."""
    first = datetime.combine(wanted.since or date.min, time(), summit.zone) if wanted.since else None
    after = datetime.combine(wanted.until + timedelta(days=1), time(), summit.zone) if wanted.until else None
    return lambda moment: (first is None or first <= moment) and (after is None or moment < after)


def _groups(
    every: Iterable[Row], numbers: Mapping[str, Counter[str]], wanted: Asked, world: World
) -> Iterator[Group]:
    some: dict[str, dict[str, Row]] = {name: {} for name in NAMES}
    for row in every:
        for each in FIELDS:
            if (key := each.key(row, world.held)) and numbers[each.name][key]:
                some[each.name].setdefault(key, row)
    for each in FIELDS:
        chosen = wanted.chosen.get(each.name, "")
        named = [found for row in some[each.name].values() if (found := each.named(row, world))]
        # What was chosen stays to be seen, also where nothing has it.
        if chosen and chosen not in some[each.name]:
            named.append(_unknown(each, chosen, every, world))
        choices = tuple(
            Choice(value, name, language, numbers[each.name][value], value == chosen)
            for value, name, language in sorted(named, key=lambda entry: (entry[1].casefold(), entry))
        )
        if len(choices) > 1 or chosen:
            yield Group(each.name, each.label, choices, bool(chosen))


def _unknown(each: Field, chosen: str, every: Iterable[Row], world: World) -> Named:
    row = next((row for row in every if each.key(row, world.held) == chosen), None)
    return (row and each.named(row, world)) or (chosen, _("something else"), "")


def _chips(wanted: Asked, groups: Iterable[Group]) -> Iterator[Chip]:
    if wanted.q:
        yield Chip(gettext_lazy("Words"), wanted.q, "", wanted.without("q"))
    for group in groups:
        for choice in group.choices:
            if choice.chosen:
                yield Chip(group.label, choice.name, choice.language, wanted.without(group.name))
    if wanted.since:
        yield Chip(gettext_lazy("Published from"), plain_day(wanted.since), "", wanted.without("since"))
    if wanted.until:
        yield Chip(gettext_lazy("Published until"), plain_day(wanted.until), "", wanted.without("until"))


def _corrected(every: Iterable[Row], most: int = 3) -> tuple[int, ...]:
    """Return what was corrected lately, the last one first."""
    lately = sorted((row for row in every if row.corrected and row.authoritative), key=lambda row: row.published_at)
    return tuple(row.pk for row in reversed(lately[-most:]))
