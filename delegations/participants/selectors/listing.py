"""A revision of the list of participants as somebody takes it: in a language, in an order, as plain lines to print.

By precedence the parties stand in the protocol order, those without a place in it after the others by alphabet, and
the host first where it has no place. By alphabet they stand in the alphabet of the language. In either the people of
a party stand in the rank that they have in it, the head first.
"""

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import get_language_info, gettext_lazy, override
from django.utils.translation import gettext as _

from delegations.participants.models import ParticipantList
from delegations.parties.models.parties import PartyKind
from summit.templatetags.moments import day_clock

Content = dict[str, Any]


class Order(TextChoices):
    """In which order the parties stand."""

    PRECEDENCE = "precedence", gettext_lazy("by precedence")
    ALPHABET = "alphabet", gettext_lazy("by alphabet")


@dataclass(frozen=True)
class Person:
    """Somebody in the list. An erased name is told by words, which are in the list's language."""

    name: str
    address: str
    office: str
    category: str
    erased: bool = False


@dataclass(frozen=True)
class Line:
    """A party with its people. `mark` is the number of its footnote, "" where it has none; `language` that of its
    names, which is the summit's first where none is given in the list's."""

    name: str
    formal: str
    flag: str
    mark: str
    language: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Section:
    """Parties of a kind."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Note:
    """A footnote."""

    mark: str
    text: str
    language: str


@dataclass(frozen=True)
class Listing:
    """What is printed of a revision. `direction` is "ltr" or "rtl"."""

    title: str
    summit: str
    short: str
    # That of the summit's name.
    summit_language: str
    state: str
    revision: str
    number: int
    made: str
    order: str
    language: str
    language_name: str
    direction: str
    # The summit's own: what of it stands in no other.
    first_language: str
    note: str
    counted: str
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]
    # For the document's own date: what is printed twice is the same bytes.
    moment: tuple[int, int, int, int, int, int]


def _sections() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        (_("Delegations"), (PartyKind.COUNTRY, PartyKind.SUBSTATE)),
        (_("International organisations"), (PartyKind.INTERNATIONAL,)),
        (_("Invited organisations"), (PartyKind.ORGANISATION,)),
        (_("Guests"), (PartyKind.GUEST,)),
    )


def languages() -> list[tuple[str, str]]:
    """Return the languages in which a list can be taken, each by its own name."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def arrange(row: ParticipantList, content: Content, *, language: str, order: str) -> Listing:
    """Return what is printed of a revision. Raises KeyError for a language that the system doesn't have, ValueError
    for an order that isn't one."""
    order = Order(order)
    name = dict(languages())[language]
    with override(language):
        return _arrange(row, content, language, name, order)


def _arrange(row: ParticipantList, content: Content, language: str, name: str, order: Order) -> Listing:
    at = row.made_at.astimezone(row.summit.zone)
    # A revision that was made by an earlier version has no names in other languages.
    called = content["summit"].get("names", {}).get(language, content["summit"])
    marks: dict[tuple[str, str], str] = {}
    sections = []
    for title, kinds in _sections():
        parties = [party for party in content["parties"] if party["kind"] in kinds]
        parties.sort(key=lambda party: _place(party, language, order))
        if parties:
            lines = tuple(_line(party, content, language, marks) for party in parties)
            sections.append(Section(title, lines))
    return Listing(
        title=_("List of participants"),
        summit=called["name"],
        short=called["short"],
        summit_language=called["language"],
        state=_("final") if row.final else _("provisional"),
        revision=_("Revision %(number)d") % {"number": row.number},
        number=row.number,
        made=day_clock(row.made_at, row.summit),
        order=str(order.label),
        language=language,
        language_name=name,
        direction="rtl" if get_language_info(language)["bidi"] else "ltr",
        first_language=content["summit"]["language"],
        note=row.note,
        counted=counted(content),
        sections=tuple(sections),
        notes=tuple(Note(mark, text, said) for (text, said), mark in marks.items()),
        moment=(at.year, at.month, at.day, at.hour, at.minute, at.second),
    )


def counted(content: Content) -> str:
    """Return how many parties and people there are, in words."""
    parties = content["parties"]
    people = sum(len(party["members"]) for party in parties)
    return _("Parties: %(parties)d. People: %(people)d.") % {"parties": len(parties), "people": people}


def _place(party: Content, language: str, order: Order) -> tuple[Any, ...]:
    plain = unicodedata.normalize("NFKD", party["names"][language]["sort"].casefold())
    alphabet = ("".join(letter for letter in plain if not unicodedata.combining(letter)), party["key"])
    if order == Order.ALPHABET:
        return alphabet
    place = party["order"]
    if place is None:
        return (0 if party["host"] else 2, 0, *alphabet)
    # Among those that have a place, the host stands in its own.
    return (1, place, *alphabet)


def _line(party: Content, content: Content, language: str, marks: dict[tuple[str, str], str]) -> Line:
    names = party["names"][language]
    footnote = (names["footnote"], names["language"])
    mark = marks.setdefault(footnote, str(len(marks) + 1)) if names["footnote"] else ""
    people = tuple(_person(member, content, language) for member in party["members"])
    return Line(names["name"], names["formal"], party["flag"], mark, names["language"], people)


def _person(member: Content, content: Content, language: str) -> Person:
    erased = bool(member.get("erased"))
    return Person(
        name=_("erased person") if erased else member["name"],
        address=member["address"],
        office=member["office"],
        category=content["categories"].get(str(member["category"]), {}).get(language, ""),
        erased=erased,
    )
