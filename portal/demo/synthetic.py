"""Load a synthetic summit of any size, for measurements and long lists. The same seed results in the same summit."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.badges.services import transferable_passes
from delegations.invitations.models.invitations import Answer, Invitation, InvitationLink, InvitationState
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from portal.demo import synthetic_agenda, synthetic_countries, synthetic_press
from portal.demo.accounts import make_accounts
from portal.demo.batches import complete, stored
from portal.demo.border_security import counts
from portal.demo.ids import Ids
from portal.demo.progress import Progress
from summit.audit import services as audit
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.users.models import User

# Days before the summit: when invitations were sent, the deadline for answers, and when people were confirmed.
# Answers are spread over the days between the first two.
INVITED_BEFORE, ANSWERS_DUE, CONFIRMED = 35, 14, 7
LINKS_LAST = timedelta(days=31)
BATCH = 500


@dataclass(frozen=True)
class Sizes:
    """The size of a synthetic summit.

    Each delegation needs a head and a focal point. One of the delegations is the host. Raises ValueError for fewer
    than two delegations, too few people, or negative sizes.
    """

    delegations: int = 193
    sessions: int = 500
    people: int = 2000
    texts: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        if self.delegations < 2:
            raise ValueError("A summit has at least 2 delegations: the host and a guest.")
        if self.people < 2 * self.delegations:
            raise ValueError(f"{self.delegations} delegations need at least {2 * self.delegations} people.")
        if min(getattr(self, size.name) for size in fields(self)) < 0:
            raise ValueError("Sizes are not negative.")


def days_before(first: date, days: int) -> datetime:
    """Return the datetime of nine o'clock (UTC), `days` days before a date."""
    return datetime.combine(first - timedelta(days=days), time(9, 0), UTC)


@dataclass
class World:
    """The objects of a synthetic summit that were created so far."""

    summit: Summit
    ids: Ids
    users: dict[str, User]
    parties: list[Party] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    # The first of `people`, one for each party, in the order of `parties`.
    heads: list[Person] = field(default_factory=list)


def domain(slug: str) -> str:
    """Return the domain of the accounts and mailboxes of a synthetic summit."""
    return f"{slug}.example"


def load(*, slug: str, sizes: Sizes, progress: Progress | None = None) -> Summit:
    """Load a synthetic summit and return it. Raises IntegrityError if it exists already."""
    progress = progress or Progress()
    progress.start(7)
    with stored():
        ids = Ids(slug=slug, seed=sizes.seed)
        progress.step("accounts")
        summit = _summit(slug, sizes, ids)
        world = World(summit, ids, make_accounts(summit=summit, domain=domain(slug), ids=ids))
        progress.step(f"{sizes.delegations} delegations, {sizes.people} people")
        _parties(world, sizes)
        _people(world, sizes)
        TransferablePassRule.objects.create(public_id=ids(), summit=summit, name="Seat behind", people=2, most=3)
        transferable_passes.settle_summit(summit=summit, by=audit.SYSTEM)
        progress.step("invitations and answers")
        _invitations(world)
        progress.step(f"{sizes.sessions} sessions")
        agenda = synthetic_agenda.make(world, sizes.sessions)
        progress.step("releases of the agenda")
        synthetic_agenda.release(world, agenda)
        progress.step(f"{sizes.texts} texts")
        synthetic_press.make(world, sizes.texts)
        progress.step("audit")
        complete(summit, {**counts(summit), "seed": sizes.seed})
    progress.finish()
    return summit


