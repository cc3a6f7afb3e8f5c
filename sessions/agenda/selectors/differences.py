"""Finds the differences between two agendas, session by session, and reduces them to what a reader may know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors import snapshots
from sessions.agenda.selectors.snapshots import Agenda, ParticipantSnapshot, Snapshot
from sessions.visibility.models import DELEGATIONS, PARTS, TAKING_PART, rank_of


class Nature(StrEnum):
    """What happened to a session in a reader's programme."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    # The session may still take place without the reader, or the reader may no longer know of it. The reader doesn't
    # learn which of the two is true.
    GONE = "gone"


class What(StrEnum):
    """The part of a session that changed."""

    MOVED = "moved"
    LONGER = "longer"
    SHORTER = "shorter"
    ROOM = "room"
    TITLE = "title"
    KIND = "kind"
    SUMMARY = "summary"
    CHAIR = "chair"
    MODERATOR = "moderator"
    SPEAKERS = "speakers"
    PARTICIPANTS = "participants"
    INTERPRETERS = "interpreters"
    LANGUAGES = "languages"
    DOCUMENTS = "documents"
    MEDIA = "media"
    PLACES = "places"
    OPENING = "opening"
    VISIBILITY = "visibility"


@dataclass(frozen=True)
class Span:
    """The start and end of a session. If `known` is false, they are the bounds of the session's days."""

    starts_at: datetime
    ends_at: datetime
    known: bool = True

    @property
    def minutes(self) -> int:
        """The length in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


# Rows of text: (source, target, booth), (document id, title, language) or (part, visibility).
Rows = tuple[tuple[str, ...], ...]
Value = str | Span | tuple[ParticipantSnapshot, ...] | Rows


@dataclass(frozen=True)
class Aspect:
    """One changed part of a session, with its old and new value."""

    what: What
    old: Value
    new: Value


@dataclass(frozen=True)
class SessionChange:
    """The change of one session.

    `before` is the session's old state, `after` its new state. At most one of them is None.
    """

    nature: Nature
    before: Snapshot | None
    after: Snapshot | None
    # Whether the reader only waits for a place in the session, and so knows no more than all delegations.
    waiting: bool = False

    @property
    def session(self) -> Snapshot:
        """The last known state of the session."""
        state = self.after or self.before
        assert state is not None  # noqa: S101 - one of them is there
        return state

    def aspects(self, language: str | None = None) -> Sequence[Aspect]:
        """Return the parts that changed, for readers of `language` (None: any language).

        The result is empty if the session was added or removed. It is computed once for each language, because
        thousands of readers may need it.
        """
        if self.before is None or self.after is None:
            return ()
        if language not in self._aspects:
            self._aspects[language] = tuple(aspects(self.before, self.after, language))
        return self._aspects[language]

    @cached_property
    def _aspects(self) -> dict[str | None, tuple[Aspect, ...]]:
        return {}

    @cached_property
    def _seen(self) -> dict[tuple[int | None, int | None], "SessionChange | None"]:
        return {}

    def without(self, parts: frozenset[str]) -> "SessionChange":
        """Return the change with these parts of the session emptied in both states."""
        if not parts:
            return self
        before, after = (side and snapshots.without(side, parts) for side in (self.before, self.after))
        return replace(self, before=before, after=after)

    def is_noticeable(self, language: str | None = None) -> bool:
        """Return whether readers of a language would notice the change.

        They don't notice a title in another language, or a part that they may not read.
        """
        return self.nature != Nature.CHANGED or bool(self.aspects(language))


ROLES = {
    What.CHAIR: ReleasedRole.CHAIR,
    What.MODERATOR: ReleasedRole.MODERATOR,
    What.SPEAKERS: ReleasedRole.SPEAKER,
    What.PARTICIPANTS: ReleasedRole.PARTICIPANT,
    What.INTERPRETERS: ReleasedRole.INTERPRETER,
}


def aspects(before: Snapshot, after: Snapshot, language: str | None = None) -> list[Aspect]:
    """Return each part that differs between two states of a session, for readers of `language`
    (None: any language)."""
    found = _times(before, after)
    titles, summaries = _texts(before, after, language)
    pairs: list[tuple[What, Value, Value]] = [
        (What.ROOM, before.where, after.where),
        (What.TITLE, *titles),
        (What.KIND, before.kind_in(language), after.kind_in(language)),
        (What.SUMMARY, *summaries),
        (What.LANGUAGES, before.languages, after.languages),
        (What.DOCUMENTS, before.documents, after.documents),
        (What.MEDIA, before.media, after.media),
        (What.PLACES, places_of(before), places_of(after)),
        (What.OPENING, opening_of(before), opening_of(after)),
        (What.VISIBILITY, visibilities(before), visibilities(after)),
    ]
    found += [Aspect(what, old, new) for what, old, new in pairs if old != new]
    for what, role in ROLES.items():
        old_places, new_places = before.by_role(role), after.by_role(role)
        if [place.reads for place in old_places] != [place.reads for place in new_places]:
            found.append(Aspect(what, old_places, new_places))
    return found


def _times(before: Snapshot, after: Snapshot) -> list[Aspect]:
    old, new = (Span(state.starts_at, state.ends_at, state.times_known) for state in (before, after))
    found: list[Aspect] = []
    if (old.starts_at, old.known) != (new.starts_at, new.known):
        found.append(Aspect(What.MOVED, old, new))
    if old.minutes != new.minutes and old.known and new.known:
        found.append(Aspect(What.LONGER if new.minutes > old.minutes else What.SHORTER, old, new))
    return found


def _texts(before: Snapshot, after: Snapshot, language: str | None) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return ((old title, new title), (old summary, new summary)) in `language`.

    If `language` is None, each value joins the texts of all languages in which they differ.
    """
    if language is not None:
        return _pairs(before.titled(language), after.titled(language))
    codes = sorted({code for state in (before, after) for code, _title, _summary in state.texts} | {""})
    old, new = ([state.titled(code) for code in codes] for state in (before, after))
    found = []
    for part in (0, 1):
        differ = [number for number in range(len(codes)) if old[number][part] != new[number][part]]
        sides = [" / ".join(dict.fromkeys(side[number][part] for number in differ)) for side in (old, new)]
        found.append((sides[0], sides[1]))
    return found[0], found[1]


