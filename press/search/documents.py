"""The public editions of a summit, with the values for search and filters.

Reading them takes a few queries for any number of editions. Each process caches all of them until the version of the
summit's public pages changes (press.public.page_cache). A search reads only those that the index found.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from delegations.parties.models.parties import Party, PartyName
from press.published_texts.selectors import readable
from press.search import tokens
from press.search.query import Spoken
from press.search.tokens import Wanted
from press.texts.models.texts import Text, TextVersion
from press.texts.models.visibility import public_editions
from sessions.agenda.models.releases import ReleasedParticipant, ReleasedSession
from summit.core.process_cache import Memory
from summit.people.models import Person
from summit.public_base.page_version import Version, read_version
from summit.summits.models import Summit


class DocumentRow(NamedTuple):
    """A public edition, with its values for search and filters.

    `text`, `session_key`, `speaker_key` and `party_key` are primary keys. `slot` (the speech), `speaker` and `party`
    are public ids. What the text doesn't have is None.
    """

    pk: int
    text: int
    kind: str
    language: str
    authoritative: bool
    published_at: datetime
    first_published_at: datetime
    withdrawn_at: datetime | None
    session_key: int | None
    slot: str | None
    speaker_key: int | None
    speaker: str | None
    speaker_name: str | None
    speaker_office: str | None
    party_key: int | None
    party: str | None
    party_name: str | None

    @property
    def corrected(self) -> bool:
        """Whether the edition is a correction: an earlier edition was published before it."""
        return self.published_at > self.first_published_at

    @property
    def speaker_lines(self) -> str:
        """The speaker's name, the speaker's office and the party's name, one per line. Empty ones are left out."""
        return "\n".join(filter(None, (self.speaker_name, self.speaker_office, self.party_name)))

    @property
    def changed_at(self) -> datetime:
        """The time when the text was last published, corrected or withdrawn."""
        return self.withdrawn_at or self.published_at


@dataclass(frozen=True)
class PublicSession:
    """A public session to which texts belong. `key` is the public id, and `language` the language of the title."""

    key: str
    title: str
    language: str
    starts_at: datetime


@dataclass(frozen=True)
class Subject:
    """A topic, with its name in the language of the page, or else in the summit's language.

    `key` is the public id. `language` is the language of the name, or "" if this is the language of the page.
    """

    key: str
    name: str
    language: str


_TEXT = "version__text__"
_SLOT = f"{_TEXT}slot__"
_PATHS = (
    *("pk", "version__text_id", f"{_TEXT}kind", "version__language", "version__authoritative"),
    *("published_at", "first_published_at", f"{_TEXT}withdrawn_at"),
    *(f"{_TEXT}session_id", f"{_SLOT}public_id"),
    *(f"{_SLOT}speaker_id", f"{_SLOT}speaker__public_id", f"{_SLOT}speaker__name", f"{_SLOT}speaker__office"),
    *(f"{_SLOT}party_id", f"{_SLOT}party__public_id", f"{_SLOT}party__name"),
)


@dataclass(frozen=True)
class Public:
    """The public editions of a summit, unordered, with their sessions and topics.

    `spoken_at` is a dict from the public ids of speeches to their sessions. `about` is a dict from primary keys of
    sessions to the sessions, for texts that aren't speeches. `topics` is a dict from primary keys of texts to topics.
    """

    rows: tuple[DocumentRow, ...]
    spoken_at: Mapping[str, PublicSession]
    about: Mapping[int, PublicSession]
    topics: Mapping[int, tuple[Subject, ...]]

    def session(self, row: DocumentRow) -> PublicSession | None:
        """Return the session of a text, or None if the text has no session or the session isn't public."""
        return self.spoken_at.get(row.slot) if row.slot else self.about.get(row.session_key or 0)


@dataclass(frozen=True)
class Names:
    """The languages of texts, and the names by which speeches are found.

    `entries` has a tuple for each speaker and party with a public speech: the role ("speaker", "party"), the primary
    key, the terms of all names, and the names with their languages.
    """

    languages: list[str]
    entries: list[tuple[str, int, frozenset[str], list[tuple[str, str]]]]


# The texts of a large summit take about ten megabytes in each language of pages. Only a few summits and languages are
# requested often.
_KEPT: Memory[Public] = Memory(6)
# What a search found is read by itself up to this many editions. Beyond, all editions are read, and cached.
FEW = 1000
_NAMES: Memory[Names] = Memory(6)


def public(summit: Summit) -> Public:
    """Return the public editions of a summit in all languages. Makes one query if they are cached, otherwise six."""
    version = read_version(summit.slug)
    if version is None:
        return _read(summit)
    return _KEPT.ask((version.whole, get_language()), lambda: _read(summit))


