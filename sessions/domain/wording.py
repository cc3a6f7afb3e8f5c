"""Changes in words, in the reader's language and in the venue's zone: the same for mail, portal, public and desk."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.domain.naming import Book, Footnotes
from sessions.domain.called import called, raised
from sessions.domain.differences import Aspect, Change, Nature, Span, Value, What
from sessions.domain.snapshots import Place, Snapshot
from sessions.models import SessionKind, Visibility
from sessions.models.releases import with_party
from summit.dates import long_day
from summit.templatetags.marks import comma, pair, semicolon


class Where(Protocol):
    """What tells the zone and its name: a summit, or the facts of a message."""

    place: str

    @property
    def zone(self) -> ZoneInfo:
        """The venue's zone."""
        ...


@dataclass(frozen=True)
class Line:
    """One thing that changed: what it was and what it is."""

    what: str
    old: str
    new: str
    # Whether people have written it: pages then say in which language.
    old_written: bool = field(default=False, compare=False)
    new_written: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Story:
    """A change as it is read."""

    key: str
    nature: str
    title: str
    state: str
    when: str
    room: str
    lines: tuple[Line, ...]

    @property
    def sign(self) -> str:
        """The sign that stands beside the state's word."""
        return SIGNS[Nature(self.nature)]

    @property
    def open(self) -> bool:
        """Whether there is still a page of it to follow."""
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
    Nature.GONE: gettext_lazy("no longer in your programme"),
}
PARTS = {
    What.MOVED: gettext_lazy("Time"),
    What.LONGER: gettext_lazy("Longer"),
    What.SHORTER: gettext_lazy("Shorter"),
    What.ROOM: gettext_lazy("Room"),
    What.TITLE: gettext_lazy("Title"),
    What.KIND: gettext_lazy("Kind"),
    What.SUMMARY: gettext_lazy("Summary"),
    What.CHAIR: gettext_lazy("Chair"),
    What.MODERATOR: gettext_lazy("Moderator"),
    What.SPEAKERS: gettext_lazy("Speakers"),
    What.PARTICIPANTS: gettext_lazy("Participants"),
    What.VISIBILITY: gettext_lazy("Visible to"),
}
# What people have written of a session.
WRITTEN = {What.ROOM, What.TITLE, What.SUMMARY, What.CHAIR, What.MODERATOR, What.SPEAKERS, What.PARTICIPANTS}
PUBLIC_STATES = {**STATES, Nature.GONE: gettext_lazy("no longer in the programme")}


def span(starts_at: datetime, ends_at: datetime, where: Where) -> str:
    """Return "Monday 31 March 2025, 14:30–15:30 London time", with both days where they differ."""
    start, end = starts_at.astimezone(where.zone), ends_at.astimezone(where.zone)
    words = {
        "day": long_day(start),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "last": long_day(end),
        "place": where.place,
    }
    if start.date() == end.date():
        return _("%(day)s, %(start)s–%(end)s %(place)s time") % words
    return _("%(day)s, %(start)s to %(last)s, %(end)s %(place)s time") % words


def minutes(number: int) -> str:
    """Return "45 minutes"."""
    return ngettext("%(number)d minute", "%(number)d minutes", number) % {"number": number}


@dataclass(frozen=True)
class Names:
    """How a page names parties, and the footnotes that stand under it. Without, what was released is read."""

    book: Book
    notes: Footnotes


def place_line(place: Place, names: Names | None = None) -> str:
    """Return somebody's place by name, party, and for a speech its title and minutes."""
    name = with_party(place.label, place.party_label)
    if names is not None:
        name, party = called(place, names.book)
        name += raised(party, names.notes)
    about = [part for part in (place.title, minutes(place.minutes) if place.minutes else "") if part]
    return pair(name, comma().join(about)) if about else name


def value(what: What, found: Value, where: Where, names: Names | None = None) -> str:
    """Return one side of a change in words; what is empty says so."""
    if isinstance(found, Span):
        words = span(found.starts_at, found.ends_at, where)
        return f"{words} ({minutes(found.minutes)})" if what in (What.LONGER, What.SHORTER) else words
    if isinstance(found, tuple):
        return semicolon().join(place_line(place, names) for place in found) or _("nobody")
    if what == What.KIND:
        return str(SessionKind(found).label)
    if what == What.VISIBILITY:
        return str(Visibility(found).label)
    return found or _("none")


def line(aspect: Aspect, where: Where, names: Names | None = None) -> Line:
    """Return one part of a session as it was and as it is."""
    old, new = (value(aspect.what, side, where, names) for side in (aspect.old, aspect.new))
    theirs = aspect.what in WRITTEN
    return Line(str(PARTS[aspect.what]), old, new, theirs and bool(aspect.old), theirs and bool(aspect.new))


def story(change: Change, where: Where, *, public: bool = False, names: Names | None = None) -> Story:
    """Return a change in words. `public`: for everybody, who have no programme of their own."""
    session: Snapshot = change.session
    states = PUBLIC_STATES if public else STATES
    found = change.aspects
    # Where the start stays, "longer" says the new end; where it moves as well, the time is said once.
    shown = [
        aspect
        for aspect in found
        if not (aspect.what == What.MOVED and any(other.what in (What.LONGER, What.SHORTER) for other in found))
    ]
    lines = [line(aspect, where, names) for aspect in shown]
    if len(shown) < len(found):
        both = _("Moved and longer") if shown[0].what == What.LONGER else _("Moved and shorter")
        lines[0] = Line(both, lines[0].old, lines[0].new)
    return Story(
        key=session.key,
        nature=change.nature.value,
        title=session.title,
        state=str(states[change.nature]),
        when=span(session.starts_at, session.ends_at, where),
        room=session.where,
        lines=tuple(lines),
    )


def stories(changes: list[Change], where: Where, *, public: bool = False, names: Names | None = None) -> list[Story]:
    """Return changes in words, with parties as a page names them."""
    return [story(change, where, public=public, names=names) for change in changes]
