"""The agenda as plain values, whether it comes from the working draft or from a release.

Everything that members could see of a session is in its snapshot and nothing else is, so two snapshots with the same
content read the same for everybody.
"""

import hashlib
import json
from collections.abc import Iterable
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
from summit.models import Person, Summit

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
            tuple(tuple(getattr(place, field.name) for field in fields(Place)) for place in self.places),
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


def draft(summit: Summit) -> Agenda:
    """Return the working draft without what is cancelled. Three queries."""
    rows = Session.objects.filter(summit=summit, cancelled_at=None).select_related("room__venue").order_by("id")
    inside = {"session__summit": summit, "session__cancelled_at": None}
    places: dict[int, list[tuple[tuple[int, int, int], Place]]] = {}
    for participant in Participant.objects.filter(**inside).select_related("party", "person__membership__party"):
        order = (RANK[participant.role], participant.position, participant.pk)
        places.setdefault(participant.session_id, []).append((order, _place(participant)))
    for slot in Slot.objects.filter(**inside).select_related("party", "speaker__membership__party"):
        order = (RANK[ReleasedRole.SPEAKER.value], slot.position, slot.pk)
        places.setdefault(slot.session_id, []).append((order, _speech(slot)))
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


def _party_name(person: Person) -> str:
    membership = getattr(person, "membership", None)
    return membership.party.name if membership else ""


def _place(row: Participant) -> Place:
    if row.person is None:
        assert row.party is not None  # noqa: S101 - the constraint participant_party_or_person holds it
        return Place(row.role, row.party_id, None, "", row.party.name, "")
    return Place(row.role, None, row.person_id, "", row.person.label, _party_name(row.person))


def _speech(row: Slot) -> Place:
    return Place(
        ReleasedRole.SPEAKER.value,
        row.party_id,
        row.speaker_id,
        row.public_id,
        row.speaker.label,
        row.party.name if row.party else _party_name(row.speaker),
        row.title,
        row.minutes,
    )


def snapshot(row: ReleasedSession, participants: Iterable[ReleasedParticipant]) -> Snapshot:
    """Return a released session, with its session joined, as a snapshot."""
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
        places=tuple(
            Place(**{field.name: getattr(participant, field.name) for field in fields(Place)})
            for participant in participants
        ),
    )


def released(summit: Summit, numbers: Iterable[int]) -> dict[int, Agenda]:
    """Return the agendas of releases by their numbers. Three queries, however many."""
    wanted = Release.objects.filter(summit=summit, number__in=list(numbers))
    found: dict[int, Agenda] = {}
    entries = ReleaseEntry.objects.filter(release__in=wanted)
    rows = (
        ReleasedSession.objects.filter(pk__in=entries.values("released_session"))
        .select_related("session")
        .prefetch_related(None)
    )
    participants: dict[int, list[ReleasedParticipant]] = {}
    for participant in ReleasedParticipant.objects.filter(
        released_session__in=entries.values("released_session")
    ).order_by("released_session", "position", "id"):
        participants.setdefault(participant.released_session_id, []).append(participant)
    snapshots = {row.pk: snapshot(row, participants.get(row.pk, [])) for row in rows}
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
