"""Descriptions of changes in the reader's language and the venue's time zone.

They are used in mails, in the portal, on public pages and on desk pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book
from sessions.agenda.selectors import changed_lines, content_language
from sessions.agenda.selectors.changed_lines import ChangedLine
from sessions.agenda.selectors.differences import ROLES, Aspect, Nature, SessionChange, Span, Value, What
from sessions.agenda.selectors.participant_names import called, raised
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.labels import with_party
from sessions.draft.models.participants import Attendance
from sessions.draft.models.sessions import MediaAccess
from sessions.visibility.models import Visibility
from summit.core.date_formats import clock, long_day
from summit.core.languages import language_name
from summit.core.punctuation import comma, pair, semicolon


class Where(Protocol):
    """An object that has the venue's time zone and its name: a summit, or the facts of a message."""

    @property
    def said_place(self) -> str:
        """The name of the venue's time zone, in the reader's language."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The venue's time zone."""


@dataclass(frozen=True)
class Zones:
    """The venue's time zone. `also` is the reader's time zone if the reader is elsewhere, otherwise None.

    Times are written in both zones where the zones differ.
    """

    place: str
    zone: ZoneInfo
    also: "Zones | None" = None

    @property
    def said_place(self) -> str:
        """The name of the venue's time zone."""
        return self.place

    @classmethod
    def of(cls, place: str, zone: str, also: str = "") -> "Zones":
        """Return zones from the name of the venue's place, its zone name, and the reader's zone name `also`.

        The reader's zone is named after its city. `also` is left out if it is "" or the same as `zone`.
        """
        city = also.rpartition("/")[2].replace("_", " ")
        return cls(place, ZoneInfo(zone), cls(city, ZoneInfo(also)) if also and also != zone else None)


@dataclass(frozen=True)
class Story:
    """The description of one session's change, as pages and mails show it."""

    key: str
    nature: str
    title: str
    state: str
    when: str
    room: str
    lines: tuple[ChangedLine, ...]
    # The language of the title, if it isn't the summit's.
    language: str = ""
    speeches: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """The sign shown beside the name of the state."""
        return SIGNS[Nature(self.nature)]

    @property
    def open(self) -> bool:
        """Whether the session still has a page to link to."""
        return self.nature in (Nature.ADDED, Nature.CHANGED)


SIGNS = {
    Nature.ADDED: "good",
    Nature.CHANGED: "warn",
    Nature.CANCELLED: "bad",
    Nature.GONE: "off",
}
STATES = {
    Nature.ADDED: gettext_lazy("added"),
    Nature.CHANGED: gettext_lazy("changed"),
    Nature.CANCELLED: gettext_lazy("cancelled"),
    Nature.GONE: gettext_lazy("no longer in your agenda"),
}
PARTS = {
    What.MOVED: gettext_lazy("Time"),
    What.LONGER: gettext_lazy("Longer"),
    What.SHORTER: gettext_lazy("Shorter"),
    What.ROOM: gettext_lazy("Room"),
    What.TITLE: gettext_lazy("Title"),
    What.KIND: gettext_lazy("Type"),
    What.SUMMARY: gettext_lazy("Summary"),
    What.CHAIR: gettext_lazy("Chair"),
    What.MODERATOR: gettext_lazy("Moderator"),
    What.SPEAKERS: gettext_lazy("Speakers"),
    What.PARTICIPANTS: gettext_lazy("Participants"),
    What.INTERPRETERS: gettext_lazy("Interpreters"),
    What.LANGUAGES: gettext_lazy("Interpretation"),
    What.DOCUMENTS: gettext_lazy("Documents"),
    What.MEDIA: gettext_lazy("Media"),
    What.PLACES: gettext_lazy("Places"),
    What.OPENING: gettext_lazy("Before the first speech"),
    What.VISIBILITY: gettext_lazy("Visible to"),
}
PUBLIC_STATES = {**STATES, Nature.GONE: gettext_lazy("no longer in the public agenda")}


