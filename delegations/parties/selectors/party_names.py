"""What a party is called, everywhere: on pages, in lists, in letters and in data.

Names are those that the summit's host has approved: in the summit's first language they stand with the party, in
others with `PartyName`. Where there is none in a language, the first language's stands, and says so by `language`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language, pgettext

from delegations.parties.models.parties import FlagRule, Party, PartyKind, PartyName
from delegations.parties.models.policy import Policy
from delegations.parties.selectors.footnotes import Footnotes
from summit.summits.models import Summit


class NamesBySummit:
    """What parties are called in the reader's language: a query or two for each summit."""

    def __init__(self) -> None:
        self._books: dict[int, Any] = {}

    def of(self, party: Party, summit: Summit) -> str:
        """Return the name."""
        if summit.pk not in self._books:
            self._books[summit.pk] = book(summit, get_language() or summit.language)
        found = self._books[summit.pk].of(party)
        return str(found.name) if found else party.name


NEUTRAL = "neutral"
_FIELDS = ("name", "formal_name", "sort_key", "salutation", "footnote")


@dataclass(frozen=True)
class Named:
    """A party as it is named in a language.

    `language` is that of the words: the one asked for, or else the summit's first. `flag` is "" for none, an ISO 3166
    code in capitals for the party's own, or "neutral". `salutation` is "" where the letter's template has it: always
    for a party that the host doesn't recognise.
    """

    name: str
    formal_name: str
    sort_key: str
    salutation: str
    footnote: str
    flag: str
    language: str
    recognised: bool = True

    @property
    def alphabetical(self) -> tuple[str, str]:
        """The key by which parties stand in the order of the alphabet: neither capitals nor accents count."""
        plain = unicodedata.normalize("NFKD", self.sort_key.casefold())
        return "".join(letter for letter in plain if not unicodedata.combining(letter)), self.sort_key


@cache
def known_flags() -> frozenset[str]:
    """Return the codes of the countries of which there is a picture of the flag (static/flags/CODE.gif)."""
    folder = resources.files("django_countries") / "static" / "flags"
    stems = (entry.name.removesuffix(".gif") for entry in folder.iterdir() if entry.name.endswith(".gif"))
    return frozenset(stem.upper() for stem in stems if len(stem) == 2 and stem.isalpha())


def _flag(*, rule: str, code: str, recognised: bool, shown: bool) -> str:
    if not shown:
        return ""
    if rule == FlagRule.NEUTRAL:
        return NEUTRAL
    own = rule == FlagRule.OWN and recognised and code.upper() in known_flags()
    return code.upper() if own else ""


def _make(own: dict[str, Any], local: dict[str, Any] | None, *, first: str, language: str, flag: str) -> Named:
    """Put a name together: `own` in the first language, `local` in the one asked for where there is one."""
    if local is None or language == first:
        words, said = own, first
    else:
        # Where only the short name is given in a language, it stands for the others: two languages in one line help
        # nobody. A footnote is part of what was agreed and never left out.
        words = {
            "name": local["name"],
            "formal_name": local["formal_name"] or local["name"],
            "sort_key": local["sort_key"] or local["name"],
            "salutation": local["salutation"],
            "footnote": local["footnote"] or own["footnote"],
        }
        said = language
    recognised = own["recognised"]
    # A salutation in another language than the letter's would be worse than the template's.
    salutation = words["salutation"] if recognised and said == language else ""
    return Named(
        name=words["name"],
        formal_name=words["formal_name"],
        sort_key=words["sort_key"],
        salutation=salutation,
        footnote=words["footnote"],
        flag=flag,
        language=said,
        recognised=recognised,
    )


def named(party: Party, *, policy: Policy, language: str) -> Named:
    """Return how a party is named in a language. No query where its `names` are prefetched and its summit joined."""
    own = {name: getattr(party, name) for name in (*_FIELDS, "recognised")}
    row = next((row for row in party.names.all() if row.language == language), None)
    local = None if row is None else {name: getattr(row, name) for name in _FIELDS}
    flag = _flag(rule=party.flag, code=party.iso_code, recognised=party.recognised, shown=policy.shows_flags)
    return _make(own, local, first=party.summit.language, language=language, flag=flag)


@dataclass(frozen=True)
class Book:
    """The parties of a summit as they are named in one language, by their primary keys."""

    language: str
    by_key: dict[int, Named] = field(default_factory=dict)
    # By the short name in the summit's first language, as what is frozen calls them.
    by_name: dict[str, Named] = field(default_factory=dict)

    def of(self, party: Party | int | None, frozen: str = "") -> Named | None:
        """Return a party by itself or its primary key; else the one that is called `frozen`; else None."""
        key = party.pk if isinstance(party, Party) else party
        return self.by_key.get(key or 0) or self.by_name.get(frozen)


def book(summit: Summit, language: str = "", *, parties: QuerySet[Party] | None = None) -> Book:
    """Return how the parties of a summit (or those of a query) are named in a language, the reader's unless it is
    given. One query."""
    language = language or get_language() or summit.language
    rows = Party.objects.filter(summit=summit) if parties is None else parties
    found = Book(language)
    for key, name, named_as in _read(rows, language):
        found.by_key[key] = found.by_name[name] = named_as
    return found


def _read(parties: QuerySet[Party], language: str) -> Iterator[tuple[int, str, Named]]:
    """Yield the key, the short name in the summit's first language, and the name in this one. One query."""
    local = [f"local__{name}" for name in _FIELDS]
    about = ("pk", *_FIELDS, "recognised", "flag", "iso_code", "summit__language", "summit__policy__shows_flags")
    for row in _localised(parties.order_by(), language).values(*about, "local__pk", *local):
        there = {name: row[f"local__{name}"] for name in _FIELDS} if row["local__pk"] else None
        flag = _flag(
            rule=row["flag"],
            code=row["iso_code"],
            recognised=row["recognised"],
            # A summit without a policy has the usual one, which shows them.
            shown=row["summit__policy__shows_flags"] is not False,
        )
        first = row["summit__language"]
        yield row["pk"], row["name"], _make(row, there, first=first, language=language, flag=flag)


