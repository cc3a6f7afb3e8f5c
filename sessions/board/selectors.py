"""The board's content: the draft as days, rooms and sessions, with the conflicts and who moved what just now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import get_language

from sessions.agenda.selectors.draft_snapshots import draft
from sessions.board.models import BoardStep
from sessions.conflicts.selectors.warnings import Finding, warnings
from sessions.draft.models.sessions import Session
from sessions.draft.models.versions import DraftVersion
from sessions.draft.services.cancel_and_move import MOVE
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.date_formats import clock
from summit.core.process_cache import Memory
from summit.core.punctuation import until
from summit.summits.models import Room, Summit
from summit.users.models import User

MINUTE = timedelta(minutes=1)
DAY = 24 * 60
# The hours that a day shows at least, in minutes after midnight, and the room that it has above and below.
EARLIEST, LATEST = 8 * 60, 19 * 60
# How long the board says who moved a session.
JUST_NOW = timedelta(minutes=10)
# The conflicts of a draft, by summit and language, each for a version of the draft.
_FINDINGS: Memory[tuple[int, list[Finding]]] = Memory(6)


@dataclass(frozen=True)
class Card:
    """A session on the board. `first` and `last` are minutes after midnight of its day, at the venue.

    `times` are its times in words. `labels` are its conflicts, and `moved_by` is who else moved it just now.
    """

    pk: int
    title: str
    day: date
    first: int
    last: int
    room_id: int | None
    times: str
    set_up: int
    clear_down: int
    pinned: bool
    labels: list[str]
    moved_by: str


@dataclass(frozen=True)
class Column:
    """A room on one day, with its sessions in the order of their times."""

    room: Room
    cards: list[Card]


@dataclass(frozen=True)
class BoardDay:
    """A day of the board, from one hour to another, in minutes after midnight. `hours` has (minute, time)."""

    day: date
    first: int
    last: int
    columns: list[Column]

    @property
    def key(self) -> str:
        """The day such as "2025-03-31"."""
        return self.day.isoformat()

    @property
    def hours(self) -> list[tuple[int, str]]:
        """The full hours as (minutes after midnight, "09:00")."""
        return [(minute, f"{minute // 60 % 24:02d}:00") for minute in range(self.first, self.last, 60)]


@dataclass(frozen=True)
class Board:
    """What the board shows: days, sessions without a room, and conflicts. `version` numbers the draft's changes."""

    version: int
    days: list[BoardDay]
    tray: list[Card]
    findings: list[Finding] = field(default_factory=list)

    @property
    def several_venues(self) -> bool:
        """Whether the rooms belong to more than one venue, which is then named beside each."""
        return len({column.room.venue_id for day in self.days for column in day.columns}) > 1


def days_of(summit: Summit) -> list[date]:
    """Return the summit's days and all others on which sessions of the draft begin. Makes one query."""
    number = (summit.ends_on - summit.starts_on).days + 1
    days = {summit.starts_on + timedelta(days=place) for place in range(number)}
    starts = Session.objects.filter(summit=summit, cancelled_at=None).order_by().values_list("starts_at", flat=True)
    return sorted(days | {moment.astimezone(summit.zone).date() for moment in starts})


def board(summit: Summit, days: Iterable[date], user: User) -> Board:
    """Return the board of some days. Makes a constant number of queries."""
    # The version is read first, so that a change made meanwhile is noticed.
    version = DraftVersion.objects.number(summit)
    found = findings(summit, version)
    wanted = list(days)
    cards = list(_cards(summit, found, user))
    rooms = list(Room.objects.filter(venue__summit=summit).select_related("venue").order_by("position", "name"))
    return Board(
        version=version,
        days=[_day(day, [card for card in cards if card.day == day and card.room_id], rooms) for day in wanted],
        tray=[card for card in cards if card.room_id is None],
        findings=found,
    )


def findings(summit: Summit, version: int) -> list[Finding]:
    """Return the conflicts of a summit's draft. They are computed once for each version of the draft."""
    key = (summit.pk, get_language())
    cached = _FINDINGS.get(key)
    if cached is None or cached[0] != version:
        cached = (version, warnings(summit, draft(summit)))
        _FINDINGS.put(key, cached)
    return cached[1]


def _day(day: date, cards: list[Card], rooms: list[Room]) -> BoardDay:
    by_room: dict[int, list[Card]] = {room.pk: [] for room in rooms}
    for card in cards:
        if card.room_id in by_room:
            by_room[card.room_id].append(card)
    # A session that goes on for days takes the rest of its first one.
    first = min([EARLIEST, *(card.first - card.set_up for card in cards)])
    last = max([LATEST, *(min(card.last + card.clear_down, DAY) for card in cards)])
    return BoardDay(
        day, max(0, first // 60 * 60), -(-last // 60) * 60, [Column(room, by_room[room.pk]) for room in rooms]
    )


def _cards(summit: Summit, found: list[Finding], user: User) -> Iterator[Card]:
    labels: dict[int, list[str]] = {}
    for finding in found:
        for session in finding.sessions:
            labels.setdefault(session.session_id, []).append(finding.label)
    moved = _moved_by(summit, user)
    zone = summit.zone
    rows = Session.objects.filter(summit=summit, cancelled_at=None).order_by("starts_at", "ends_at", "pk")
    columns = ("pk", "public_id", "title", "starts_at", "ends_at", "room", "set_up", "clear_down", "pinned")
    for pk, key, title, starts_at, ends_at, room, set_up, clear_down, pinned in rows.values_list(*columns):
        start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
        first = start.hour * 60 + start.minute
        yield Card(
            pk=pk,
            title=title,
            day=start.date(),
            first=first,
            last=(end.date() - start.date()).days * DAY + end.hour * 60 + end.minute,
            room_id=room,
            times=f"{clock(start)}{until()}{clock(end)}",
            set_up=set_up,
            clear_down=clear_down,
            pinned=pinned,
            labels=list(dict.fromkeys(labels.get(pk, ()))),
            moved_by=moved.get(key, ""),
        )


def _moved_by(summit: Summit, user: User) -> dict[str, str]:
    """Return a dict from public id to who moved the session last, for those that others moved just now."""
    entries = AuditEntry.objects.filter(summit=summit, action=MOVE, at__gt=db_now() - JUST_NOW).order_by("pk")
    last = {entry.object_key: entry for entry in entries.select_related("by")}
    return {key: str(entry.by or entry.by_label) for key, entry in last.items() if entry.by_id != user.pk}


def moment(summit: Summit, day: date, minutes: int) -> datetime:
    """Return the moment at which the venue's clocks show a time, given as minutes after midnight of a day, in UTC."""
    days, rest = divmod(minutes, DAY)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), summit.zone)
    return local.astimezone(UTC)


def steps_left(steps: QuerySet[BoardStep]) -> tuple[bool, bool]:
    """Return whether a step of a sitting can be undone, and whether one can be done again. Makes one query."""
    undone = list(steps.order_by().values_list("undone_at", flat=True))
    return any(moment is None for moment in undone), any(moment is not None for moment in undone)