def span(starts_at: datetime, ends_at: datetime, where: Where) -> str:
    """Return "Monday 31 March 2025, 14:30–15:30 London time", with both days where they differ."""
    start, end = starts_at.astimezone(where.zone), ends_at.astimezone(where.zone)
    params = {
        "day": long_day(start),
        "start": clock(start),
        "end": clock(end),
        "last": long_day(end),
        "place": where.said_place,
    }
    if start.date() == end.date():
        return _("%(day)s, %(start)s–%(end)s %(place)s time") % params
    return _("%(day)s, %(start)s to %(last)s, %(end)s %(place)s time") % params


def _also(starts_at: datetime, ends_at: datetime, where: Where) -> str:
    """Return the times in the zone of a reader who is elsewhere; "" where both zones have the same clock time.

    The day is included only where it differs from the day at the venue.
    """
    reader_zone = where.also if isinstance(where, Zones) else None
    if reader_zone is None:
        return ""
    at_venue, elsewhere = (
        [moment.astimezone(zone.zone) for moment in (starts_at, ends_at)] for zone in (where, reader_zone)
    )
    if [moment.utcoffset() for moment in at_venue] == [moment.utcoffset() for moment in elsewhere]:
        return ""
    if [moment.date() for moment in at_venue] != [moment.date() for moment in elsewhere]:
        return span(starts_at, ends_at, reader_zone)
    params = {"start": clock(elsewhere[0]), "end": clock(elsewhere[1]), "place": reader_zone.place}
    return _("%(start)s–%(end)s %(place)s time") % params


def days(starts_at: datetime, ends_at: datetime, where: Where) -> str:
    """Return "Monday 31 March 2025, time not announced", for readers who may not know the times."""
    first, last = starts_at.astimezone(where.zone), (ends_at - timedelta(microseconds=1)).astimezone(where.zone)
    if first.date() == last.date():
        return _("%(day)s, time not announced") % {"day": long_day(first)}
    return _("%(day)s to %(last)s, times not announced") % {"day": long_day(first), "last": long_day(last)}


def when(session: Snapshot | Span, where: Where) -> str:
    """Return the time of a session in words, or only its days if the reader may not know the times."""
    known = session.known if isinstance(session, Span) else session.times_known
    if not known:
        return days(session.starts_at, session.ends_at, where)
    text, extra = span(session.starts_at, session.ends_at, where), _also(session.starts_at, session.ends_at, where)
    return f"{text} = {extra}" if extra else text


def kind_label(kind: str) -> str:
    """Return the label of a standard kind. Any other value is the name of a summit's own kind and is returned
    unchanged."""
    return str(SessionKind(kind).label) if kind in SessionKind.values else kind


def title_of(session: Snapshot, language: str | None) -> str:
    """Return the title of a session in a language, or its kind if the reader may not know the title."""
    return session.titled(language or "")[0] or capfirst(kind_label(session.kind_in(language)))


def minutes(number: int) -> str:
    """Return a number of minutes in words, such as "45 minutes"."""
    return ngettext("%(number)d minute", "%(number)d minutes", number) % {"number": number}


@dataclass(frozen=True)
class Names:
    """The party names that a page uses, and the page's footnotes.

    Functions that get None instead use the released names.
    """

    book: Book
    notes: Footnotes


def place_line(place: ParticipantSnapshot, names: Names | None = None) -> str:
    """Return a participant in words: name and party, and for a speech its title and minutes.

    With `names`, parties are named as on the page and get a footnote mark.
    """
    name = with_party(place.label, place.party_label)
    if names is not None:
        name, party = called(place, names.book)
        name += raised(party, names.notes)
    level = str(Attendance(place.level).label) if place.level else ""
    details = [part for part in (place.title, minutes(place.minutes) if place.minutes else "", level) if part]
    return pair(name, comma().join(details)) if details else name


def value(what: What, found: Value, where: Where, names: Names | None = None) -> str:
    """Return `found`, the old or new value of a change, in words.

    An empty value becomes "none", "nobody" or "the seats of the room".
    """
    if isinstance(found, Span):
        text = when(found, where)
        return f"{text} ({minutes(found.minutes)})" if what in (What.LONGER, What.SHORTER) else text
    if isinstance(found, tuple):
        items = [place_line(row, names) if isinstance(row, ParticipantSnapshot) else _row(what, row) for row in found]
        return semicolon().join(items) or (_("no one") if what in ROLES else _("none"))
    return _SAID.get(what, str)(found) if found else str(_NOTHING.get(what, _("none")))


