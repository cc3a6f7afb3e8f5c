"""What a release costs: queries and seconds to release so many changes of so many sessions with all their messages,
how often one could have stored the bare messages in that time, and on SQLite how long another writer waits."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench import waiting
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.members import Membership
from delegations.parties.models.parties import FlagRule, Party, PartyKind
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.outbox import enqueue
from summit.outbox.models import Message
from summit.outbox.models.messages import new_nonce
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

SIZES = (100, 500, 2000)
CHANGES = 50
PEOPLE = 2000
# Of a session that doesn't change.
OTHERS = 10
SLICE = 200
FIRST = datetime(2030, 3, 30, 8, tzinfo=UTC)
# More than half of an agenda, as where a day is late.
MANY = 323
# At most for the size that was promised: on PostgreSQL queries and seconds, on SQLite the wait of another writer; and
# seconds on both where many change.
QUERIES, SECONDS, WAIT, PROMISED = 40, 2.0, 1.0, 500
MANY_SECONDS = 3.0


@dataclass(frozen=True)
class Cost:
    """What one release took. `bare` are the seconds in which its messages alone are stored, `waited` those that
    another writer waited at most."""

    sessions: int
    changes: int
    messages: int
    queries: int
    seconds: float
    bare: float
    waited: float

    @property
    def multiple(self) -> float:
        """How often the bare messages could have been stored in that time."""
        return self.seconds / self.bare

    @property
    def kept(self) -> bool:
        """Whether it is within what was promised."""
        if self.sessions > PROMISED:
            return True
        most = SECONDS if self.changes <= CHANGES else MANY_SECONDS
        if connection.vendor != "postgresql":
            return self.waited <= WAIT and self.seconds < MANY_SECONDS
        return self.queries <= QUERIES and self.seconds < most


def measure(sessions: int, changes: int = CHANGES) -> tuple[Cost, Summit]:
    """Release so many changes of an agenda of so many sessions; return what it cost, and the summit. Once without
    counting, then with: counting costs time."""
    summit, organiser, rows = _summit(sessions, changes)
    releases.release(summit=summit, by=organiser, tell=False)
    _move(rows[:changes])
    with waiting.another_writer() as wait:
        started = time.perf_counter()
        made = releases.release(summit=summit, by=organiser)
        seconds = time.perf_counter() - started
    found = Message.objects.filter(summit=summit, version=made.number)
    if found.count() != PEOPLE:
        raise RuntimeError(f"{found.count()} messages to {PEOPLE} people")
    # Sent, so that the next release doesn't fold them.
    found.update(state="sent", sent_at=made.released_at)
    bare = _bare(list(found))
    _move(rows[:changes])
    with CaptureQueriesContext(connection) as queries:
        releases.release(summit=summit, by=organiser)
    return Cost(sessions, changes, PEOPLE, len(queries), seconds, bare, wait.seconds), summit


def _bare(messages: list[Message]) -> float:
    """Store the same messages once more, and nothing else; return the seconds that took, and take them away."""
    for message in messages:
        message.pk, message.public_id, message.state, message.sent_at = None, new_nonce()[:16], "pending", None
        message.version, message.nonce = message.version + 1000, new_nonce()
        message.message_id = f"<{message.nonce}@bare.example>"
    started = time.perf_counter()
    with transaction.atomic():
        enqueue.store(messages)
    seconds = time.perf_counter() - started
    Message.objects.filter(nonce__in=[message.nonce for message in messages]).delete()
    return seconds


def _move(rows: Sequence[Session]) -> None:
    for row in rows:
        row.starts_at += timedelta(minutes=5)
        row.ends_at += timedelta(minutes=5)
    Session.objects.bulk_update(rows, ["starts_at", "ends_at"])


def _summit(sessions: int, changes: int) -> tuple[Summit, User, list[Session]]:
    slug = f"releasing-{sessions}-{changes}"
    organiser = User.objects.create_user(email=f"organiser@{slug}.example", name="Organiser")
    summit = Summit.objects.create(
        slug=slug,
        name="Summit of many sessions",
        short_name="Many",
        host="United Kingdom",
        starts_on=FIRST.date(),
        ends_on=FIRST.date() + timedelta(days=2),
        time_zone="Europe/London",
        place="London",
        contact_email=f"protocol@{slug}.example",
        public=True,
        agenda_readers="all",
    )
    RoleAssignment.objects.create(user=organiser, summit=summit, role=Role.ORGANISER)
    people = _people(summit)
    rows = [
        Session(
            summit=summit,
            kind=SessionKind.WORKING_SESSION,
            title=f"Session {number}",
            starts_at=FIRST + timedelta(minutes=number),
            ends_at=FIRST + timedelta(minutes=number + 60),
            visibility=Visibility.PUBLIC,
        )
        for number in range(sessions)
    ]
    Session.objects.bulk_create(rows, batch_size=SLICE)
    # So that each of the people takes part in what changes.
    each = max(math.ceil(PEOPLE / changes), OTHERS)
    places = []
    for number, row in enumerate(rows):
        first, size = (number * each, each) if number < changes else (number * OTHERS, OTHERS)
        within = [people[(first + place) % PEOPLE] for place in range(size)]
        places += [Participant(session=row, person=person, position=place) for place, person in enumerate(within)]
    Participant.objects.bulk_create(places, batch_size=SLICE)
    return summit, organiser, rows


def _people(summit: Summit) -> list[Person]:
    """Enter the people, twenty to a delegation, each with a mailbox of their own."""
    parties = [
        Party(
            summit=summit,
            kind=PartyKind.COUNTRY,
            flag=FlagRule.NONE,
            name=f"State {number}",
            formal_name=f"State {number}",
            sort_key=f"{number:05}",
        )
        for number in range(PEOPLE // 20)
    ]
    Party.objects.bulk_create(parties, batch_size=SLICE)
    people = [
        Person(summit=summit, name=f"Delegate {number}", email=f"delegate-{number}@{summit.slug}.example")
        for number in range(PEOPLE)
    ]
    Person.objects.bulk_create(people, batch_size=SLICE)
    category = Category.objects.of(summit)[Capacity.DELEGATE]
    members = [
        Membership(party=parties[number // 20], person=person, category=category, capacity=category.capacity)
        for number, person in enumerate(people)
    ]
    Membership.objects.bulk_create(members, batch_size=SLICE)
    return people
