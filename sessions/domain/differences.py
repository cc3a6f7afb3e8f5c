"""What changed between two agendas, by the identity of each session, and what of it concerns whom."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sessions.domain.snapshots import Agenda, Place, Snapshot
from sessions.models import ReleasedRole


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
    VISIBILITY = "visibility"


@dataclass(frozen=True)
class Span:
    """From when to when."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """How long."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


Value = str | Span | tuple[Place, ...]


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

    @property
    def session(self) -> Snapshot:
        """The session as it is known last."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of them is there
        return found

    @property
    def aspects(self) -> list[Aspect]:
        """What of it changed; empty but for a session that was there and still is."""
        return aspects(self.before, self.after) if self.before and self.after else []


ROLES = {
    What.CHAIR: ReleasedRole.CHAIR,
    What.MODERATOR: ReleasedRole.MODERATOR,
    What.SPEAKERS: ReleasedRole.SPEAKER,
    What.PARTICIPANTS: ReleasedRole.PARTICIPANT,
}


def aspects(before: Snapshot, after: Snapshot) -> list[Aspect]:
    """Return each part that differs between two states of a session."""
    found: list[Aspect] = []
    old, new = Span(before.starts_at, before.ends_at), Span(after.starts_at, after.ends_at)
    if old.starts_at != new.starts_at:
        found.append(Aspect(What.MOVED, old, new))
    if old.minutes != new.minutes:
        found.append(Aspect(What.LONGER if new.minutes > old.minutes else What.SHORTER, old, new))
    texts: list[tuple[What, str, str]] = [
        (What.ROOM, before.where, after.where),
        (What.TITLE, before.title, after.title),
        (What.KIND, before.kind, after.kind),
        (What.SUMMARY, before.summary, after.summary),
        (What.VISIBILITY, before.visibility, after.visibility),
    ]
    found += [Aspect(what, was, now) for what, was, now in texts if was != now]
    for what, role in ROLES.items():
        were, are = before.by_role(role), after.by_role(role)
        if [place.reads for place in were] != [place.reads for place in are]:
            found.append(Aspect(what, were, are))
    return found


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


def as_seen(change: Change, *, before: bool, after: bool) -> Change | None:
    """Return a change as somebody reads it who knew of the session before or knows of it after.

    What merely left their view is gone and its new state is not in what they get; what is truly cancelled and was
    in their view says so.
    """
    was = change.before if before else None
    now = change.after if after else None
    if was and now:
        return Change(Nature.CHANGED, was, now)
    if now:
        return Change(Nature.ADDED, None, now)
    if was:
        return Change(Nature.CANCELLED if change.after is None else Nature.GONE, was, None)
    return None


def takes_part(session: Snapshot | None, parties: Set[int], people: Set[int]) -> bool:
    """Return whether a session stands in the programme of these parties and people (primary keys)."""
    return session is not None and bool(session.parties & parties or session.people & people)


def personal(changes: Iterable[Change], *, parties: Set[int], people: Set[int]) -> list[Change]:
    """Return what changed in the programme of these parties and people, as they may read it."""
    found = []
    for change in changes:
        mine = as_seen(
            change,
            before=takes_part(change.before, parties, people),
            after=takes_part(change.after, parties, people),
        )
        if mine is not None:
            found.append(mine)
    return found


def touched(changes: Iterable[Change]) -> tuple[set[int], set[int]]:
    """Return the parties and the people in whose programme something changed."""
    parties: set[int] = set()
    people: set[int] = set()
    for change in changes:
        for state in (change.before, change.after):
            if state is not None:
                parties |= state.parties
                people |= state.people
    return parties, people


def to_facts(change: Change) -> dict[str, Any]:
    """Return a change as JSON, with who takes part only where that differs."""
    same = change.before is None or change.after is None or change.before.places == change.after.places
    return {
        "nature": change.nature.value,
        "before": change.before and _state(change.before, with_places=not same),
        "after": change.after and _state(change.after, with_places=not same),
    }


def _state(session: Snapshot, *, with_places: bool) -> dict[str, Any]:
    return {
        "key": session.key,
        "sequence": session.sequence,
        "kind": session.kind,
        "title": session.title,
        "summary": session.summary,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "room_name": session.room_name,
        "venue_name": session.venue_name,
        "visibility": session.visibility,
        "places": [[place.role, *place.reads] for place in session.places] if with_places else [],
    }


def from_facts(facts: dict[str, Any]) -> Change:
    """Return the change that `to_facts` wrote."""
    return Change(Nature(facts["nature"]), _read(facts["before"]), _read(facts["after"]))


def _read(facts: dict[str, Any] | None) -> Snapshot | None:
    if facts is None:
        return None
    places = tuple(
        Place(role, None, None, "", label, party_label, title, minutes)
        for role, label, party_label, title, minutes in facts["places"]
    )
    return Snapshot(
        **{
            **facts,
            "session_id": 0,
            "starts_at": datetime.fromisoformat(facts["starts_at"]),
            "ends_at": datetime.fromisoformat(facts["ends_at"]),
            "places": places,
        }
    )
