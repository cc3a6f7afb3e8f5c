"""The agenda as plain values, from either the working draft or a release.

A snapshot has everything that members could see of a session and nothing else. Two snapshots with the same content
therefore look the same to everybody. `Snapshot.at` returns the snapshot reduced to what readers of a rank may know.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sessions.agenda.models.releases import ReleasedRole
from sessions.visibility.models import DESK, RANKS, TAKING_PART, Visibility, rank_of

# The order of roles: chair and moderator, then the speeches in their order, then the others; interpreters last.
RANK = {
    ReleasedRole.CHAIR.value: 0,
    ReleasedRole.MODERATOR.value: 1,
    ReleasedRole.SPEAKER.value: 2,
    ReleasedRole.PARTICIPANT.value: 3,
    ReleasedRole.INTERPRETER.value: 4,
}


@dataclass(frozen=True)
class ParticipantSnapshot:
    """A participant's place in a session, under the announced name.

    A person's place belongs to this person alone, even with the party's name beside it. A speech for a party belongs
    to the whole party, and a category's place to all people in the category.
    """

    role: str
    party_id: int | None
    person_id: int | None
    slot_key: str
    label: str
    party_label: str
    title: str = ""
    minutes: int | None = None
    level: str = ""
    category_id: int | None = None

    @property
    def name(self) -> tuple[str, str]:
        """The name and party that identify the place among the others."""
        return (self.label, self.party_label)

    @property
    def reads(self) -> tuple[str, str, str, int | None, str]:
        """The values that readers see."""
        return (self.label, self.party_label, self.title, self.minutes, self.level)


PLACE = [field.name for field in fields(ParticipantSnapshot)]
_PLACE = attrgetter(*PLACE)


@dataclass(frozen=True)
class Snapshot:
    """A session in one state. Times are aware, in UTC; `zone` is the name of the venue's time zone.

    `kind_names` has (language, name) pairs of the summit's own kind, the summit's language first. The other rows are
    in a fixed order: `texts` has (language, title, summary) in other languages, `audiences` has (part, visibility),
    `languages` has (source, target, booth), and `documents` has (public id, title, language). `opening` is the number
    of minutes before the first speech. If `times_known` is false, the times are the bounds of the session's days.
    """

    key: str
    session_id: int
    sequence: int
    kind: str
    title: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    room_name: str
    venue_name: str
    visibility: str
    places: tuple[ParticipantSnapshot, ...] = ()
    kind_names: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str, str], ...] = ()
    times_known: bool = True
    room_key: str = ""
    audiences: tuple[tuple[str, str], ...] = ()
    media: str = "closed"
    capacity: int | None = None
    sign_up: bool = False
    opening: int | None = None
    languages: tuple[tuple[str, str, str], ...] = ()
    documents: tuple[tuple[str, str, str], ...] = ()
    # Unmapped fields of an imported schedule: rows as in sessions.exchange.selectors.unmapped_fields.
    carried: tuple[tuple[str, ...], ...] = ()
    seal: str = ""
    zone: str = "UTC"
    # The sequence for readers of each rank; empty if it is the same for all.
    sequences: tuple[int, ...] = field(default=(), compare=False)

    @cached_property
    def content(self) -> tuple[Any, ...]:
        """All values of the session, except its identity and its sequence."""
        return (
            *(self.kind, self.kind_names, self.title, self.summary, self.texts),
            *(self.starts_at.astimezone(UTC).isoformat(), self.ends_at.astimezone(UTC).isoformat()),
            *(self.times_known, self.room_key, self.room_name, self.venue_name),
            *(self.visibility, self.audiences, self.media, self.capacity, self.sign_up),
            *(self.languages, self.documents, self.seal),
            tuple(map(_PLACE, self.places)),
            # Left out when empty, so that rows released before these fields existed keep their fingerprints.
            *([self.opening] if self.opening else []),
            *([self.carried] if self.carried else []),
        )

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the content's canonical JSON, in hexadecimal."""
        return _digest(self.content)

    @cached_property
    def to_attend(self) -> tuple[Any, ...]:
        """The values that matter to participants: the content without visibility, audiences and `carried`.

        `carried` is only exported again with schedules.
        """
        return replace(self, visibility=Visibility.PUBLIC.value, audiences=(), carried=()).content

    def sequence_at(self, rank: int) -> int:
        """Return the sequence for readers of a rank."""
        return self.sequences[rank] if self.sequences else self.sequence

    def seen_at(self, rank: int) -> bool:
        """Return whether readers of a rank know of the session."""
        return RANKS[self.visibility] <= rank

    def at(self, rank: int) -> "Snapshot | None":
        """Return the snapshot reduced to what readers of a rank may know; None if they may not know
        of the session."""
        return self._views[rank] if self.seen_at(rank) else None

    @cached_property
    def _views(self) -> tuple["Snapshot", ...]:
        return tuple(_masked(self, rank) for rank in range(DESK + 1))

    @cached_property
    def parties(self) -> frozenset[int]:
        """The primary keys of the parties that have the session in their programme."""
        return self._members("party_id")

    @cached_property
    def people(self) -> frozenset[int]:
        """The primary keys of the people who have the session in their programme."""
        return self._members("person_id")

    @cached_property
    def categories(self) -> frozenset[int]:
        """The primary keys of the categories with people who have the session in their programme."""
        return self._members("category_id")

    def _members(self, name: str) -> frozenset[int]:
        if not self.seen_at(TAKING_PART):
            return frozenset()
        return frozenset(key for place in self.places if (key := getattr(place, name)))

    @property
    def minutes(self) -> int:
        """The length in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the session at the venue."""
        zone = ZoneInfo(self.zone)
        last = self.ends_at.astimezone(zone) - timedelta(microseconds=1)
        return self.starts_at.astimezone(zone).date(), last.date()

    @property
    def where(self) -> str:
        """The room and its venue."""
        return ", ".join(part for part in (self.room_name, self.venue_name) if part)

    def by_role(self, role: str) -> tuple[ParticipantSnapshot, ...]:
        """Return the places with a role, in their order."""
        return tuple(place for place in self.places if place.role == role)

    def titled(self, language: str) -> tuple[str, str]:
        """Return title and summary in a language, or else in the summit's language."""
        return next(
            ((title, summary) for code, title, summary in self.texts if code == language), (self.title, self.summary)
        )

    def kind_in(self, language: str | None) -> str:
        """Return the name that the summit gave to the kind, in `language`.

        If `language` is None, return the names in all languages, joined by slashes. If the summit gave no name,
        return the value of `SessionKind`.
        """
        names = dict(self.kind_names)
        if language is None:
            return " / ".join(dict.fromkeys(names.values())) or self.kind
        return names.get(language) or next(iter(names.values()), self.kind)


