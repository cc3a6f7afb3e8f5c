"""What it costs to invite many: queries for each of them, and letters a second that one worker process sends, as a
fraction of a bare loop's, which builds and sends the same mails, each with its PDF, to the same mail server.

The two take turns over the same slices of the letters, so that what else the machine does slows both.
"""

import smtplib
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.outbox import seconds
from bench.sink import sink
from delegations.invitations.services import invitations
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.members import Membership
from delegations.parties.models.parties import FlagRule, Party, PartyKind
from summit.core.database_clock import db_now
from summit.outbox import delivery, html_part, mime
from summit.outbox.models import Message, MessageState
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

PEOPLE = 2000
FEW = 500
SLICE = 100
AIM = 0.6
LANGUAGES = ("en", "fr", "ar")


@dataclass(frozen=True)
class Queries:
    """Queries that inviting so many people took."""

    people: int
    queries: int

    @property
    def each(self) -> float:
        """Queries for each person."""
        return self.queries / self.people


@dataclass(frozen=True)
class Rates:
    """What was measured: letters a second are medians of the slices, `fraction` is the median of their ratios,
    `processor` the same in processor time, which other work on the machine doesn't stretch, and `queries` is what a
    letter takes of the worker."""

    letters: int
    worker: float
    loop: float
    fraction: float
    processor: float
    queries: float


def invite(people: int) -> tuple[Summit, Queries]:
    """Enter so many single guests in a summit of their own and invite them by one action."""
    summit, organiser = _summit(people)
    with CaptureQueriesContext(connection) as found:
        reach = invitations.invite(parties=Party.objects.filter(summit=summit), by=organiser)
    if reach.letters != people or reach.skipped:
        raise RuntimeError(f"{reach.letters} letters to {people} people")
    return summit, Queries(people, len(found))


def measure(summit: Summit) -> Rates:
    """Send the letters of an invited summit by both ways, slice by slice; the first slice warms up and is counted."""
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    due = Message.objects.filter(state=MessageState.PENDING)
    due.exclude(summit=summit).update(state=MessageState.DROPPED, problem="before")
    worker, loop, busy = [], [], []
    with sink() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        first = _next(summit)
        bare(first, port)
        with CaptureQueriesContext(connection) as found:
            deliver(len(first))
        while rows := _next(summit):
            started = time.process_time()
            loop.append(seconds(lambda rows=rows, port=port: bare(rows, port)) / len(rows))  # type: ignore[misc]
            between = time.process_time()
            worker.append(seconds(lambda rows=rows: deliver(len(rows))) / len(rows))  # type: ignore[misc]
            busy.append((between - started) / (time.process_time() - between))
    sent = Message.objects.filter(summit=summit, state=MessageState.SENT).count()
    if sent != Message.objects.filter(summit=summit).count():
        raise RuntimeError("letters were left")
    return Rates(
        letters=sent,
        worker=1 / statistics.median(worker),
        loop=1 / statistics.median(loop),
        fraction=statistics.median(alone / one for one, alone in zip(worker, loop, strict=True)),
        processor=statistics.median(busy),
        queries=len(found) / len(first),
    )


def _next(summit: Summit) -> list[Message]:
    """Return the letters that a worker is given next."""
    rows = Message.objects.filter(summit=summit, state=MessageState.PENDING)
    return list(rows.order_by("next_attempt_at", "id")[:SLICE])


def bare(rows: list[Message], port: int) -> None:
    """Build each mail with its HTML part and send it, over one connection. Nothing is stored."""
    with smtplib.SMTP("127.0.0.1", port) as line:
        for row in rows:
            row.rendered = mime.build(row, mime.render(row))
            line.sendmail(settings.DEFAULT_FROM_EMAIL, [row.address], html_part.with_html(row))


def deliver(number: int) -> None:
    """Do what a worker does with as many messages as are handed out."""
    for _task, ids in list(delivery.hand_out(limit=number)):
        delivery.deliver(ids)


def _summit(people: int) -> tuple[Summit, User]:
    slug = f"crowd-{people}"
    organiser = User.objects.create_user(email=f"organiser@{slug}.example", name="Organiser")
    first = db_now().date() + timedelta(days=60)
    summit = Summit.objects.create(
        slug=slug,
        name="Summit of a crowd",
        short_name="Crowd",
        host="United Kingdom",
        starts_on=first,
        ends_on=first + timedelta(days=1),
        time_zone="Europe/London",
        place="London",
        contact_email=f"protocol@{slug}.example",
        answer_by=db_now() + timedelta(days=30),
    )
    RoleAssignment.objects.create(user=organiser, summit=summit, role=Role.ORGANISER)
    _guests(summit, people)
    return summit, organiser


def _guests(summit: Summit, people: int) -> None:
    guests = [
        Party(
            summit=summit,
            kind=PartyKind.GUEST,
            flag=FlagRule.NONE,
            name=f"Guest {number}",
            formal_name=f"Guest {number}",
            sort_key=f"{number:05}",
            language=LANGUAGES[number % len(LANGUAGES)],
            mission_email=f"guest-{number}@{summit.slug}.example",
        )
        for number in range(people)
    ]
    Party.objects.bulk_create(guests, batch_size=SLICE)
    persons = [Person(summit=summit, name=party.name, office="Professor of law") for party in guests]
    Person.objects.bulk_create(persons, batch_size=SLICE)
    category = Category.objects.of(summit)[Capacity.GUEST]
    places = [
        Membership(party=party, person=person, category=category, capacity=category.capacity)
        for party, person in zip(guests, persons, strict=True)
    ]
    Membership.objects.bulk_create(places, batch_size=SLICE)