def _pairs(old: tuple[str, str], new: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (old[0], new[0]), (old[1], new[1])


def places_of(session: Snapshot) -> str:
    """Return the number of places as a string; "" without a limit or if the session isn't open for sign-up."""
    return str(session.capacity or "") if session.sign_up else ""


def opening_of(session: Snapshot) -> str:
    """Return the minutes before the first speech as a string; "" if there are none."""
    return str(session.opening or "")


def visibilities(session: Snapshot) -> Rows:
    """Return (part, visibility) rows: the first is for the session, with "" as part.

    The others are for the parts that fewer readers see than the session.
    """
    return (("", session.visibility), *session.audiences)


def widens(change: SessionChange) -> bool:
    """Return whether more people may know of an existing session, or of a part of it, than before."""
    if change.before is None or change.after is None:
        return False
    old, new = (
        [rank_of(state.visibility, dict(state.audiences).get(part, "")) for part in ("", *PARTS)]
        for state in (change.before, change.after)
    )
    return any(new_rank < old_rank for old_rank, new_rank in zip(old, new, strict=True))


def differences(*, old: Agenda, new: Agenda) -> list[SessionChange]:
    """Return the changes from one agenda to another, ordered by time."""
    found = []
    for session_id in old.keys() | new.keys():
        before, after = old.get(session_id), new.get(session_id)
        if before is None:
            found.append(SessionChange(Nature.ADDED, None, after))
        elif after is None:
            found.append(SessionChange(Nature.CANCELLED, before, None))
        elif before.content != after.content:
            found.append(SessionChange(Nature.CHANGED, before, after))
    return in_order(found)


def in_order(changes: Iterable[SessionChange]) -> list[SessionChange]:
    """Return changes ordered by the time of their sessions."""
    return sorted(changes, key=lambda change: (change.session.starts_at, change.session.ends_at, change.session.key))


@dataclass(frozen=True)
class Programme:
    """The primary keys of the parties, people and categories that own a programme.

    `signed_up` has the sessions in which these owners have a place by sign-up, `waits_for` the sessions in which they
    wait for a place.
    """

    parties: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    signed_up: frozenset[int] = frozenset()
    waits_for: frozenset[int] = frozenset()

    def rank_in(self, session: Snapshot | None) -> int | None:
        """Return the rank at which the programme's owners know of a session; None if the programme doesn't have it.

        The rank is TAKING_PART for owners who take part, and DELEGATIONS for owners who wait for a place. `session`
        must be the full snapshot.
        """
        if session is None:
            return None
        if (
            session.parties & self.parties
            or session.people & self.people
            or session.categories & self.categories
            or (session.session_id in self.signed_up and session.seen_at(TAKING_PART))
        ):
            return TAKING_PART
        waits = session.session_id in self.waits_for and session.seen_at(DELEGATIONS)
        return DELEGATIONS if waits else None


def as_seen(change: SessionChange, *, before: int | None, after: int | None) -> SessionChange | None:
    """Return a change as a reader sees it; None if the reader sees nothing of it.

    `before` and `after` are the reader's ranks in the session before and after the change. If the reader saw the
    session before, it is CANCELLED if it was cancelled. If it only left the reader's view, it is GONE, without its
    new state. For a reader who had a place and now waits for one, the session is GONE. For a reader who waited and
    has a place now, it is ADDED.
    """
    old_state = change.before.at(before) if change.before and before is not None else None
    new_state = change.after.at(after) if change.after and after is not None else None
    if old_state and new_state and before == after:
        return SessionChange(Nature.CHANGED, old_state, new_state, waiting=after == DELEGATIONS)
    if new_state and after != DELEGATIONS:
        return SessionChange(Nature.ADDED, None, new_state)
    if old_state:
        nature = Nature.CANCELLED if change.after is None else Nature.GONE
        return SessionChange(nature, old_state, None, waiting=before == DELEGATIONS)
    return SessionChange(Nature.ADDED, None, new_state, waiting=True) if new_state else None


def read_by(change: SessionChange, mine: Programme) -> SessionChange | None:
    """Return a change as the owners of a programme may read it; None if the change doesn't concern them.

    Programmes with the same ranks before and after the change get the same object.
    """
    ranks = mine.rank_in(change.before), mine.rank_in(change.after)
    if ranks not in change._seen:
        change._seen[ranks] = as_seen(change, before=ranks[0], after=ranks[1])
    return change._seen[ranks]


def personal(changes: Iterable[SessionChange], mine: Programme, language: str | None = None) -> list[SessionChange]:
    """Return the changes in a programme, reduced to what its owners may read.

    `language` is the owners' language. Changes that they wouldn't notice in this language are left out.
    """
    seen = (read_by(change, mine) for change in changes)
    return [change for change in seen if change is not None and change.is_noticeable(language)]


def affected_programme(changes: Iterable[SessionChange]) -> Programme:
    """Return one programme of all parties, people and categories that these changes concern.

    Its `signed_up` and `waits_for` have the changed sessions that participants and delegations may know of.
    """
    states = [state for change in changes for state in (change.before, change.after) if state is not None]
    return Programme(
        parties=frozenset().union(*(state.parties for state in states)),
        people=frozenset().union(*(state.people for state in states)),
        categories=frozenset().union(*(state.categories for state in states)),
        signed_up=frozenset(state.session_id for state in states if state.seen_at(TAKING_PART)),
        waits_for=frozenset(state.session_id for state in states if state.seen_at(DELEGATIONS)),
    )
