"""A revision of the list of participants in a language and an order, as plain lines to print.

In order of precedence, parties are in protocol order. Parties without a rank follow by alphabet, but a host without a
rank comes first. In alphabetical order, they are sorted by their names in the language. The people of a party are
always in their order in the party, the head first.
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
from summit.core.file_names import file_name
from summit.pdf.paper_size import paper_of
from summit.summits.emblem import emblem_png
from summit.templatetags.moments import day_clock

Content = dict[str, Any]


class Order(TextChoices):
    """The order of the parties in a list."""

    PRECEDENCE = "precedence", gettext_lazy("by precedence")
    ALPHABET = "alphabet", gettext_lazy("alphabetical")


@dataclass(frozen=True)
class ListedPerson:
    """A person in the list. If the name is erased, `name` says so in the list's language."""

    name: str
    address: str
    office: str
    category: str
    erased: bool = False


@dataclass(frozen=True)
class ParticipantLine:
    """A party with its people, as a line of the list.

    `mark` is the number of the party's footnote, or "" if it has none. `language` is the language of the party's
    names: the list's, or else the summit's first.
    """

    name: str
    formal: str
    flag: str
    mark: str
    language: str
    people: tuple[ListedPerson, ...]


@dataclass(frozen=True)
class Section:
    """A section of the list: the parties of some kinds, under a title."""

    title: str
    lines: tuple[ParticipantLine, ...]


@dataclass(frozen=True)
class ListFootnote:
    """A footnote of the list, with its mark and the language of its text."""

    mark: str
    text: str
    language: str


@dataclass(frozen=True)
class Listing:
    """A revision as it is printed. `direction` is "ltr" or "rtl"."""

    title: str
    summit: str
    short: str
    # The language of the summit's name.
    summit_language: str
    state: str
    revision: str
    number: int
    made: str
    order: str
    language: str
    language_name: str
    direction: str
    # The summit's first language, for texts that exist in no other, such as the note.
    first_language: str
    note: str
    counted: str
    sections: tuple[Section, ...]
    notes: tuple[ListFootnote, ...]
    # The time for the file's metadata, so that printing twice gives the same bytes.
    moment: tuple[int, int, int, int, int, int]
    # A name of summit.pdf.paper_size.
    paper: str
    # The summit's emblem as a PNG, or b"".
    emblem: bytes = b""


def _sections() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        (_("Delegations"), (PartyKind.COUNTRY, PartyKind.SUBSTATE)),
        (_("International organisations"), (PartyKind.INTERNATIONAL,)),
        (_("Invited organisations"), (PartyKind.ORGANISATION,)),
        (_("Guests"), (PartyKind.GUEST,)),
    )


def languages() -> list[tuple[str, str]]:
    """Return the languages in which a list can be printed, as (code, name in the language itself)."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def file_name_of(listing: Listing, ending: str) -> str:
    """Return the name of the file of a list, in the list's language."""
    return file_name(listing.title, listing.short, listing.revision, listing.state, ending=ending)


def arrange(row: ParticipantList, content: Content, *, language: str, order: str) -> Listing:
    """Return a revision as a Listing in a language and an order.

    Raises KeyError for a language that the system doesn't have, and ValueError for an unknown order.
    """
    order = Order(order)
    name = dict(languages())[language]
    with override(language):
        return _arrange(row, content, language, name, order)


def _arrange(row: ParticipantList, content: Content, language: str, name: str, order: Order) -> Listing:
    local_time = row.made_at.astimezone(row.summit.zone)
    # Revisions made by an earlier version have no names of the summit in other languages.
    summit_names = content["summit"].get("names", {}).get(language, content["summit"])
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
        summit=summit_names["name"],
        short=summit_names["short"],
        summit_language=summit_names["language"],
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
        notes=tuple(ListFootnote(mark, text, text_language) for (text, text_language), mark in marks.items()),
        moment=(
            local_time.year,
            local_time.month,
            local_time.day,
            local_time.hour,
            local_time.minute,
            local_time.second,
        ),
        paper=paper_of(row.summit),
        emblem=emblem_png(row.summit) or b"",
    )


def counted(content: Content) -> str:
    """Return a sentence with the numbers of parties and people in the content."""
    parties = content["parties"]
    people = sum(len(party["members"]) for party in parties)
    return _("Delegations: %(parties)d. People: %(people)d.") % {"parties": len(parties), "people": people}


def _place(party: Content, language: str, order: Order) -> tuple[Any, ...]:
    plain = unicodedata.normalize("NFKD", party["names"][language]["sort"].casefold())
    alphabet = ("".join(letter for letter in plain if not unicodedata.combining(letter)), party["key"])
    if order == Order.ALPHABET:
        return alphabet
    place = party["order"]
    if place is None:
        return (0 if party["host"] else 2, 0, *alphabet)
    # A host with a rank is sorted like the other parties.
    return (1, place, *alphabet)


def _line(party: Content, content: Content, language: str, marks: dict[tuple[str, str], str]) -> ParticipantLine:
    names = party["names"][language]
    footnote = (names["footnote"], names["language"])
    mark = marks.setdefault(footnote, str(len(marks) + 1)) if names["footnote"] else ""
    people = tuple(_person(member, content, language) for member in party["members"])
    return ParticipantLine(names["name"], names["formal"], party["flag"], mark, names["language"], people)


def _person(member: Content, content: Content, language: str) -> ListedPerson:
    erased = bool(member.get("erased"))
    return ListedPerson(
        name=_("erased person") if erased else member["name"],
        address=member["address"],
        office=member["office"],
        category=content["categories"].get(str(member["category"]), {}).get(language, ""),
        erased=erased,
    )