def found_among(summit: Summit, found: Collection[int], version: Version | None) -> Public:
    """Return the public editions of a summit whose primary keys are in `found`. Makes at most five queries.

    If all are cached, they are taken from there. Else this takes as long as few editions take, however many the
    summit has; more than FEW are read with all others, and cached.
    """
    if not found:
        return Public((), {}, {}, {})
    key = (version.whole, get_language()) if version else None
    whole = _KEPT.get(key)
    if whole is None and len(found) <= FEW:
        return _read(summit, found)
    whole = whole or (_KEPT.ask(key, lambda: _read(summit)) if key else _read(summit))
    return replace(whole, rows=tuple(row for row in whole.rows if row.pk in found))


def _read(summit: Summit, found: Collection[int] | None = None) -> Public:
    # Found editions are the summit's: without its key SQLite starts from theirs, not from all texts.
    editions = readable(summit) if found is None else public_editions().filter(pk__in=found)
    documents = tuple(DocumentRow(*values) for values in editions.order_by().values_list(*_PATHS))
    slots = {row.slot for row in documents if row.slot}
    sessions = ReleasedSession.objects.public(summit)
    # These are two queries, because PostgreSQL, until it has statistics, would search the release again for each row
    # of a single query.
    keys = list(sessions.order_by().values_list("pk", flat=True))
    places = ReleasedParticipant.objects.filter(released_session__in=keys).exclude(slot_key="")
    at = {slot: key for slot, key in places.order_by().values_list("slot_key", "released_session") if slot in slots}
    own = {row.session_key for row in documents if row.session_key and not row.slot}
    columns = ("session__public_id", "title", "summary", "texts", "kind", "kind_names", "starts_at")
    rows = sessions.filter(Q(pk__in=set(at.values())) | Q(session__in=own)).select_related("session").only(*columns)
    public_sessions = {row.pk: _public_session(row, summit) for row in rows}
    return Public(
        documents,
        {slot: public_sessions[key] for slot, key in at.items()},
        {row.session_id: public_sessions[row.pk] for row in rows},
        _topics(summit, {row.text for row in documents}, some=found is not None),
    )


def _public_session(row: ReleasedSession, summit: Summit) -> PublicSession:
    words = row.words
    return PublicSession(row.session.public_id, words.title, words.language or summit.language, row.starts_at)


def _topics(summit: Summit, texts: set[int], *, some: bool) -> dict[int, tuple[Subject, ...]]:
    by_text: dict[int, tuple[Subject, ...]] = {}
    language = get_language() or summit.language
    rows = Text.topics.through.objects.filter(text__summit=summit).order_by("topic__name", "topic")
    rows = rows.filter(text__in=texts) if some else rows
    for text, key, name, names in rows.values_list("text", "topic__public_id", "topic__name", "topic__names"):
        if text in texts:
            subject = (
                Subject(key, names[language], "") if names.get(language) else Subject(key, name, summit.language)
            )
            by_text[text] = (*by_text.get(text, ()), subject)
    return by_text


def names(summit: Summit, version: Version | None) -> Names:
    """Return the languages and names that searches need. Makes no query if they are cached, otherwise four."""
    return _NAMES.ask(version.whole, lambda: _names(summit)) if version else _names(summit)


def _names(summit: Summit) -> Names:
    # Those of all summits: this reads one index. Languages in which a summit has nothing public find nothing more,
    # since their stems are found only in their own texts.
    languages = TextVersion.objects.order_by("language").values_list("language", flat=True).distinct()
    people = _with_speeches(Person.objects.filter(summit=summit), "speaker").values_list("pk", "name", "office")
    parties = _with_speeches(Party.objects.filter(summit=summit), "party").values_list("pk", "name")
    of_parties = {key: [(name, summit.language)] for key, name in parties}
    others = PartyName.objects.filter(party__summit=summit).values_list("party", "name", "language")
    for party, name, language in others:
        if party in of_parties:
            of_parties[party].append((name, language))
    entries = [("speaker", key, [(name or office, summit.language)]) for key, name, office in people]
    entries += [("party", key, own) for key, own in of_parties.items()]
    return Names(
        list(languages),
        [(role, key, frozenset().union(*(tokens.terms(*name) for name in own)), own) for role, key, own in entries],
    )


def spoken(names: Names) -> Spoken:
    """Return the function that finds speeches by a word in the name of the speaker or party. It makes no query."""

    def ask(wanted: Wanted, loosely: bool) -> Q | None:
        keys: dict[str, list[int]] = {"speaker": [], "party": []}
        for role, key, own, written in names.entries:
            if not own.isdisjoint(wanted.terms) or (loosely and _like(wanted.word, written)):
                keys[role].append(key)
        if not any(keys.values()):
            return None
        return Q(version__text__slot__speaker__in=keys["speaker"]) | Q(version__text__slot__party__in=keys["party"])

    return ask


def _with_speeches(rows: QuerySet[Any], role: str) -> QuerySet[Any]:
    """Return the people or parties whose speeches have public texts. `role` is the name of their column of `Slot`."""
    return rows.filter(
        Exists(public_editions().filter(**{f"version__text__slot__{role}": OuterRef("pk")}))
    ).order_by()


def _like(word: str, written: list[tuple[str, str]]) -> bool:
    words = {each for name, _language in written for each in tokens.correctable_words(name)}
    return any(True for _each in tokens.alike(word, words))
