"""Two states of changed sessions side by side, part by part, for desk pages about drafts and releases."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.utils.translation import gettext_lazy

from sessions.agenda.selectors import change_descriptions
from sessions.agenda.selectors.change_descriptions import PARTS, Story, Where, value
from sessions.agenda.selectors.content_language import WRITTEN
from sessions.agenda.selectors.differences import (
    ROLES,
    SessionChange,
    Span,
    Value,
    What,
    opening_of,
    places_of,
    visibilities,
)
from sessions.agenda.selectors.snapshots import Snapshot


@dataclass(frozen=True)
class PartRow:
    """One part of a session with its old and new value.

    A value is None on the side where the session doesn't exist.
    """

    label: str
    old: str | None
    new: str | None
    differs: bool
    # Whether people wrote the text. Pages then mark its language.
    written: bool


@dataclass(frozen=True)
class ChangeSheet:
    """A changed session: its change in words, and a row for each part that differs."""

    story: Story
    day: date
    rows: tuple[PartRow, ...]


def _titles(session: Snapshot) -> str:
    return " / ".join(dict.fromkeys([session.title, *(title for _code, title, _summary in session.texts)]))


def _summaries(session: Snapshot) -> str:
    summaries = [session.summary, *(summary for _code, _title, summary in session.texts)]
    return " / ".join(dict.fromkeys(text for text in summaries if text))


# The parts of a session that have a row of their own, in this order. The time uses What.LONGER, because that
# description includes the length.
_VALUES: Mapping[What, Callable[[Snapshot], Value]] = MappingProxyType(
    {
        What.TITLE: _titles,
        What.KIND: lambda session: session.kind_in(None),
        What.LONGER: lambda session: Span(session.starts_at, session.ends_at, session.times_known),
        What.ROOM: lambda session: session.where,
        What.SUMMARY: _summaries,
        What.VISIBILITY: visibilities,
        What.MEDIA: lambda session: session.media,
        What.LANGUAGES: lambda session: session.languages,
        What.DOCUMENTS: lambda session: session.documents,
        What.PLACES: places_of,
        What.OPENING: opening_of,
    }
)
LABELS = {**PARTS, What.LONGER: gettext_lazy("Time")}


def sheet(change: SessionChange, where: Where) -> ChangeSheet:
    """Return a change as a sheet for the authors of the agenda, with the texts in all languages."""
    return ChangeSheet(
        story=change_descriptions.story(change, where, desk=True),
        day=change.session.days[0],
        rows=tuple(row for row in _rows(change.before, change.after, where) if row.differs),
    )


def _rows(before: Snapshot | None, after: Snapshot | None, where: Where) -> Iterable[PartRow]:
    for what, value_of in _VALUES.items():
        yield from _row(what, value_of, before, after, where)
    for what, role in ROLES.items():

        def places(session: Snapshot, role: str = role) -> Value:
            return session.by_role(role)

        yield from _row(what, places, before, after, where)


def _row(
    what: What, value_of: Callable[[Snapshot], Value], before: Snapshot | None, after: Snapshot | None, where: Where
) -> Iterable[PartRow]:
    """Yield the row of one part, or nothing if both sides are empty."""
    old, new = (value_of(state) if state else None for state in (before, after))
    if not old and not new:
        return
    texts = [None if side is None else value(what, side, where) for side in (old, new)]
    yield PartRow(str(LABELS[what]), texts[0], texts[1], texts[0] != texts[1], what in WRITTEN)