# The sessions of one draft or release, by the session's primary key.
Agenda = dict[int, Snapshot]


def _digest(content: tuple[Any, ...]) -> str:
    packed = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def _masked(session: Snapshot, rank: int) -> Snapshot:
    """Return a session reduced to what readers of a rank may know.

    Readers below the rank of participants don't learn who interprets and from which booth. They don't learn the
    audiences of parts either, because these would reveal that a hidden part exists.
    """
    if rank == DESK:
        return session
    values: dict[str, Any] = {"sequence": session.sequence_at(rank), "sequences": ()} if session.sequences else {}
    audiences = dict(session.audiences)
    hidden = hidden_parts(session.visibility, audiences, rank)
    values |= _empty(session, hidden)
    if rank < TAKING_PART:
        places = values.get("places", session.places)
        values |= {
            "audiences": (),
            "places": tuple(place for place in places if place.role != ReleasedRole.INTERPRETER),
            "languages": tuple((source, target, "") for source, target, _booth in session.languages),
        }
    elif "participants" in hidden:
        values |= {"seal": _digest(tuple(map(_PLACE, session.places)))}
    return replace(session, **values) if values else session


def hidden_parts(visibility: str, audiences: Mapping[str, str], rank: int) -> frozenset[str]:
    """Return the parts of a session that readers of a rank may not know.

    `audiences` has the visibility of each part that fewer readers see than the session.
    """
    return frozenset(part for part, shown_to in audiences.items() if rank_of(visibility, shown_to) > rank)


def without(session: Snapshot, parts: frozenset[str]) -> Snapshot:
    """Return a session with some of its parts emptied. Hidden times become the bounds of its days."""
    values = _empty(session, parts)
    return replace(session, **values) if values else session


def _empty(session: Snapshot, parts: frozenset[str]) -> dict[str, Any]:
    """Return a dict from field name to the value that hides these parts of a session."""
    values: dict[str, Any] = {}
    if "title" in parts:
        values |= {"title": "", "summary": "", "texts": (), "kind_names": (), "carried": ()}
    if "room" in parts:
        values |= {"room_key": "", "room_name": "", "venue_name": ""}
    if "times" in parts:
        starts_at, ends_at = _days_of(session)
        values |= {"starts_at": starts_at, "ends_at": ends_at, "times_known": False, "opening": None}
    if "participants" in parts:
        values |= {"places": (), "opening": None}
    if "documents" in parts:
        values |= {"documents": ()}
    return values


def _days_of(session: Snapshot) -> tuple[datetime, datetime]:
    """Return the start of a session's first day and the end of its last day at the venue, both in UTC."""
    zone = ZoneInfo(session.zone)
    first, last = session.days
    starts_at, after = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return starts_at.astimezone(UTC), after.astimezone(UTC)
