"""The names of parties on pages, in lists, in letters and in data.

The summit's host has approved all names. `Party` has the names in the summit's first language, and `PartyName` those
in other languages. If a party has no name in a language, the name in the first language is used, and `language` says
so.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language, pgettext

from delegations.parties.flags import NEUTRAL, known_flags
from delegations.parties.models.parties import FlagRule, Party, PartyKind, PartyName
from delegations.parties.models.policy import Policy
from delegations.parties.selectors.footnotes import Footnotes
from summit.summits.models import Summit


class NamesBySummit:
    """Names of parties of several summits, in the reader's language.

    Makes one or two queries for each summit.
    """

    def __init__(self) -> None:
        self._books: dict[int, Any] = {}

    def of(self, party: Party, summit: Summit) -> str:
        """Return the name of a party of this summit, in the reader's language."""
        if summit.pk not in self._books:
            self._books[summit.pk] = book(summit, get_language() or summit.language)
        found = self._books[summit.pk].of(party)
        return str(found.name) if found else party.name


_FIELDS = ("name", "formal_name", "sort_key", "salutation", "footnote")


@dataclass(frozen=True)
class NamedParty:
    """A party's name and related texts in a language.

    `language` is the language of the texts: the requested one, or else the summit's first. `flag` is an ISO 3166 code
    in capitals for the party's own flag, "neutral", or "" for none. `salutation` is "" if the letter's template has
    to provide it. It always is for a party that the host doesn't recognise.
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


def _flag(*, rule: str, code: str, recognised: bool, shown: bool) -> str:
    if not shown:
        return ""
    if rule == FlagRule.NEUTRAL:
        return NEUTRAL
    shows_own = rule == FlagRule.OWN and recognised and code.upper() in known_flags()
    return code.upper() if shows_own else ""


def _make(
    first_texts: dict[str, Any], local: dict[str, Any] | None, *, first: str, language: str, flag: str
) -> NamedParty:
    """Return the NamedParty of a party.

    `first_texts` holds the party's texts in the first language, and `local` those in the requested language, or None.
    """
    if local is None or language == first:
        texts, text_language = first_texts, first
    else:
        # If a language has only the short name, this name also serves as formal name and sort key, so that a line
        # doesn't mix two languages. A missing footnote is taken from the first language, because it was agreed with
        # the party.
        texts = {
            "name": local["name"],
            "formal_name": local["formal_name"] or local["name"],
            "sort_key": local["sort_key"] or local["name"],
            "salutation": local["salutation"],
            "footnote": local["footnote"] or first_texts["footnote"],
        }
        text_language = language
    recognised = first_texts["recognised"]
    # A salutation in another language than the letter's isn't used: the template's is better.
    salutation = texts["salutation"] if recognised and text_language == language else ""
    return NamedParty(
        name=texts["name"],
        formal_name=texts["formal_name"],
        sort_key=texts["sort_key"],
        salutation=salutation,
        footnote=texts["footnote"],
        flag=flag,
        language=text_language,
        recognised=recognised,
    )


def named(party: Party, *, policy: Policy, language: str) -> NamedParty:
    """Return the NamedParty of a party in a language.

    Makes no query if the party's `names` are prefetched and its summit is joined.
    """
    texts = {name: getattr(party, name) for name in (*_FIELDS, "recognised")}
    row = next((row for row in party.names.all() if row.language == language), None)
    local = None if row is None else {name: getattr(row, name) for name in _FIELDS}
    flag = _flag(rule=party.flag, code=party.iso_code, recognised=party.recognised, shown=policy.shows_flags)
    return _make(texts, local, first=party.summit.language, language=language, flag=flag)


@dataclass(frozen=True)
class Book:
    """The names of a summit's parties in one language."""

    language: str
    by_key: dict[int, NamedParty] = field(default_factory=dict)
    # By the short name in the summit's first language, which frozen content uses.
    by_name: dict[str, NamedParty] = field(default_factory=dict)

    def of(self, party: Party | int | None, frozen: str = "") -> NamedParty | None:
        """Return the NamedParty of a party, given as a row or a primary key.

        If it isn't found, return that of the party with the short name `frozen`, or None.
        """
        key = party.pk if isinstance(party, Party) else party
        return self.by_key.get(key or 0) or self.by_name.get(frozen)


def book(summit: Summit, language: str = "", *, parties: QuerySet[Party] | None = None) -> Book:
    """Return a Book with the parties of a summit, or only with `parties`. Makes one query.

    The names are in `language`, or else in the reader's language.
    """
    language = language or get_language() or summit.language
    rows = Party.objects.filter(summit=summit) if parties is None else parties
    found = Book(language)
    for key, name, named_as in _read(rows, language):
        found.by_key[key] = found.by_name[name] = named_as
    return found


def _read(parties: QuerySet[Party], language: str) -> Iterator[tuple[int, str, NamedParty]]:
    """Yield each party's primary key, its short name in the summit's first language, and its NamedParty.

    Makes one query.
    """
    local_columns = [f"local__{name}" for name in _FIELDS]
    columns = ("pk", *_FIELDS, "recognised", "flag", "iso_code", "summit__language", "summit__policy__shows_flags")
    for row in _localised(parties.order_by(), language).values(*columns, "local__pk", *local_columns):
        local_texts = {name: row[f"local__{name}"] for name in _FIELDS} if row["local__pk"] else None
        flag = _flag(
            rule=row["flag"],
            code=row["iso_code"],
            recognised=row["recognised"],
            # Without a policy the defaults apply, which show flags.
            shown=row["summit__policy__shows_flags"] is not False,
        )
        first = row["summit__language"]
        yield row["pk"], row["name"], _make(row, local_texts, first=first, language=language, flag=flag)


