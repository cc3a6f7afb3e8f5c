"""The agenda of a synthetic summit, and two releases of the agenda."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.participants import Participant, ParticipantRole, Slot
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.summits.models import Room, Venue

if TYPE_CHECKING:
    from portal.demo.synthetic import World

ROOMS = 12
# Start times of the sessions of a day; each lasts 75 minutes.
STARTS = tuple(
    time(hour, minute) for hour, minute in ((8, 0), (9, 30), (11, 0), (13, 30), (15, 0), (16, 30), (18, 0))
)
LENGTH = timedelta(minutes=75)
KINDS = (
    *(SessionKind.WORKING_SESSION,) * 5,
    SessionKind.PLENARY,
    SessionKind.ROUNDTABLE,
    *(SessionKind.BILATERAL,) * 3,
)
SUBJECTS = (
    *("Supply chains", "Criminal finances", "Returns", "Visas", "Documents", "Rescue at sea", "Land borders"),
    *("Airports", "Data and warrants", "Training", "Prosecution", "Victims", "Online promotion", "Cooperation"),
)
BATCH = 500


def days(sessions: int) -> int:
    """Return the number of days over which `sessions` sessions are spread."""
    return max(1, -(-sessions // (len(STARTS) * ROOMS)))


def make(world: World, number: int) -> list[Session]:
    """Create `number` sessions with participants and speeches, and return the sessions.

    No two sessions are in the same room at the same time.
    """
    venue = Venue.objects.create(public_id=world.ids(), summit=world.summit, name="Congress centre")
    rooms = [
        Room(
            public_id=world.ids(),
            venue=venue,
            name=f"Room {position + 1}",
            capacity=400 // (position + 1),
            position=position,
        )
        for position in range(ROOMS)
    ]
    Room.objects.bulk_create(rooms)
    sessions = [_session(world, rooms, position) for position in range(number)]
    Session.objects.bulk_create(sessions, batch_size=BATCH)
    participants: list[Participant] = []
    slots: list[Slot] = []
    free: list[int] = []
    for position, session in enumerate(sessions):
        if position % ROOMS == 0:
            # A head who takes part in one session can't be in another at that time.
            free = world.ids.random.sample(range(len(world.heads)), len(world.heads))
        participants += _participants(world, session, free)
        slots += _slots(world, session, free)
    Participant.objects.bulk_create(participants, batch_size=BATCH)
    Slot.objects.bulk_create(slots, batch_size=BATCH)
    return sessions


def _session(world: World, rooms: list[Room], position: int) -> Session:
    """Return the session with number `position`.

    Sessions fill first the rooms, then the times of a day, then the days.
    """
    hour, room = divmod(position, ROOMS)
    day, start = divmod(hour, len(STARTS))
    starts_at = datetime.combine(world.summit.starts_on + timedelta(days=day), STARTS[start], world.summit.zone)
    kind = world.ids.random.choice(KINDS)
    subject = world.ids.random.choice(SUBJECTS)
    bilateral = kind == SessionKind.BILATERAL
    visibility = (
        Visibility.PARTICIPANTS
        if bilateral
        else world.ids.random.choice(
            (Visibility.PUBLIC, Visibility.PUBLIC, Visibility.ACCREDITED, Visibility.ORGANISERS)
        )
    )
    return Session(
        public_id=world.ids(),
        summit=world.summit,
        kind=kind,
        title=f"{kind.label.capitalize()} {position + 1}" if bilateral else f"{subject}, part {position + 1}",
        summary="" if bilateral else f"A synthetic session about {subject.lower()}.",
        starts_at=starts_at,
        ends_at=starts_at + LENGTH,
        room=rooms[room],
        visibility=visibility,
    )


def _participants(world: World, session: Session, free: list[int]) -> list[Participant]:
    """Return the participants of a session: two parties for a bilateral, otherwise up to twelve parties and a chair.

    The chair is the head of a free party. In a large enough summit no participant is in another session at that time.
    """
    bilateral = session.kind == SessionKind.BILATERAL
    size = min(len(world.parties), 2 if bilateral else world.ids.random.randint(4, 12))
    if len(free) > size:
        parties = [world.parties[free.pop()] for _party in range(size)]
    else:
        parties = world.ids.random.sample(world.parties, size)
    rows = [
        Participant(session=session, party=party, position=position + 1) for position, party in enumerate(parties)
    ]
    if not bilateral and free:
        rows.append(Participant(session=session, person=world.heads[free.pop()], role=ParticipantRole.CHAIR))
    return rows


def _slots(world: World, session: Session, free: list[int]) -> list[Slot]:
    """Return the speeches of a plenary, by at most four free heads of delegation. Return [] for other sessions."""
    if session.kind != SessionKind.PLENARY:
        return []
    chosen = [free.pop() for _speech in range(min(4, len(free)))]
    return [
        Slot(
            public_id=world.ids(),
            session=session,
            party=world.parties[index],
            speaker=world.heads[index],
            title=f"Address of {world.parties[index].name}"[:200],
            position=position,
            minutes=10,
        )
        for position, index in enumerate(chosen)
    ]


def release(world: World, sessions: list[Session]) -> None:
    """Release the agenda, cancel and move some sessions, and release the agenda again."""
    if not sessions:
        return
    releases.release(summit=world.summit, by=world.users["organiser"], note="First release", tell=False)
    cancelled, moved = sessions[::50], sessions[1::25]
    for session in cancelled:
        session.cancelled_at = session.starts_at - timedelta(days=7)
    for session in moved:
        session.starts_at += timedelta(minutes=5)
        session.ends_at += timedelta(minutes=5)
    Session.objects.bulk_update(cancelled + moved, ["cancelled_at", "starts_at", "ends_at"], batch_size=BATCH)
    releases.release(summit=world.summit, by=world.users["organiser"], note="Second release")