# Functions that put values other than text into words, and the words for empty values.
_SAID: dict[What, Callable[[str], str]] = {
    What.KIND: kind_label,
    What.MEDIA: lambda found: str(MediaAccess(found).label),
    What.OPENING: lambda found: minutes(int(found)),
}
_NOTHING = {What.PLACES: gettext_lazy("the seats of the room")}

SHOWN_PARTS = {
    "title": gettext_lazy("title"),
    "room": pgettext_lazy("label", "room"),
    "times": gettext_lazy("times"),
    "participants": gettext_lazy("participants"),
    "documents": gettext_lazy("documents"),
}


def _row(what: What, row: tuple[str, ...]) -> str:
    """Return one row of a documents, languages or visibility value in words."""
    if what == What.DOCUMENTS:
        return row[1]
    if what == What.LANGUAGES:
        source, target, booth = row
        text = _("from %(source)s into %(target)s") % {
            "source": language_name(source),
            "target": language_name(target),
        }
        return pair(text, _("booth %(booth)s") % {"booth": booth}) if booth else text
    part, shown_to = row
    label = str(Visibility(shown_to).label)
    return pair(str(SHOWN_PARTS[part]), label) if part else label


def lines_of(
    aspect: Aspect, change: SessionChange, where: Where, names: Names | None, language: str | None
) -> list[ChangedLine]:
    """Return one changed part of a session as lines with the old and new value, for readers of `language`.

    For a list of people, the lines name only the people who differ.
    """
    what, sides = aspect.what, ((change.before, aspect.old), (change.after, aspect.new))
    book = names.book if names else None
    if changed_lines.several(aspect):
        return changed_lines.of_people(
            str(PARTS[what]),
            aspect,
            lambda place: place_line(place, names),
            lambda side: content_language.of_side(what, None, side, language, book),
        )
    old, new = (value(what, side, where, names) for _state, side in sides)
    languages = [content_language.of_side(what, state, side, language, book) for state, side in sides]
    old_written, new_written = (what in content_language.TOLD and bool(side) for _state, side in sides)
    return [ChangedLine(str(PARTS[what]), old, new, old_written, new_written, languages[0], languages[1])]


def story(
    change: SessionChange, where: Where, *, public: bool = False, names: Names | None = None, desk: bool = False
) -> Story:
    """Return a change in words.

    With `public`, the description is for everybody, so it mentions no own programme. With `desk`, it is for the
    authors of the agenda and covers all languages.
    """
    language = None if desk else get_language()
    session: Snapshot = change.session
    states = PUBLIC_STATES if public else STATES
    aspects = change.aspects(language)
    # "Longer" and "shorter" include the new times, so a move beside them would repeat the time.
    shown = [
        aspect
        for aspect in aspects
        if not (aspect.what == What.MOVED and any(other.what in (What.LONGER, What.SHORTER) for other in aspects))
    ]
    lines = [line for aspect in shown for line in lines_of(aspect, change, where, names, language)]
    if len(shown) < len(aspects):
        label = _("Moved and longer") if shown[0].what == What.LONGER else _("Moved and shorter")
        lines[0] = ChangedLine(label, lines[0].old, lines[0].new)
    return Story(
        key=session.key,
        nature=change.nature.value,
        title=title_of(session, language),
        state=str(states[change.nature]),
        when=when(session, where),
        room=session.where,
        lines=tuple(lines),
        language=content_language.of_title(session, language),
    )


def stories(
    changes: list[SessionChange],
    where: Where,
    *,
    public: bool = False,
    names: Names | None = None,
    desk: bool = False,
) -> list[Story]:
    """Return each change in words; the other arguments are passed to `story`."""
    return [story(change, where, public=public, names=names, desk=desk) for change in changes]
