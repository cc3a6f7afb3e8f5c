"""The names of parties on pages, in lists, in letters and in data.

Names are those that the summit's host has approved. The names in the summit's first language are in `Party`, and
those in other languages in `PartyName`. Where there is none in a language, the first language's is used, and
`language` says so.
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
    """Parties' names in the reader's language, for parties of several summits. One or two queries for each summit."""

    def __init__(self) -> None:
        self._books: dict[int, Any] = {}

    def of(self, party: Party, summit: Summit) -> str:
        """Return the name of a party."""
        if summit.pk not in self._books:
            self._books[summit.pk] = book(summit, get_language() or summit.language)
        found = self._books[summit.pk].of(party)
        return str(found.name) if found else party.name


NEUTRAL = "neutral"
_FIELDS = ("name", "formal_name", "sort_key", "salutation", "footnote")


@dataclass(frozen=True)
class NamedParty:
    """A party's name and related texts in a language.

    `language` is the language of the texts: the requested one, or else the summit's first. `flag` is "" for none, an
    ISO 3166 code in capitals for the party's own, or "neutral". `salutation` is "" where the letter's template has to
    provide it, as always for a party that the host doesn't recognise.
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
        """The sort key for alphabetical order, which ignores capitals and accents."""
        plain = unicodedata.normalize("NFKD", self.sort_key.casefold())
        return "".join(letter for letter in plain if not unicodedata.combining(letter)), self.sort_key


@cache
def known_flags() -> frozenset[str]:
    """Return the codes of the countries that have a flag picture (static/flags/CODE.gif)."""
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


def _make(own: dict[str, Any], local: dict[str, Any] | None, *, first: str, language: str, flag: str) -> NamedParty:
    """Return a party's Named, from its texts in the first language (`own`) and in the requested one (`local`), if
    any."""
    if local is None or language == first:
        words, message = own, first
    else:
        # If a language has only the short name, it also serves as formal name and sort key, so that two languages
        # aren't mixed in a line. The footnote is used in the first language if need be: it is part of what was agreed
        # with the party.
        words = {
            "name": local["name"],
            "formal_name": local["formal_name"] or local["name"],
            "sort_key": local["sort_key"] or local["name"],
            "salutation": local["salutation"],
            "footnote": local["footnote"] or own["footnote"],
        }
        message = language
    recognised = own["recognised"]
    # The template's salutation is better than one in another language than the letter's.
    salutation = words["salutation"] if recognised and message == language else ""
    return NamedParty(
        name=words["name"],
        formal_name=words["formal_name"],
        sort_key=words["sort_key"],
        salutation=salutation,
        footnote=words["footnote"],
        flag=flag,
        language=message,
        recognised=recognised,
    )


def named(party: Party, *, policy: Policy, language: str) -> NamedParty:
    """Return a party's Named in a language. No query if its `names` are prefetched and its summit is joined."""
    own = {name: getattr(party, name) for name in (*_FIELDS, "recognised")}
    row = next((row for row in party.names.all() if row.language == language), None)
    local = None if row is None else {name: getattr(row, name) for name in _FIELDS}
    flag = _flag(rule=party.flag, code=party.iso_code, recognised=party.recognised, shown=policy.shows_flags)
    return _make(own, local, first=party.summit.language, language=language, flag=flag)


@dataclass(frozen=True)
class Book:
    """The names of a summit's parties in one language."""

    language: str
    by_key: dict[int, NamedParty] = field(default_factory=dict)
    # By the short name in the summit's first language, which frozen content uses.
    by_name: dict[str, NamedParty] = field(default_factory=dict)

    def of(self, party: Party | int | None, frozen: str = "") -> NamedParty | None:
        """Return the Named of a party, given as a row or primary key. Otherwise that of the party with the short name
        `frozen`, or None."""
        key = party.pk if isinstance(party, Party) else party
        return self.by_key.get(key or 0) or self.by_name.get(frozen)


def book(summit: Summit, language: str = "", *, parties: QuerySet[Party] | None = None) -> Book:
    """Return a Book of a summit's parties, or of `parties`, in a language or else the reader's. One query."""
    language = language or get_language() or summit.language
    rows = Party.objects.filter(summit=summit) if parties is None else parties
    found = Book(language)
    for key, name, named_as in _read(rows, language):
        found.by_key[key] = found.by_name[name] = named_as
    return found


def _read(parties: QuerySet[Party], language: str) -> Iterator[tuple[int, str, NamedParty]]:
    """Yield each party's primary key, its short name in the summit's first language, and its Named. One query."""
    local = [f"local__{name}" for name in _FIELDS]
    about = ("pk", *_FIELDS, "recognised", "flag", "iso_code", "summit__language", "summit__policy__shows_flags")
    for row in _localised(parties.order_by(), language).values(*about, "local__pk", *local):
        there = {name: row[f"local__{name}"] for name in _FIELDS} if row["local__pk"] else None
        flag = _flag(
            rule=row["flag"],
            code=row["iso_code"],
            recognised=row["recognised"],
            # Without a policy the defaults apply, which show flags.
            shown=row["summit__policy__shows_flags"] is not False,
        )
        first = row["summit__language"]
        yield row["pk"], row["name"], _make(row, there, first=first, language=language, flag=flag)


