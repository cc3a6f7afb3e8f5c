"""Filter the lists of the press site by words, day, kind, speaker, party, session, topic and language.

All choices and numbers of texts are computed from public texts only, so that they reveal nothing else. The parameters
in URLs have a fixed order, so that each combination of filters has one URL.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.selectors.party_names import Book
from press.published_texts import selectors
from press.search import documents, query
from press.search.documents import DocumentRow, Public, found_among, public, spoken
from press.search.fields import FIELDS, Field, World
from press.search.params import NAMES, SearchParams
from press.search.query import SearchResult
from summit.core.date_formats import plain_day
from summit.public_base.page_version import read_version
from summit.summits.models import Summit

# From the name of each field to the number of texts that each of its values would show.
Numbers = dict[str, Counter[str]]


@dataclass(frozen=True)
class Choice:
    """A value of a filter, its name, and the number of texts that the list would show if it were chosen."""

    value: str
    name: str
    language: str
    number: int
    chosen: bool


@dataclass(frozen=True)
class TextFilterGroup:
    """A field of the filter, and the values that readers can choose. `chosen` is true if one of them is chosen."""

    name: str
    label: Any
    choices: tuple[Choice, ...]
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is active. `left` has the other active filters, for the link that removes this one."""

    label: Any
    name: str
    language: str
    left: SearchParams


@dataclass(frozen=True)
class FilterResult:
    """The result of filtering a list.

    `keys` are the primary keys of the public editions that match, in order. `groups` are the choices, and `chips` the
    active filters. `found` is the result of the word search. `corrected` are the keys of lately corrected editions,
    if nothing is filtered.
    """

    asked: SearchParams
    keys: tuple[int, ...]
    groups: tuple[TextFilterGroup, ...]
    chips: tuple[Chip, ...]
    found: SearchResult
    corrected: tuple[int, ...]


def narrowed(summit: Summit, wanted: SearchParams, names: Book) -> FilterResult:
    """Return the public editions of a summit that match all filters, in order, with the choices.

    Texts with the searched words in their title come first. After that, newer texts come first, and among texts
    published at the same moment those that have the words more often. Makes at most five queries, and with searched
    words at most eight more.
    """
    result, base = _found(summit, wanted)
    rows, numbers = _count(base.rows, wanted, base, summit)
    scores = query.relevance(result, wanted.q, _tied(rows))
    rows.sort(
        key=lambda row: (result.editions.get(row.pk, 0), row.first_published_at, scores.get(row.pk, 0), row.pk),
        reverse=True,
    )
    groups = tuple(_groups(numbers, wanted, World(summit, names, base)))
    return FilterResult(
        asked=wanted,
        keys=tuple(row.pk for row in rows),
        groups=groups,
        chips=tuple(_chips(wanted, groups)),
        found=result,
        corrected=() if wanted else _corrected(base.rows),
    )


def all_keys(summit: Summit, wanted: SearchParams) -> list[int]:
    """Return the primary keys of the public editions that match all filters, unordered.

    Makes as many queries as `narrowed`.
    """
    base = _found(summit, wanted)[1]
    return [row.pk for row in _count(base.rows, wanted, base, summit)[0]]


def changed_last(summit: Summit, wanted: SearchParams, most: int) -> list[int]:
    """Return the primary keys of the public editions that match all filters, the last changed first, at most `most`.

    A change is a publication, correction or withdrawal. Makes as many queries as `narrowed`, or two if nothing is
    filtered.
    """
    if not wanted:
        return selectors.changed_last(summit, most)
    base = _found(summit, wanted)[1]
    rows = _count(base.rows, wanted, base, summit)[0]
    return [row.pk for row in sorted(rows, key=lambda row: (row.changed_at, row.pk), reverse=True)[:most]]


def _found(summit: Summit, wanted: SearchParams) -> tuple[SearchResult, Public]:
    """Return the result of the word search, and the public editions that it found: all of them without words."""
    if not wanted.q:
        return SearchResult(), public(summit)
    version = read_version(summit.slug)
    known = documents.names(summit, version)
    result = query.ask(summit, wanted.q, known.languages, spoken(known))
    base = found_among(summit, result.editions, version)
    result = query.as_quoted(result, wanted.q, {row.pk: row.speaker_lines for row in base.rows})
    return result, replace(base, rows=tuple(row for row in base.rows if row.pk in result.editions))