def to_readers(keys: Iterable[int]) -> dict[int, NamedParty]:
    """Return a dict from primary keys to the parties' NamedParty in the reader's language. Makes one query.

    The parties may be of several summits.
    """
    rows = Party.objects.filter(pk__in=set(keys))
    return {key: named_as for key, _name, named_as in _read(rows, get_language() or "")}


def to_reader(party: Party) -> NamedParty:
    """Return the NamedParty of one party in the reader's language. Makes one query."""
    return to_readers([party.pk])[party.pk]


def choice_labels(parties: Iterable[Party]) -> dict[int, str]:
    """Return a dict from primary keys to the parties' short names in the reader's language. Makes one query."""
    return {key: named_as.name for key, named_as in to_readers(party.pk for party in parties).items()}


def call(parties: Iterable[Party]) -> None:
    """Set `reads_as` on parties: the NamedParty in the reader's language, by which pages name rows.

    Makes one query.
    """
    rows = list(parties)
    names = to_readers(party.pk for party in rows) if rows else {}
    for party in rows:
        party.reads_as = names[party.pk]  # type: ignore[attr-defined]


def _localised(rows: QuerySet[Party], language: str) -> QuerySet[Party]:
    return rows.annotate(local=FilteredRelation("names", condition=Q(names__language=language)))


def reader_key(language: str) -> Coalesce:
    """Return an expression for a party's alphabetical key in a language."""
    localised = PartyName.objects.filter(party=OuterRef("pk"), language=language).order_by()
    key = localised.values(key=Coalesce(NullIf("sort_key", Value("")), "name"))
    return Coalesce(Subquery(key), "sort_key")


def in_order(rows: QuerySet[Party], language: str, *, protocol: bool = False) -> QuerySet[Party]:
    """Return parties in the alphabetical order of a language, as the database sorts.

    With `protocol`, they are in protocol order, and parties without a rank follow by alphabet.
    """
    ranked = [F("protocol_order").asc(nulls_last=True)] if protocol else []
    return rows.annotate(reader_key=reader_key(language)).order_by(*ranked, "reader_key", "pk")


def kind_word(kind: str, *, says_country: bool) -> str:
    """Return the name of a kind of party in the active language.

    If the summit doesn't say "country", the name for a country is "participant".
    """
    if kind == PartyKind.COUNTRY and not says_country:
        return pgettext("kind of party", "participant")
    return str(PartyKind(kind).label)


def footnotes(names: Iterable[NamedParty]) -> Footnotes:
    """Return the footnotes of these parties, numbered in the given order."""
    found = Footnotes()
    for name in names:
        found.mark(name)
    return found


def on_page(summit: Summit) -> dict[str, Any]:
    """Return the template context by which a page names a summit's parties in the reader's language. Makes one query.

    `names` is a Book. `notes` collects the footnotes while the page is rendered.
    """
    return {"names": book(summit), "notes": Footnotes()}


def alone_on_page(party: Party) -> dict[str, Any]:
    """Return the template context by which a page names one party in the reader's language. Makes one query.

    `names` is a Book of this party, `notes` has its footnote, `named` is its NamedParty, and `mark` is the mark of
    the footnote. The caller fetches the party with its summit.
    """
    names, notes = book(party.summit, parties=Party.objects.filter(pk=party.pk)), Footnotes()
    named = names.of(party)
    return {"names": names, "notes": notes, "named": named, "mark": notes.mark(named)}


class Books:
    """The names of a summit's parties in several languages. Makes one query for each language.

    The languages given to the constructor are read at once, and others when they are first needed.
    """

    def __init__(self, summit: Summit, languages: Iterable[str] = ()) -> None:
        self._summit = summit
        self._found: dict[str, Book] = {language: book(summit, language) for language in set(languages)}

    def of(self, party: Party | int | None, language: str) -> NamedParty | None:
        """Return the NamedParty of a party in a language, or None if `party` is None or unknown."""
        return None if party is None else self.book(language).of(party)

    def book(self, language: str) -> Book:
        """Return the Book of a language. Makes one query if the language wasn't read before."""
        if language not in self._found:
            self._found[language] = book(self._summit, language)
        return self._found[language]


def letter_facts(party: Party, *, policy: Policy, language: str) -> dict[str, Any]:
    """Return the facts about a party that are frozen with a letter.

    These are the party's names, its salutation ("" if the template provides it), its footnote and its flag. They also
    say whether the host recognises the party, and whether it is a delegation.
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

    Makes no query if the party's `names` are prefetched and its summit is joined.
    """
    first_language = party.summit.language
    languages = [first_language, *sorted({row.language for row in party.names.all()} - {first_language})]
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
        "flag": names[first_language].flag or None,
    }


def all_as_data(summit: Summit) -> dict[int | str, dict[str, Any]]:
    """Return the parties of a summit as data, in a dict by primary key and by short name. Makes three queries.

    The short name is a key because frozen content refers to parties by it.
    """
    policy = Policy.objects.of(summit)
    data_by_key: dict[int | str, dict[str, Any]] = {}
    for party in Party.objects.filter(summit=summit).select_related("summit").prefetch_related("names"):
        data_by_key[party.pk] = data_by_key[party.name] = as_data(party, policy=policy)
    return data_by_key
