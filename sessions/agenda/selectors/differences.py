"""What changed between two agendas, by the identity of each session, and what of it concerns whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors import snapshots
from sessions.agenda.selectors.snapshots import Agenda, Place, Snapshot
from sessions.visibility.models import DELEGATIONS, PARTS, TAKING_PART, rank_of


class Nature(StrEnum):
    """What became of a session in somebody's programme."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    # It may take place without them, or where they don't know of it: which of them is not said.
    GONE = "gone"


class What(StrEnum):
    """Which part of a session changed."""

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
    """From when to when; where the times aren't `known`, the bounds of days."""

    starts_at: datetime
    ends_at: datetime
    known: bool = True

    @property
    def minutes(self) -> int:
        """How long."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


# Rows of texts: from, into and booth; a document's id, title and language; a part and to whom it is shown.
Rows = tuple[tuple[str, ...], ...]
Value = str | Span | tuple[Place, ...] | Rows


@dataclass(frozen=True)
class Aspect:
    """One part of a session, as it was and as it is."""

    what: What
    old: Value
    new: Value


@dataclass(frozen=True)
class Change:
    """What became of one session. `before` is what was known of it, `after` what is; never both missing."""

    nature: Nature
    before: Snapshot | None
    after: Snapshot | None
    # Whether its reader merely waits for a place in it, and knows of it what all delegations do.
    waiting: bool = False

    @property
    def session(self) -> Snapshot:
        """The session as it is known last."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of them is there
        return found

    def aspects(self, language: str | None = None) -> Sequence[Aspect]:
        """Return what of it changed for readers of a language (None: for any of them); empty but for a session that
        was there and still is. Worked out once for each language: thousands may read it."""
        if self.before is None or self.after is None:
            return ()
        if language not in self._aspects:
            self._aspects[language] = tuple(aspects(self.before, self.after, language))
        return self._aspects[language]

    @cached_property
    def _aspects(self) -> dict[str | None, tuple[Aspect, ...]]:
        return {}

    @cached_property
    def _seen(self) -> dict[tuple[int | None, int | None], "Change | None"]:
        return {}

    def without(self, parts: frozenset[str]) -> "Change":
        """Return the change with nothing of some parts of the session in it."""
        if not parts:
            return self
        before, after = (side and snapshots.without(side, parts) for side in (self.before, self.after))
        return replace(self, before=before, after=after)

    def says_something(self, language: str | None = None) -> bool:
        """Return whether readers of a language would notice it: a title in another one doesn't concern them, and
        what is kept from them may have changed."""
        return self.nature != Nature.CHANGED or bool(self.aspects(language))


ROLES = {
    What.CHAIR: ReleasedRole.CHAIR,
    What.MODERATOR: ReleasedRole.MODERATOR,
    What.SPEAKERS: ReleasedRole.SPEAKER,
    What.PARTICIPANTS: ReleasedRole.PARTICIPANT,
    What.INTERPRETERS: ReleasedRole.INTERPRETER,
}


def aspects(before: Snapshot, after: Snapshot, language: str | None = None) -> list[Aspect]:
    """Return each part that differs between two states of a session, for readers of a language or of any."""
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
        (What.VISIBILITY, shown_to(before), shown_to(after)),
    ]
    found += [Aspect(what, was, now) for what, was, now in pairs if was != now]
    for what, role in ROLES.items():
        were, are = before.by_role(role), after.by_role(role)
        if [place.reads for place in were] != [place.reads for place in are]:
            found.append(Aspect(what, were, are))
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
    """Return old and new title, and old and new summary: in one language, or in all in which they differ."""
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
    """Return how many places there are, where somebody can take one."""
    return str(session.capacity or "") if session.sign_up else ""


def opening_of(session: Snapshot) -> str:
    """Return how many minutes pass before the first speech."""
    return str(session.opening or "")