def first_day(sessions: int) -> date:
    """Return the first day of a summit that is loaded today and has `sessions` sessions.

    About half of the summit's days are over today. A summit of one day is over.
    """
    return db_now().date() - timedelta(days=max(1, synthetic_agenda.days(sessions) // 2))


def _summit(slug: str, sizes: Sizes, ids: Ids) -> Summit:
    title, first = slug.replace("-", " ").capitalize(), first_day(sizes.sessions)
    summit = Summit.objects.create(
        public_id=ids(),
        slug=slug,
        name=f"Synthetic summit “{title}”",
        short_name=title[:60],
        host=synthetic_countries.delegations(1)[0][0],
        starts_on=first,
        ends_on=first + timedelta(days=synthetic_agenda.days(sizes.sessions) - 1),
        time_zone="Europe/London",
        place="London",
        contact_email=f"protocol@{domain(slug)}",
        answer_by=days_before(first, ANSWERS_DUE),
        public=False,
        public_changes=True,
        illustrative=True,
    )
    summits_services.begin(summit)
    return summit


def _parties(world: World, sizes: Sizes) -> None:
    languages = ("en", "en", "en", "fr", "ar")
    for position, (name, code) in enumerate(synthetic_countries.delegations(sizes.delegations)):
        world.parties.append(
            Party(
                public_id=world.ids(),
                summit=world.summit,
                is_host=position == 0,
                name=name,
                formal_name=name,
                sort_key=name,
                iso_code=code,
                language=world.ids.random.choice(languages),
                mission_email=f"mission-{position + 1}@{domain(world.summit.slug)}",
                illustrative=True,
            )
        )
    Party.objects.bulk_create(world.parties, batch_size=BATCH)


def _offices(world: World, sizes: Sizes) -> Iterator[tuple[Party, str, Capacity | None]]:
    """Yield (party, office, capacity) for each person: first heads, then focal points, then the rest.

    The capacity of a focal point is None.
    """
    for party in world.parties:
        yield party, f"Head of delegation, {party.name}", Capacity.HEAD
    for party in world.parties:
        yield party, f"Focal point for {party.name}", None
    capacities = (Capacity.ALTERNATE, Capacity.DELEGATE, Capacity.DELEGATE, Capacity.ADVISER, Capacity.STAFF)
    rest = zip(cycle(world.parties), range(sizes.people - 2 * len(world.parties)), strict=False)
    for party, number in rest:
        round_ = number // len(world.parties)
        capacity = capacities[round_ % len(capacities)]
        yield party, f"{capacity.label.capitalize()} {round_ + 1}, {party.name}", capacity


def _people(world: World, sizes: Sizes) -> None:
    rows = list(_offices(world, sizes))
    guest = world.parties[1]
    accounts = {(guest.name, None): world.users["focal"], (guest.name, Capacity.ALTERNATE): world.users["delegate"]}
    for number, (party, office, capacity) in enumerate(rows):
        user = accounts.pop((party.name, capacity), None)
        box = f"focal-{number + 1}@{domain(world.summit.slug)}" if capacity is None and number % 2 else ""
        world.people.append(
            Person(
                public_id=world.ids(),
                summit=world.summit,
                user=user,
                office=office,
                email=user.email if user else box,
                language=party.language,
            )
        )
    Person.objects.bulk_create(world.people, batch_size=BATCH)
    world.heads = world.people[: len(world.parties)]
    _places(world, rows)


def _places(world: World, rows: list[tuple[Party, str, Capacity | None]]) -> None:
    """Create the people's memberships and focal points."""
    people = list(zip(world.people, rows, strict=True))
    categories = Category.objects.of(world.summit)
    _room(categories, rows)
    Membership.objects.bulk_create(
        [
            Membership(
                party=party,
                person=person,
                category=categories[capacity.value],
                capacity=capacity,
                position=number,
                # One in ten is still to be confirmed.
                confirmed_at=None if number % 10 == 9 else days_before(world.summit.starts_on, CONFIRMED),
            )
            for number, (person, (party, _office, capacity)) in enumerate(people)
            if capacity is not None
        ],
        batch_size=BATCH,
    )
    FocalPoint.objects.bulk_create(
        [FocalPoint(party=party, person=person) for person, (party, _o, capacity) in people if capacity is None],
        batch_size=BATCH,
    )


def _room(categories: dict[str, Category], rows: list[tuple[Party, str, Capacity | None]]) -> None:
    """Raise each quota that a party would exceed to the largest number of people that a party names."""
    named_counts = Counter((party.pk, capacity) for party, _office, capacity in rows if capacity is not None)
    largest: dict[str, int] = {}
    for (_party, capacity), number in named_counts.items():
        largest[capacity.value] = max(number, largest.get(capacity.value, 0))
    exceeded = [row for row in categories.values() if row.quota is not None and row.quota < largest.get(row.code, 0)]
    for row in exceeded:
        row.quota = largest[row.code]
    Category.objects.bulk_update(exceeded, ["quota"])


def _invitations(world: World) -> None:
    """Create invitations to all parties but the host, with answers.

    Of ten parties, six accept, one declines, and two haven't answered. The invitation of the tenth is a draft.
    """
    answers = cycle((*("attending",) * 6, "regrets", "", "", "draft"))
    invitations, expires = [], db_now() + LINKS_LAST
    invited_at = days_before(world.summit.starts_on, INVITED_BEFORE)
    for party, outcome in zip(world.parties[1:], answers, strict=False):
        row = Invitation(public_id=world.ids(), party=party)
        if outcome != "draft":
            row.state = InvitationState.ANSWERED if outcome else InvitationState.SENT
            row.sent_at, row.sent_by = invited_at, world.users["organiser"]
        if row.state == InvitationState.ANSWERED:
            row.answer, row.answered_at = (
                Answer(outcome),
                invited_at + timedelta(days=world.ids.random.randint(1, 20)),
            )
            row.answered_by = f"Focal point for {party.name}"[:200]
        invitations.append(row)
    Invitation.objects.bulk_create(invitations, batch_size=BATCH)
    InvitationLink.objects.bulk_create(
        [
            InvitationLink(public_id=world.ids(), invitation=row, address=row.party.mission_email, expires_at=expires)
            for row in invitations
            if row.state != InvitationState.DRAFT
        ],
        batch_size=BATCH,
    )
