"""The fields by which texts are filtered, and the names of their values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, pgettext_lazy

from delegations.parties.selectors.party_names import Book
from press.search.documents import DocumentRow, Public
from press.texts.models.texts import TextKind
from summit.core.languages import language_name
from summit.summits.models import Summit

# The name of a value, and the language of the name; "" is the language of the page.
Named = tuple[str, str]


@dataclass(frozen=True)
class World:
    """The sources of names: the summit, the names of parties in the language of the page, and the public editions."""

    summit: Summit
    names: Book
    public: Public


def _kind(row: DocumentRow, _key: str, _world: World) -> Named:
    return capfirst(str(TextKind(row.kind).label)), ""


def _speaker(row: DocumentRow, _key: str, world: World) -> Named:
    return row.speaker_name or row.speaker_office or "", world.summit.language


def _party(row: DocumentRow, _key: str, world: World) -> Named:
    named = world.names.of(row.party_key)
    return (named.name, named.language) if named else (row.party_name or "", world.summit.language)


def _session(row: DocumentRow, key: str, world: World) -> Named:
    session = world.public.session(row)
    return (session.title, session.language) if session else (key, "")


def _topic(row: DocumentRow, key: str, world: World) -> Named:
    topics = (each for each in world.public.topics.get(row.text, ()) if each.key == key)
    return next(((each.name, each.language) for each in topics), (key, ""))


def _language(row: DocumentRow, _key: str, _world: World) -> Named:
    return capfirst(language_name(row.language)), ""


def _sessions(row: DocumentRow, public: Public) -> tuple[str, ...]:
    session = public.session(row)
    return (session.key,) if session else ()


@dataclass(frozen=True)
class Field:
    """A field by which texts are filtered.

    `name` is the name of the query parameter. `keys` returns the values of a text, in the form in which they are in
    URLs. `named` returns the name of a value.
    """

    name: str
    label: Any
    keys: Callable[[DocumentRow, Public], tuple[str, ...]]
    named: Callable[[DocumentRow, str, World], Named]


FIELDS = (
    Field("kind", gettext_lazy("Type"), lambda row, _public: (row.kind,), _kind),
    Field("speaker", gettext_lazy("Speaker"), lambda row, _public: (row.speaker,) if row.speaker else (), _speaker),
    Field(
        "party",
        pgettext_lazy("of a speaker", "Speaks for"),
        lambda row, _public: (row.party,) if row.party else (),
        _party,
    ),
    Field("session", gettext_lazy("Session"), _sessions, _session),
    Field(
        "topic",
        gettext_lazy("Topic"),
        lambda row, public: tuple(each.key for each in public.topics.get(row.text, ())),
        _topic,
    ),
    Field("language", gettext_lazy("Language"), lambda row, _public: (row.language,), _language),
)
