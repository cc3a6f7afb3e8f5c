"""The agenda as plain values, whether it comes from the working draft or from a release.

Everything that members could see of a session is in its snapshot and nothing else is, so two snapshots with the same
content read the same for everybody.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sessions.models import (
    Participant,
    Release,
    ReleasedParticipant,
    ReleasedRole,
    ReleasedSession,
    ReleaseEntry,
    Session,
    Slot,
)
from sessions.models.releases import SEEN_BY_PARTICIPANTS
from summit.models import Summit
from summit.models.people import announced

# Who leads comes first, then the speeches in their order, then the others.
RANK = {
    ReleasedRole.CHAIR.value: 0,
    ReleasedRole.MODERATOR.value: 1,
    ReleasedRole.SPEAKER.value: 2,
    ReleasedRole.PARTICIPANT.value: 3,
}


@dataclass(frozen=True)
class Place:
    """Somebody's place in a session, by the name that is announced.

    A person's place is theirs alone, though their party's name stands beside it; a speech given for a party is the
    whole party's.
    """

    role: str
    party_id: int | None
    person_id: int | None
    slot_key: str
    label: str
    party_label: str
    title: str = ""
    minutes: int | None = None

    @property
    def reads(self) -> tuple[str, str, str, int | None]:
        """What is read of it."""
        return (self.label, self.party_label, self.title, self.minutes)


_PLACE = [field.name for field in fields(Place)]


@dataclass(frozen=True)
class Snapshot:
    """A session as it is seen at one moment. Times are aware, in UTC."""

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
    places: tuple[Place, ...] = ()

    @cached_property
    def content(self) -> tuple[Any, ...]:
        """What makes the session what it is: all but its identity and its sequence."""
        return (
            self.kind,
            self.title,
            self.summary,
            self.starts_at.astimezone(UTC).isoformat(),
            self.ends_at.astimezone(UTC).isoformat(),
            self.room_name,
            self.venue_name,
            self.visibility,
            tuple(tuple(getattr(place, name) for name in _PLACE) for place in self.places),
        )

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the content's canonical JSON, in hexadecimal."""
        packed = json.dumps(self.content, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(packed.encode()).hexdigest()

    @property
    def seen_by_participants(self) -> bool:
        """Whether those who take part know of it."""
        return self.visibility in SEEN_BY_PARTICIPANTS

    @cached_property
    def parties(self) -> frozenset[int]:
        """The parties, by primary key, in whose programme it stands."""
        if not self.seen_by_participants:
            return frozenset()
        return frozenset(place.party_id for place in self.places if place.party_id)

    @cached_property
    def people(self) -> frozenset[int]:
        """The people, by primary key, in whose programme it stands."""
        if not self.seen_by_participants:
            return frozenset()
        return frozenset(place.person_id for place in self.places if place.person_id)

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def where(self) -> str:
        """The room and its venue."""
        return ", ".join(part for part in (self.room_name, self.venue_name) if part)

    def by_role(self, role: str) -> tuple[Place, ...]:
        """Return who takes part in a role, in their order."""
        return tuple(place for place in self.places if place.role == role)


# The sessions of one draft or release, by the session's primary key.
Agenda = dict[int, Snapshot]


# Who somebody is and whose: the name and office of a person, the name of their delegation.
_WHO = ("name", "office", "membership__party__name")


def draft(summit: Summit) -> Agenda:
    """Return the working draft without what is cancelled. Three queries."""
    rows = Session.objects.filter(summit=summit, cancelled_at=None).select_related("room__venue").order_by("id")
    places: dict[int, list[tuple[tuple[int, int, int], Place]]] = {}
    for session_id, order, place in (*_participants(summit), *_speeches(summit)):
        places.setdefault(session_id, []).append((order, place))
    return {
        row.pk: Snapshot(
            key=row.public_id,
            session_id=row.pk,
            sequence=0,
            kind=row.kind,
            title=row.title,
            summary=row.summary,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room_name=row.room.name if row.room else "",
            venue_name=row.room.venue.name if row.room else "",
            visibility=row.visibility,
            places=tuple(place for _order, place in sorted(places.get(row.pk, []), key=lambda entry: entry[0])),
        )
        for row in rows
    }


# A place in the draft: of which session, where in its order, and the place.
_Placed = tuple[int, tuple[int, int, int], Place]


def _participants(summit: Summit) -> Iterator[_Placed]:
    """Yield who takes part. There are thousands, so that values are read and no objects made."""
    rows = Participant.objects.filter(session__summit=summit, session__cancelled_at=None).values_list(
        "pk", "session", "position", "role", "party", "party__name", "person", *[f"person__{name}" for name in _WHO]
    )
    for pk, session_id, position, role, party_id, party, person_id, name, office, own in rows:
        if person_id is None:
            place = Place(role, party_id, None, "", party, "")
        else:
            place = Place(role, None, person_id, "", announced(name, office), own or "")
        yield session_id, (RANK[role], position, pk), place


def _speeches(summit: Summit) -> Iterator[_Placed]:
    """Yield who speaks."""
    role = ReleasedRole.SPEAKER.value
    rows = Slot.objects.filter(session__summit=summit, session__cancelled_at=None).values_list(
        *("pk", "session", "position", "party", "party__name", "speaker", "public_id", "title", "minutes"),
        *[f"speaker__{name}" for name in _WHO],
    )
    for pk, session_id, position, party_id, party, speaker_id, key, title, minutes, name, office, own in rows:
        label = announced(name, office)
        place = Place(role, party_id, speaker_id, key, label, party or own or "", title, minutes)
        yield session_id, (RANK[role], position, pk), place


def snapshot(row: ReleasedSession, participants: Iterable[ReleasedParticipant]) -> Snapshot:
    """Return a released session, with its session joined, as a snapshot."""
    return _snapshot(row, [Place(*[getattr(each, name) for name in _PLACE]) for each in participants])


def _snapshot(row: ReleasedSession, places: Iterable[Place]) -> Snapshot:
    return Snapshot(
        key=row.session.public_id,
        session_id=row.session_id,
        sequence=row.sequence,
        kind=row.kind,
        title=row.title,
        summary=row.summary,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room_name=row.room_name,
        venue_name=row.venue_name,
        visibility=row.visibility,
        places=tuple(places),
    )


def released(summit: Summit, numbers: Iterable[int]) -> dict[int, Agenda]:
    """Return the agendas of releases by their numbers. Three queries, however many."""
    wanted = Release.objects.filter(summit=summit, number__in=list(numbers))
    found: dict[int, Agenda] = {}
    entries = ReleaseEntry.objects.filter(release__in=wanted)
    inside = entries.values("released_session")
    places: dict[int, list[Place]] = {}
    people = ReleasedParticipant.objects.filter(released_session__in=inside)
    for row_id, *values in people.order_by("released_session", "position", "id").values_list(
        "released_session", *_PLACE
    ):
        places.setdefault(row_id, []).append(Place(*values))
    rows = ReleasedSession.objects.filter(pk__in=inside).select_related("session").prefetch_related(None)
    snapshots = {row.pk: _snapshot(row, places.get(row.pk, [])) for row in rows}
    for number, session_id, row_id in entries.order_by("id").values_list(
        "release__number", "session_id", "released_session_id"
    ):
        found.setdefault(number, {})[session_id] = snapshots[row_id]
    return found


def numbered(agenda: Agenda, before: Agenda, number: int) -> Agenda:
    """Return a draft as the release of that number: what stayed as it was keeps its sequence."""
    result: Agenda = {}
    for session_id, current in agenda.items():
        earlier = before.get(session_id)
        same = earlier is not None and earlier.content == current.content
        result[session_id] = earlier if same and earlier else replace(current, sequence=number)
    return result
