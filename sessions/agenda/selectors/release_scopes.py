"""The scope of a release: the whole draft, one day at the venue, or new times and rooms of some sessions.

With the new times, a session may be split: its second part is released with them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.snapshots import RANK, Agenda, Snapshot
from summit.core.languages import spoken

# The key of a second part that hasn't been made yet, in a preview.
SECOND_PART = "second-part"
# The length of a title in the draft.
LONGEST_TITLE = 200
SPEAKER = ReleasedRole.SPEAKER.value


@dataclass(frozen=True)
class Placement:
    """The time and room of a session. The fields are those of a snapshot; without a room, the names are empty."""

    starts_at: datetime
    ends_at: datetime
    room_key: str
    room_name: str
    venue_name: str


def placement_of(session: Snapshot) -> Placement:
    """Return the time and room of a session."""
    return Placement(session.starts_at, session.ends_at, session.room_key, session.room_name, session.venue_name)


def placed(session: Snapshot, placement: Placement) -> Snapshot:
    """Return a session at another time or in another room."""
    return replace(
        session,
        starts_at=placement.starts_at,
        ends_at=placement.ends_at,
        room_key=placement.room_key,
        room_name=placement.room_name,
        venue_name=placement.venue_name,
    )


def has_other_times(session: Snapshot, placement: Placement) -> bool:
    """Return whether a placement gives a session another start or another end."""
    return (session.starts_at, session.ends_at) != (placement.starts_at, placement.ends_at)


@dataclass(frozen=True)
class Split:
    """Where a session goes on: the placement of its second part, and the speeches that are given there.

    `session_id` is the primary key of the session, which ends where its own placement says. `speeches` are public
    ids, in the order in which they are given. `language` is that of the summit. `part_id` and `part_key` are the
    primary key and the public id of the second part; by default it hasn't been made yet.
    """

    session_id: int
    placement: Placement
    language: str
    speeches: tuple[str, ...] = ()
    part_id: int = 0
    part_key: str = SECOND_PART


def continued(title: str, language: str) -> str:
    """Return the title of a second part from the session's title in a language."""
    with override(spoken(language)):
        room = LONGEST_TITLE - len(_("%(title)s (continued)") % {"title": ""})
        return _("%(title)s (continued)") % {"title": title[:room]}


def first_part(session: Snapshot, split: Split) -> Snapshot:
    """Return a session without the speeches that its second part has."""
    return replace(session, places=tuple(each for each in session.places if each.slot_key not in split.speeches))


def second_part(session: Snapshot, split: Split) -> Snapshot:
    """Return the second part of a session: like it, with the speeches that move. Documents stay with the session."""
    speeches = {each.slot_key: each for each in session.places if each.slot_key in split.speeches}
    moved = [speeches[key] for key in split.speeches if key in speeches]
    places = [each for each in session.places if not each.slot_key]
    after = next((index for index, each in enumerate(places) if RANK[each.role] > RANK[SPEAKER]), len(places))
    return replace(
        placed(session, split.placement),
        key=split.part_key,
        session_id=split.part_id,
        sequence=0,
        sequences=(),
        title=continued(session.title, split.language),
        texts=tuple((code, continued(title, code), summary) for code, title, summary in session.texts),
        places=(*places[:after], *moved, *places[after:]),
        documents=(),
        carried=(),
        opening=None,
    )


def retimed(old: Agenda, placements: Mapping[int, Placement], split: Split | None = None) -> Agenda:
    """Return the agenda `old` with these sessions, by their primary keys, at other times or in other rooms.

    With `split`, one of its sessions has a second part. Nothing else changes, whatever the draft says. Raises
    KeyError for a session that `old` doesn't have.
    """
    new = old | {key: placed(old[key], placement) for key, placement in placements.items()}
    if split is None:
        return new
    key = split.session_id
    return new | {key: first_part(new[key], split), split.part_id: second_part(old[key], split)}


def takes_place_on(session: Snapshot, day: date) -> bool:
    """Return whether at least a part of a session is on this day at its venue."""
    first, last = session.days
    return first <= day <= last


def agenda_to_release(*, old: Agenda, new: Agenda, day: date | None) -> Agenda:
    """Return the agenda of a release of one day: `old`, with the sessions of `day` taken from the draft `new`.

    If `day` is None, return the whole draft. Sessions that are on this day in `old` or in `new` are taken from the
    draft, even if they move from or to another day.
    """
    if day is None:
        return new
    states = [*old.values(), *new.values()]
    on_day = {session.session_id for session in states if takes_place_on(session, day)}
    others = {key: session for key, session in old.items() if key not in on_day}
    return others | {key: session for key, session in new.items() if key in on_day}


def days(sessions: Iterable[Snapshot]) -> list[date]:
    """Return the days on which at least one of these sessions begins, in order."""
    return sorted({session.days[0] for session in sessions})