def _tied(rows: Iterable[DocumentRow]) -> list[int]:
    """Return the keys of the rows that have the same time of publication as another row."""
    at: dict[datetime, list[int]] = {}
    for row in rows:
        at.setdefault(row.first_published_at, []).append(row.pk)
    return [key for keys in at.values() if len(keys) > 1 for key in keys]


def _one_each(base: Iterable[DocumentRow], wanted: SearchParams) -> set[int]:
    """Return the keys of the editions that represent their texts if no language is chosen.

    They are the editions in the authoritative languages. In a search, `base` has only editions with the words. So a
    text without the words in its authoritative language is represented by the first language that has them.
    """
    if not wanted.q:
        return {row.pk for row in base if row.authoritative}
    best: dict[int, tuple[bool, str, int]] = {}
    for row in base:
        rank = (not row.authoritative, row.language, row.pk)
        best[row.text] = min(rank, best.get(row.text, rank))
    return {key for _authoritative, _language, key in best.values()}


def _count(
    base: Sequence[DocumentRow], wanted: SearchParams, everything: Public, summit: Summit
) -> tuple[list[DocumentRow], Numbers]:
    """Return the rows that match all filters, and how many texts each value of each field would show."""
    numbers: Numbers = {name: Counter() for name in NAMES}
    language, others = wanted.chosen.get("language"), [each for each in FIELDS if each.name != "language"]
    inside, one_each = _inside(wanted, summit), _one_each(base, wanted)
    matching = []
    for row in base:
        if not inside(row.first_published_at):
            continue
        keys = {each.name: each.keys(row, everything) for each in others}
        unmatched = [name for name, own in keys.items() if name in wanted.chosen and wanted.chosen[name] not in own]
        if not unmatched:
            numbers["language"][row.language] += 1
        if not (row.language == language if language else row.pk in one_each):
            continue
        if not unmatched:
            matching.append(row)
        for name, own in keys.items():
            if not unmatched or unmatched == [name]:
                for key in own:
                    numbers[name][key] += 1
    return matching, numbers


def _inside(wanted: SearchParams, summit: Summit) -> Callable[[datetime], bool]:
    """Return a function that returns whether a moment is within the chosen days in the venue's time zone."""
    first = datetime.combine(wanted.since or date.min, time(), summit.zone) if wanted.since else None
    after = datetime.combine(wanted.until + timedelta(days=1), time(), summit.zone) if wanted.until else None
    return lambda moment: (first is None or first <= moment) and (after is None or moment < after)


def _groups(numbers: Numbers, wanted: SearchParams, world: World) -> Iterator[TextFilterGroup]:
    rows_by_value: dict[str, dict[str, DocumentRow]] = {name: {} for name in NAMES}
    for row in world.public.rows:
        for field in FIELDS:
            for key in field.keys(row, world.public):
                # The chosen value stays visible even if no text has it.
                if numbers[field.name][key] or wanted.chosen.get(field.name) == key:
                    rows_by_value[field.name].setdefault(key, row)
    for field in FIELDS:
        chosen = wanted.chosen.get(field.name, "")
        named = [(key, *field.named(row, key, world)) for key, row in rows_by_value[field.name].items()]
        if chosen and chosen not in rows_by_value[field.name]:
            named.append(_named_by_all(field, chosen, world))
        choices = tuple(
            Choice(key, name, language, numbers[field.name][key], key == chosen)
            for key, name, language in sorted(named, key=lambda entry: (entry[1].casefold(), entry))
        )
        if len(choices) > 1 or chosen:
            yield TextFilterGroup(field.name, field.label, choices, bool(chosen))


def _named_by_all(field: Field, chosen: str, world: World) -> tuple[str, str, str]:
    """Return a chosen value with its name and language, which any public text may have, found or not."""
    everything = public(world.summit)
    row = next((row for row in everything.rows if chosen in field.keys(row, everything)), None)
    if row is None:
        return chosen, _("other"), ""
    return (chosen, *field.named(row, chosen, replace(world, public=everything)))


def _chips(wanted: SearchParams, groups: Iterable[TextFilterGroup]) -> Iterator[Chip]:
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


def _corrected(rows: Iterable[DocumentRow], most: int = 3) -> tuple[int, ...]:
    """Return the keys of the last corrected editions in authoritative languages, newest first, at most `most`."""
    corrected = sorted((row for row in rows if row.corrected and row.authoritative), key=lambda row: row.published_at)
    return tuple(row.pk for row in reversed(corrected[-most:]))