def to_readers(keys: Iterable[int]) -> dict[int, NamedParty]:
    """Return the names of parties of any summits in the reader's language, by primary key. One query."""
    rows = Party.objects.filter(pk__in=set(keys))
    return {key: named_as for key, _name, named_as in _read(rows, get_language() or "")}


def to_reader(party: Party) -> NamedParty:
    """Return the Named of one party in the reader's language. One query."""
    return to_readers([party.pk])[party.pk]


def call(parties: Iterable[Party]) -> None:
    """Set `reads_as` on parties: their Named in the reader's language, which pages use to name rows. One query."""
    rows = list(parties)
    names = to_readers(party.pk for party in rows) if rows else {}
    for party in rows:
        party.reads_as = names[party.pk]  # type: ignore[attr-defined]


def _localised(rows: QuerySet[Party], language: str) -> QuerySet[Party]:
    return rows.annotate(local=FilteredRelation("names", condition=Q(names__language=language)))


def reader_key(language: str) -> Coalesce:
    """Return an expression for a party's alphabetical key in a language."""
    theirs = PartyName.objects.filter(party=OuterRef("pk"), language=language).order_by()
    key = theirs.values(key=Coalesce(NullIf("sort_key", Value("")), "name"))
    return Coalesce(Subquery(key), "sort_key")


def in_order(rows: QuerySet[Party], language: str, *, protocol: bool = False) -> QuerySet[Party]:
    """Return parties in the alphabetical order of a language, as the database sorts, or in protocol order.

    In protocol order, parties without a rank follow by alphabet.
    """
    ranked = [F("protocol_order").asc(nulls_last=True)] if protocol else []
    return rows.annotate(reader_key=reader_key(language)).order_by(*ranked, "reader_key", "pk")


def kind_word(kind: str, *, says_country: bool) -> str:
    """Return the name of a kind of party. For a country it is "participant" if the summit doesn't say "country"."""
    if kind == PartyKind.COUNTRY and not says_country:
        return pgettext("kind of party", "participant")
    return str(PartyKind(kind).label)


def footnotes(names: Iterable[NamedParty]) -> Footnotes:
    """Return the footnotes of parties, numbered in the given order."""
    found = Footnotes()
    for name in names:
        found.mark(name)
    return found


def on_page(summit: Summit) -> dict[str, Any]:
    """Return template context to name a summit's parties in the reader's language. One query.

    `names` is a Book. `notes` collects the footnotes while the page is rendered.
    """
    return {"names": book(summit), "notes": Footnotes()}


def alone_on_page(party: Party) -> dict[str, Any]:
    """Return template context to name one party in the reader's language. One query.

    `names` and `notes` are as in `on_page`, `named` is the party's Named, and `mark` the mark of its footnote. Fetch
    the party with its summit.
    """
    names, notes = book(party.summit, parties=Party.objects.filter(pk=party.pk)), Footnotes()
    named = names.of(party)
    return {"names": names, "notes": notes, "named": named, "mark": notes.mark(named)}


class Books:
    """The names of a summit's parties in several languages. One query for each language.

    Languages given to the constructor are read at once, others when they are asked for.
    """

    def __init__(self, summit: Summit, languages: Iterable[str] = ()) -> None:
        self._summit = summit
        self._found: dict[str, Book] = {language: book(summit, language) for language in set(languages)}

    def of(self, party: Party | int | None, language: str) -> NamedParty | None:
        """Return the Named of a party in a language, or None for None."""
        return None if party is None else self.book(language).of(party)

    def book(self, language: str) -> Book:
        """Return the Book of a language."""
        if language not in self._found:
            self._found[language] = book(self._summit, language)
        return self._found[language]


def letter_facts(party: Party, *, policy: Policy, language: str) -> dict[str, Any]:
    """Return the facts about a party that are frozen with a letter.

    These are its names, its salutation ("" for the template's), its footnote, its flag, whether the host recognises
    it, and whether it is a delegation.
    """
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
    """Return a party as data: its id, its kind, its names and footnotes by language, and its flag or None.

    No query if its `names` are prefetched and its summit is joined.
    """
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
    """Return the parties of a summit as data, by primary key and by short name. Three queries.

    Frozen content refers to parties by short name.
    """
    policy = Policy.objects.of(summit)
    found: dict[int | str, dict[str, Any]] = {}
    for party in Party.objects.filter(summit=summit).select_related("summit").prefetch_related("names"):
        found[party.pk] = found[party.name] = as_data(party, policy=policy)
    return found