def shown_to(session: Snapshot) -> Rows:
    """Return to whom it is shown, and each part that is shown to fewer."""
    return (("", session.visibility), *session.audiences)


def widens(change: Change) -> bool:
    """Return whether more people than before may know of a session that stays, or of a part of it."""
    if change.before is None or change.after is None:
        return False
    old, new = (
        [rank_of(state.visibility, dict(state.audiences).get(part, "")) for part in ("", *PARTS)]
        for state in (change.before, change.after)
    )
    return any(now < was for was, now in zip(old, new, strict=True))


def differences(*, old: Agenda, new: Agenda) -> list[Change]:
    """Return what changed from one agenda to another, in the order of the days."""
    found = []
    for session_id in old.keys() | new.keys():
        before, after = old.get(session_id), new.get(session_id)
        if before is None:
            found.append(Change(Nature.ADDED, None, after))
        elif after is None:
            found.append(Change(Nature.CANCELLED, before, None))
        elif before.content != after.content:
            found.append(Change(Nature.CHANGED, before, after))
    return in_order(found)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return changes by the time of their sessions."""
    return sorted(changes, key=lambda change: (change.session.starts_at, change.session.ends_at, change.session.key))


@dataclass(frozen=True)
class Programme:
    """Whose programme: parties, people and categories, the sessions for which these have signed up, and those in
    which they wait for a place, all by primary key."""

    parties: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    signed_up: frozenset[int] = frozenset()
    waits_for: frozenset[int] = frozenset()

    def rank_in(self, session: Snapshot | None) -> int | None:
        """Return the rank at which its readers know of a session that stands in it: that of those who take part, or
        where they wait for a place that of all delegations; None where it doesn't stand in it. `session` is all that
        is known of it."""
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


def as_seen(change: Change, *, before: int | None, after: int | None) -> Change | None:
    """Return a change as somebody reads it who had a rank in the session before or has one after, with what such may
    know of it.

    What merely left their view is gone and its new state is not in what they get; what is truly cancelled and was
    in their view says so. Who had a place and waits for one now has lost the session; who waited and has one gets it.
    """
    was = change.before.at(before) if change.before and before is not None else None
    now = change.after.at(after) if change.after and after is not None else None
    if was and now and before == after:
        return Change(Nature.CHANGED, was, now, waiting=after == DELEGATIONS)
    if now and after != DELEGATIONS:
        return Change(Nature.ADDED, None, now)
    if was:
        nature = Nature.CANCELLED if change.after is None else Nature.GONE
        return Change(nature, was, None, waiting=before == DELEGATIONS)
    return Change(Nature.ADDED, None, now, waiting=True) if now else None


def read_by(change: Change, mine: Programme) -> Change | None:
    """Return a change as the readers of a programme may read it; None where it doesn't concern them. Readers who had
    and have the same ranks in it read the same object."""
    ranks = mine.rank_in(change.before), mine.rank_in(change.after)
    if ranks not in change._seen:
        change._seen[ranks] = as_seen(change, before=ranks[0], after=ranks[1])
    return change._seen[ranks]


def personal(changes: Iterable[Change], mine: Programme, language: str | None = None) -> list[Change]:
    """Return what changed in a programme, as its readers may read it in their language."""
    seen = (read_by(change, mine) for change in changes)
    return [change for change in seen if change is not None and change.says_something(language)]


def touched(changes: Iterable[Change]) -> Programme:
    """Return the parties, people and categories in whose programme something changed, and the sessions that did."""
    states = [state for change in changes for state in (change.before, change.after) if state is not None]
    return Programme(
        parties=frozenset().union(*(state.parties for state in states)),
        people=frozenset().union(*(state.people for state in states)),
        categories=frozenset().union(*(state.categories for state in states)),
        signed_up=frozenset(state.session_id for state in states if state.seen_at(TAKING_PART)),
        waits_for=frozenset(state.session_id for state in states if state.seen_at(DELEGATIONS)),
    )
