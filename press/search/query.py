"""Looks for words among what everybody may read.

What is found, its order and what is guessed depend on public editions alone: a text's words are compared with those
that are asked for and with nothing else, so that no rank and no number tells of a text that isn't out. Those with all
words in their title come first, then the newest; of what came out at one moment what has most of the words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_

from django.db.models import Case, IntegerField, Q, Value, When

from press.published_texts.selectors import readable
from press.search import tokens
from press.search.models import SearchEntry, SearchWord
from press.search.tokens import Wanted
from summit.core.word_index import Holds
from summit.summits.models import Summit

# So many are put in order by how much they have; and how many times a word counts what stands together.
RANKED, TOGETHER = 2_000, 5
# From a word to the condition on editions that their speaker or the party has it, or with True one like it; None
# where nobody has.
Spoken = Callable[[Wanted, bool], Q | None]


@dataclass(frozen=True)
class Found:
    """What was looked for, and the public editions that have it: 1 where their title or speaker has all, else 0.
    `guessed`: nothing has the words themselves, and these have some like them."""

    wanted: tuple[Wanted, ...] = ()
    editions: dict[int, int] = field(default_factory=dict)
    guessed: bool = False
    # How many have the words, but not as they stand in the quotation marks.
    apart: int = 0


def ask(summit: Summit, query: str, languages: Iterable[str], spoken: Spoken) -> Found:
    """Return what has all words of a query. `languages` are those of the texts. One query where something has them,
    three at most."""
    known = sorted(set(languages))
    wanted = tokens.wanted(query, known)
    if not wanted or not known:
        return Found(tuple(wanted))
    found = _matches(summit, wanted, [spoken(one, False) for one in wanted])
    if found:
        return Found(tuple(wanted), found)
    guessed, named = _alike(summit, wanted, known), [spoken(one, True) for one in wanted]
    if guessed == wanted and not any(named):
        return Found(tuple(wanted))
    return Found(tuple(guessed), _matches(summit, guessed, named), guessed=True)


def _matches(summit: Summit, wanted: Sequence[Wanted], named: Sequence[Q | None]) -> dict[int, int]:
    titled = Case(
        When(_holding("title_terms", wanted, named), then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    rows = readable(summit).filter(_holding("terms", wanted, named))
    return dict(rows.order_by().annotate(titled=titled).values_list("pk", "titled"))


def _holding(column: str, wanted: Sequence[Wanted], named: Sequence[Q | None]) -> Q:
    """Return the condition on editions that each word stands in their column, or is the speaker's."""
    groups = [one.terms for one, own in zip(wanted, named, strict=True) if own is None]
    parts = [_entries(column, groups)] if groups else []
    parts += [_entries(column, [one.terms]) | own for one, own in zip(wanted, named, strict=True) if own is not None]
    return reduce(and_, parts)


def _entries(column: str, groups: Sequence[frozenset[str]]) -> Q:
    return Q(pk__in=SearchEntry.objects.filter(Holds(column, groups)).values("edition"))


def _alike(summit: Summit, wanted: Sequence[Wanted], languages: Sequence[str]) -> list[Wanted]:
    """Return what is looked for with the words that are like it. One query."""
    loose = [one for one in wanted if not one.spaceless and not one.word.isdigit()]
    if not loose:
        return list(wanted)
    some = {trigram for one in loose for trigram in tokens.telling(one.word)}
    rows = SearchWord.objects.filter(Holds("trigrams", [some]), summit=summit, language__in=languages)
    known: dict[str, set[str]] = {}
    for word, language in rows.values_list("word", "language"):
        known.setdefault(word, set()).add(language)
    return [replace(one, terms=one.terms | _like(one.word, known)) if one in loose else one for one in wanted]


def _like(asked: str, known: dict[str, set[str]]) -> frozenset[str]:
    found = tokens.alike(asked, known)
    return frozenset().union(*(tokens.forms(word, code, written=False) for word in found for code in known[word]))


def as_quoted(found: Found, query: str, said: Mapping[int, str]) -> Found:
    """Return of what was found what has each phrase in quotation marks as it stands there, in its words or in what is
    `said` of it, such as the speaker's name, by the edition's key. One query where there are phrases."""
    phrases = tokens.phrases(query)
    if not phrases or not found.editions:
        return found
    rows = SearchEntry.objects.filter(edition__in=list(found.editions))
    holds = {phrase: Case(When(plain__contains=phrase, then=Value(1)), default=Value(0)) for phrase in phrases}
    named = {f"has_{number}": case for number, case in enumerate(holds.values())}
    spoken = {key: tokens.plain(names) for key, names in said.items()}
    kept = {
        key: found.editions[key]
        for key, *have in rows.annotate(**named).values_list("edition", *named)
        if all(has or phrase in spoken.get(key, "") for phrase, has in zip(phrases, have, strict=True))
    }
    return replace(found, editions=kept, guessed=found.guessed and bool(kept), apart=len(found.editions) - len(kept))


def relevance(found: Found, query: str, keys: Sequence[int]) -> dict[int, float]:
    """Return how much of what was looked for editions have: how often they have its words, those that stand together
    as they were asked for several times, for each thousand words. One query, of at most RANKED editions: of more the
    newest come first, as they are."""
    if not found.wanted or not 1 < len(keys) <= RANKED:
        return {}
    loose = [one.word if one.spaceless else f" {one.word}" for one in found.wanted]
    together = " ".join(one.word for one in found.wanted if not one.spaceless)
    rows = SearchEntry.objects.filter(edition__in=keys, plain__isnull=False).values_list("edition", "plain")
    return {key: _density(plain or "", loose, f" {together}" if " " in together else "") for key, plain in rows}


def _density(plain: str, loose: Sequence[str], together: str) -> float:
    number = sum(map(plain.count, loose)) + (TOGETHER * plain.count(together) if together else 0)
    return 1000 * number / (1 + plain.count(" "))
