"""The pocket programme as a PDF in A6 format: a reader's own sessions, or all sessions that the reader may know
of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _

from delegations.participants.selectors.listing import languages
from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book
from sessions.agenda.models.releases import ReleasedRole, ReleasedSession
from sessions.agenda.selectors.participant_names import called, raised
from sessions.public.session_facts import facts
from sessions.visibility.viewers import Members
from summit.core.date_formats import long_day
from summit.core.punctuation import comma
from summit.pdf.typst import print_pdf
from summit.summits.models import Summit
from summit.templatetags.moments import clock, day_clock

SOURCE = Path(__file__).with_name("pocket.typ")
LEADING = (ReleasedRole.CHAIR, ReleasedRole.MODERATOR, ReleasedRole.SPEAKER)


@dataclass(frozen=True)
class TextWithLanguage:
    """A text with its language."""

    text: str
    language: str


@dataclass(frozen=True)
class ProgrammeEntry:
    """A session as printed: its start and end at the venue (empty if unknown), its title, and the lines below.

    Each line is a tuple of parts.
    """

    times: tuple[str, ...]
    title: TextWithLanguage
    lines: tuple[tuple[TextWithLanguage, ...], ...]


@dataclass(frozen=True)
class Pocket:
    """The data of a printed programme.

    With `own`, it has the readers' own sessions, otherwise all sessions that they may know of. `updated_at` is None
    if the readers never knew of any.
    """

    summit: Summit
    updated_at: datetime | None
    members: Members
    whose: Sequence[TextWithLanguage]
    own: bool
    names: Book
    notes: Footnotes = field(default_factory=Footnotes)


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()


def write(pocket: Pocket, rows: Iterable[ReleasedSession]) -> bytes:
    """Return the programme as PDF in the reader's language. `rows` must be ordered and have their participants.

    The same sessions with the same `updated_at` always give the same bytes. Raises summit.pdf.fonts.MissingFontError
    if no installed font has one of the characters.
    """
    language = get_language() or pocket.summit.language
    days = [
        {"day": long_day(day), "entries": [asdict(_entry(pocket, row)) for row in entries]}
        for day, entries in groupby(rows, key=lambda row: row.starts_at.astimezone(pocket.summit.zone).date())
    ]
    names = pocket.summit.reads_as
    local = (pocket.updated_at or pocket.summit.created_at).astimezone(pocket.summit.zone)
    updated = day_clock(pocket.updated_at, pocket.summit) if pocket.updated_at else ""
    return print_pdf(
        _source(),
        {
            "title": _("Pocket programme"),
            "summit": asdict(TextWithLanguage(names.name, names.language)),
            "whose": [asdict(each) for each in pocket.whose],
            "about": _about(pocket, sum(len(day["entries"]) for day in days)),
            "days": days,
            "nothing": _("No sessions in your agenda yet."),
            "made": _("Updated %(moment)s") % {"moment": updated} if updated else "",
            "zone": _("All times are %(place)s time.") % {"place": names.place},
            "comma": comma(),
            "language": language,
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "ways": {code: "rtl" if get_language_info(code)["bidi"] else "ltr" for code, _name in languages()},
            "moment": [local.year, local.month, local.day, local.hour, local.minute, local.second],
            "notes": [{"mark": mark, "words": text, "language": spoken} for mark, text, spoken in pocket.notes],
        },
    )


def _about(pocket: Pocket, number: int) -> str:
    if pocket.own:
        return ngettext("%(n)d session in your agenda", "%(n)d sessions in your agenda", number) % {"n": number}
    return ngettext("%(n)d session visible to you", "%(n)d sessions visible to you", number) % {"n": number}


def _entry(pocket: Pocket, row: ReleasedSession) -> ProgrammeEntry:
    times = (clock(row.starts_at, pocket.summit), clock(row.ends_at, pocket.summit)) if row.times_known else ()
    details = facts(row)
    lines = (_where(pocket, row), *_people(pocket, row), (_ours(details),) if details else ())
    return ProgrammeEntry(times, _theirs(pocket, row.words.title, row.words.language), tuple(filter(None, lines)))


def _ours(text: str) -> TextWithLanguage:
    """Return a text of the system, marked with the reader's language."""
    return TextWithLanguage(text, get_language() or "")


def _theirs(pocket: Pocket, text: str, language: str = "") -> TextWithLanguage:
    """Return a text that a user wrote, marked with the summit's language unless another is passed."""
    return TextWithLanguage(text, language or pocket.summit.language)


def _where(pocket: Pocket, row: ReleasedSession) -> tuple[TextWithLanguage, ...]:
    found = [_theirs(pocket, row.kind_words.title, row.kind_words.language)] if row.title else []
    found += [_theirs(pocket, part) for part in (row.room_name, row.venue_name) if part]
    return tuple(found if row.times_known else [*found, _ours(_("time not announced"))])


def _people(pocket: Pocket, row: ReleasedSession) -> Iterator[tuple[TextWithLanguage, ...]]:
    """Yield the leading and speaking participants, and the readers' own places, with their roles."""
    for place in row.people:
        if place.role in LEADING or _is_listed(place, pocket.members):
            yield tuple(_parts(pocket, place))


def _is_listed(place: Any, members: Members) -> bool:
    """Return whether a place belongs to the readers and says more than that their party takes part."""
    if place.person_id:
        return place.person_id in members.people
    return place.party_id in members.parties and bool(place.level)


def _parts(pocket: Pocket, place: Any) -> Iterator[TextWithLanguage]:
    name, party = called(place, pocket.names)
    yield _theirs(pocket, f"{name}{raised(party, pocket.notes)}", party.language if party else "")
    yield _ours(place.get_level_display() if place.level else place.get_role_display())
    if place.about is not None:
        yield _ours(clock(place.about, pocket.summit))