def to_readers(keys: Iterable[int]) -> dict[int, Named]:
    """Return how parties of any summits are named in the reader's language, by their primary keys. One query."""
    rows = Party.objects.filter(pk__in=set(keys))
    return {key: named_as for key, _name, named_as in _read(rows, get_language() or "")}


def to_reader(party: Party) -> Named:
    """Return how one party is named in the reader's language. One query."""
    return to_readers([party.pk])[party.pk]


def call(parties: Iterable[Party]) -> None:
    """Let parties say how the reader's language names them: `reads_as`, by which pages name a row. One query."""
    rows = list(parties)
    names = to_readers(party.pk for party in rows) if rows else {}
    for party in rows:
        party.reads_as = names[party.pk]  # type: ignore[attr-defined]


def _localised(rows: QuerySet[Party], language: str) -> QuerySet[Party]:
    return rows.annotate(local=FilteredRelation("names", condition=Q(names__language=language)))


def reader_key(language: str) -> Coalesce:
    """Return the expression of a party's alphabetical key in a language."""
    theirs = PartyName.objects.filter(party=OuterRef("pk"), language=language).order_by()
    key = theirs.values(key=Coalesce(NullIf("sort_key", Value("")), "name"))
    return Coalesce(Subquery(key), "sort_key")


def in_order(rows: QuerySet[Party], language: str, *, protocol: bool = False) -> QuerySet[Party]:
    """Order parties by their alphabetical keys in a language, as the database compares them, or in protocol order:
    those that are ranked by hand first, the others by alphabet after them."""
    ranked = [F("protocol_order").asc(nulls_last=True)] if protocol else []
    return rows.annotate(reader_key=reader_key(language)).order_by(*ranked, "reader_key", "pk")


def kind_word(kind: str, *, says_country: bool) -> str:
    """Return what a kind of party is called; where the summit doesn't say "country", those are participants."""
    if kind == PartyKind.COUNTRY and not says_country:
        return pgettext("kind of party", "participant")
    return str(PartyKind(kind).label)


def footnotes(names: Iterable[Named]) -> Footnotes:
    """Return the footnotes of parties, in the order in which they are named."""
    found = Footnotes()
    for name in names:
        found.mark(name)
    return found


def on_page(summit: Summit) -> dict[str, Any]:
    """Return what a page needs to name parties in the reader's language: `names`, a Book, and `notes`, in which the
    page's footnotes gather as it is rendered. One query."""
    return {"names": book(summit), "notes": Footnotes()}


def alone_on_page(party: Party) -> dict[str, Any]:
    """Return what a page needs that names one party, whose summit is joined: `names`, `notes` as they gather,
    `named` and `mark`, the mark of its footnote. One query."""
    names, notes = book(party.summit, parties=Party.objects.filter(pk=party.pk)), Footnotes()
    named = names.of(party)
    return {"names": names, "notes": notes, "named": named, "mark": notes.mark(named)}


class Books:
    """The parties of a summit in whatever languages they are asked for, or at once in those that are given: one query
    for each language."""

    def __init__(self, summit: Summit, languages: Iterable[str] = ()) -> None:
        self._summit = summit
        self._found: dict[str, Book] = {language: book(summit, language) for language in set(languages)}

    def of(self, party: Party | int | None, language: str) -> Named | None:
        """Return how a party is named in a language, None for none."""
        return None if party is None else self.book(language).of(party)

    def book(self, language: str) -> Book:
        """Return how all of them are named in a language."""
        if language not in self._found:
            self._found[language] = book(self._summit, language)
        return self._found[language]


def letter_facts(party: Party, *, policy: Policy, language: str) -> dict[str, Any]:
    """Return what a letter says of a party, to be frozen: its names, its salutation ("" for the template's), its
    footnote, its flag, and whether it is written to with a style."""
    name = named(party, policy=policy, language=language)
    return {
        "party": name.name,
        "formal_name": name.formal_name,
        "party_language": name.language,
        "party_salutation": name.salutation,
        "footnote": name.footnote,
        "flag": name.flag,
        "recognised": name.recognised,
        "is_delegation": party.is_delegation,
    }


def as_data(party: Party, *, policy: Policy) -> dict[str, Any]:
    """Return a party as data: its id, its kind, its names and footnotes by language, its flag. No query where its
    `names` are prefetched and its summit is joined. A party without a flag has None."""
    first = party.summit.language
    languages = [first, *sorted({row.language for row in party.names.all()} - {first})]
    names = {language: named(party, policy=policy, language=language) for language in languages}
    kind = "participant" if party.kind == PartyKind.COUNTRY and not policy.says_country else party.kind
    return {
        "id": party.public_id,
        "kind": kind,
        "names": {
            language: {"name": name.name, "formal_name": name.formal_name, "sort_key": name.sort_key}
            for language, name in names.items()
        },
        "footnotes": {language: name.footnote for language, name in names.items() if name.footnote},
        "flag": names[first].flag or None,
    }


def all_as_data(summit: Summit) -> dict[int | str, dict[str, Any]]:
    """Return the parties of a summit as data, by their primary keys and by what is frozen of their names. Three
    queries."""
    policy = Policy.objects.of(summit)
    found: dict[int | str, dict[str, Any]] = {}
    for party in Party.objects.filter(summit=summit).select_related("summit").prefetch_related("names"):
        found[party.pk] = found[party.name] = as_data(party, policy=policy)
    return found
