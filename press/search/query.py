"""Search public editions for words.

The results and their order depend on public editions only, so that no rank and no number reveals an unpublished text.
Texts with all words in their title come first. After that, newer texts come first, and among texts published at the
same moment those that have the words more often.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_

from django.db.models import Case, IntegerField, Q, Value, When

from press.published_texts.selectors import readable
from press.search import tokens
from press.search.full_text_index import Holds
from press.search.models import SearchEntry, SearchWord
from press.search.tokens import Wanted
from summit.summits.models import Summit

# The most editions that are ranked by relevance, and the weight of a match of all words in sequence.
RANKED, TOGETHER = 2_000, 5
# Returns the condition that the name of an edition's speaker or party has a word or, with True, a similar word. It
# returns None if no name has it.
Spoken = Callable[[Wanted, bool], Q | None]


@dataclass(frozen=True)
class SearchResult:
    """The result of a search.

    `editions` is a dict from primary keys of public editions to 1 or 0: 1 if the title, speaker or party has all
    words. `guessed` is true if no edition has the words themselves, and these editions have similar words.
    """

    wanted: tuple[Wanted, ...] = ()
    editions: dict[int, int] = field(default_factory=dict)
    guessed: bool = False
    # The number of editions that have all words, but not all quoted phrases.
    apart: int = 0


def ask(summit: Summit, query: str, languages: Sequence[str], spoken: Spoken) -> SearchResult:
    """Return the public editions that have all words of a query, or else all words or similar ones.

    `languages` are the languages of the texts. Makes one query if editions have the words, otherwise three. They are
    three whether or not there are similar words, since these may be those of a text under embargo.
    """
    wanted = tokens.wanted(query, languages)
    if not wanted or not languages:
        return SearchResult(tuple(wanted))
    editions = _matches(summit, wanted, [spoken(one, False) for one in wanted])
    if editions:
        return SearchResult(tuple(wanted), editions)
    guessed = _alike(summit, wanted)
    editions = _matches(summit, guessed, [spoken(one, True) for one in wanted])
    return SearchResult(tuple(guessed), editions, guessed=bool(editions))


def _matches(summit: Summit, wanted: Sequence[Wanted], named: Sequence[Q | None]) -> dict[int, int]:
    titled = Case(
        When(_holding("title_terms", wanted, named), then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    rows = readable(summit).filter(_holding("terms", wanted, named))
    return dict(rows.order_by().annotate(titled=titled).values_list("pk", "titled"))


def _holding(column: str, wanted: Sequence[Wanted], named: Sequence[Q | None]) -> Q:
    """Return the condition that an edition has each word in a column of the index, or in its speaker or party."""
    groups = [one.terms for one, own in zip(wanted, named, strict=True) if own is None]
    parts = [_entries(column, groups)] if groups else []
    parts += [_entries(column, [one.terms]) | own for one, own in zip(wanted, named, strict=True) if own is not None]
    return reduce(and_, parts)


def _entries(column: str, groups: Sequence[frozenset[str]]) -> Q:
    return Q(pk__in=SearchEntry.objects.filter(Holds(column, groups)).values("edition"))


def _alike(summit: Summit, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Return the wanted words, each with the terms of similar words in the summit's texts. Makes one query."""
    loose = [one for one in wanted if not one.spaceless and not one.word.isdigit()]
    if not loose:
        return list(wanted)
    trigrams = {trigram for one in loose for trigram in tokens.telling(one.word)}
    rows = SearchWord.objects.filter(Holds("trigrams", [trigrams]), summit=summit)
    known: dict[str, set[str]] = {}
    for word, language in rows.values_list("word", "language"):
        known.setdefault(word, set()).add(language)
    return [replace(one, terms=one.terms | _like(one.word, known)) if one in loose else one for one in wanted]


def _like(asked: str, known: dict[str, set[str]]) -> frozenset[str]:
    similar = tokens.alike(asked, known)
    return frozenset().union(*(tokens.forms(word, code, written=False) for word in similar for code in known[word]))


def as_quoted(found: SearchResult, query: str, said: Mapping[int, str]) -> SearchResult:
    """Return `found` without the editions in which one of the query's quoted phrases is missing.

    `said` is a dict from primary keys of editions to further text that may contain a phrase, such as the speaker's
    name. Makes one query if there are phrases.
    """
    phrases = tokens.phrases(query)
    if not phrases or not found.editions:
        return found
    rows = SearchEntry.objects.filter(edition__in=list(found.editions))
    holds = {phrase: Case(When(plain__contains=phrase, then=Value(1)), default=Value(0)) for phrase in phrases}
    named = {f"has_{number}": case for number, case in enumerate(holds.values())}
    plain_lines = {key: tokens.plain(names) for key, names in said.items()}
    remaining = {
        key: found.editions[key]
        for key, *flags in rows.annotate(**named).values_list("edition", *named)
        if all(flag or phrase in plain_lines.get(key, "") for phrase, flag in zip(phrases, flags, strict=True))
    }
    return replace(
        found,
        editions=remaining,
        guessed=found.guessed and bool(remaining),
        apart=len(found.editions) - len(remaining),
    )


def relevance(found: SearchResult, query: str, keys: Sequence[int]) -> dict[int, float]:
    """Return a dict from the keys of editions to how often they have the words of a query, per thousand words.

    Each place with all words in sequence counts TOGETHER times more. Makes one query. For a single edition and for
    more than RANKED editions the dict is empty, so that they stay in order of time.
    """
    if not found.wanted or not 1 < len(keys) <= RANKED:
        return {}
    loose = [one.word if one.spaceless else f" {one.word}" for one in found.wanted]
    together = " ".join(one.word for one in found.wanted if not one.spaceless)
    rows = SearchEntry.objects.filter(edition__in=keys, plain__isnull=False).values_list("edition", "plain")
    return {key: _density(plain or "", loose, f" {together}" if " " in together else "") for key, plain in rows}


def _density(plain: str, loose: Sequence[str], together: str) -> float:
    number = sum(map(plain.count, loose)) + (TOGETHER * plain.count(together) if together else 0)
    return 1000 * number / (1 + plain.count(" "))
