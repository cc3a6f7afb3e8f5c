"""The texts of a synthetic summit, in every state. Some are in two languages, and some were corrected once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from press.search import services as search_services
from press.subscriptions.models import Announcement, Subscriber
from press.texts.models.editions import ChangeKind, Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from sessions.draft.models.participants import Slot
from summit.core.database_clock import db_now

if TYPE_CHECKING:
    from portal.demo.synthetic import World

BATCH = 500
# The most time between two publications, the last of which is on the day of loading. Then the time from that day to
# the end of embargoes.
APART, EMBARGO = timedelta(minutes=7), timedelta(days=4)
# Of twenty texts, fifteen are published, two under embargo, and one each is held, in review and a draft.
STANDINGS = (*("out",) * 15, "embargo", "embargo", "held", "in_review", "draft")
SUBSCRIBERS = 20
PARAGRAPH = (
    "This is paragraph {number} of a synthetic text, written by a program to measure with. It has the length that a "
    "paragraph of a speech has, and says nothing about anybody or anything.\n"
)
# What the first texts alone speak of, so that a search finds as many of them however many texts there are.
SUBJECT, ABOUT = "The first texts speak of harbours.", 50


@dataclass
class PressDesk:
    """The press objects that were created so far. Each list is stored with one call, in the order of the fields."""

    opening: datetime
    apart: timedelta
    # Midnight (UTC) at the start of the day of loading.
    today: datetime
    embargoes: list[Embargo] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    versions: list[TextVersion] = field(default_factory=list)
    editions: list[Edition] = field(default_factory=list)


def make(world: World, number: int) -> None:
    """Create `number` texts and a few subscribers. Published texts count as announced, so no mail is sent."""
    today = datetime.combine(db_now().date(), time(), UTC)
    opening = datetime.combine(world.summit.starts_on, time(8, 0), UTC)
    desk = PressDesk(opening, min(APART, (today - opening) / max(number, 1)), today)
    # Speeches that are over.
    past_slots = Slot.objects.filter(
        session__summit=world.summit, session__cancelled_at=None, session__ends_at__lt=today
    )
    slots = list(past_slots.order_by("id"))
    for position in range(number):
        standing = STANDINGS[position % len(STANDINGS)]
        # Every tenth text shares the embargo of the previous text.
        shares = position % 10 == 9 and desk.embargoes and STANDINGS[(position - 1) % len(STANDINGS)] == standing
        embargo = desk.embargoes[-1] if shares else _embargo(world, desk, position, standing)
        if not shares:
            desk.embargoes.append(embargo)
        slot = slots[position] if position < len(slots) else None
        _text(world, desk, position=position, standing=standing, embargo=embargo, slot=slot)
    for model, rows in (
        (Embargo, desk.embargoes),
        (Text, desk.texts),
        (TextVersion, desk.versions),
        (Edition, desk.editions),
    ):
        model._default_manager.bulk_create(rows, batch_size=BATCH)  # type: ignore[arg-type]
    search_services.index_editions(desk.editions)
    _announced(world, desk)
    _subscribers(world)


def _embargo(world: World, desk: PressDesk, position: int, standing: str) -> Embargo:
    moments = {"out": desk.opening + position * desk.apart, "held": desk.opening, "embargo": desk.today + EMBARGO}
    moment = moments.get(standing)
    embargo = Embargo(public_id=world.ids(), summit=world.summit, moment=moment)
    if moment:
        embargo.decided_by = world.users["approver"]
    if standing == "held":
        embargo.held_at, embargo.held_by = desk.opening, world.users["approver"]
        embargo.hold_reason = "Waits for a correction of the figures"
    return embargo


def _text(
    world: World, desk: PressDesk, *, position: int, standing: str, embargo: Embargo, slot: Slot | None
) -> None:
    kind = (
        TextKind.TRANSCRIPT if slot else world.ids.random.choice([kind for kind in TextKind if kind != "transcript"])
    )
    text = Text(
        public_id=world.ids(),
        summit=world.summit,
        kind=kind,
        slug=f"{kind.value}-{position + 1}",
        slot=slot,
        wording=Wording.DELIVERED if slot else Wording.NONE,
        embargo=embargo,
    )
    if standing == "out" and position % 40 == 8:
        text.withdrawn_at, text.withdrawn_by = desk.today, world.users["approver"]
        text.withdrawal_reason = "A wrong figure in the second paragraph"
    desk.texts.append(text)
    for language in ("en", "fr") if position % 3 == 0 else ("en",):
        version = TextVersion(public_id=world.ids(), text=text, language=language, authoritative=language == "en")
        desk.versions.append(version)
        # Every seventh was corrected once.
        numbers = (1, 2) if standing == "out" and position % 7 == 0 else (1,)
        desk.editions += [
            _edition(world, desk, version, position=position, number=number, standing=standing) for number in numbers
        ]


def _edition(
    world: World, desk: PressDesk, version: TextVersion, *, position: int, number: int, standing: str
) -> Edition:
    paragraphs = world.ids.random.randint(3, 12)
    edition = Edition(
        public_id=world.ids(),
        version=version,
        number=number,
        title=f"{version.text.get_kind_display().capitalize()} {position + 1}",
        summary=f"A synthetic text. {SUBJECT}" if position < ABOUT else "A synthetic text.",
        body="\n".join(PARAGRAPH.format(number=index + 1) for index in range(paragraphs)),
        change_kind=ChangeKind.CORRECTION if number > 1 else "",
        change_note="A figure in the second paragraph was corrected." if number > 1 else "",
        author=world.users["press"],
        state=EditionState(standing) if standing in ("in_review", "draft") else EditionState.APPROVED,
    )
    if edition.state == EditionState.APPROVED:
        edition.decided_by, edition.decided_at = world.users["approver"], desk.opening - timedelta(hours=1)
    return edition


def _announced(world: World, desk: PressDesk) -> None:
    Announcement.objects.bulk_create(
        [
            Announcement(edition=edition, at=edition.version.text.embargo.moment or desk.today + EMBARGO)
            for edition in desk.editions
            if edition.state == EditionState.APPROVED
            and edition.version.text.embargo.moment not in (None, desk.today + EMBARGO)
            and edition.version.text.embargo.held_at is None
        ],
        batch_size=BATCH,
    )


def _subscribers(world: World) -> None:
    confirmed = datetime.combine(world.summit.starts_on - timedelta(days=4), time(8, 0), UTC)
    Subscriber.objects.bulk_create(
        Subscriber(
            public_id=world.ids(),
            summit=world.summit,
            address=f"desk-{number + 1}@paper.example",
            language=world.ids.random.choice(("en", "fr", "ar")),
            asked_at=confirmed,
            confirmed_at=confirmed,
        )
        for number in range(SUBSCRIBERS)
    )
