"""Which delegations can be asked for a meeting, which meetings wait to be placed, and when they could take place."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from delegations.invitations.selectors import invitation_status
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party, PartyKind
from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.bilaterals.models import Bilateral, BilateralState, UnavailableTime
from sessions.conflicts.selectors.warning_context import Circumstances, circumstances
from sessions.draft.models.participants import SEATS
from sessions.draft.models.sessions import Session
from summit.core.database_clock import db_now
from summit.summits.models import Room, Summit

# Meetings are offered between these times of the day, in the venue's hours. A proposed time may be any in these.
FIRST, LAST = time(8), time(20)
# Times are offered every quarter of an hour, and this many of a day.
STEP = timedelta(minutes=15)
OF_A_DAY = 4
HOUR = timedelta(hours=1)
# Nothing is offered that begins sooner.
NOTICE = timedelta(minutes=30)


def attending(summit: Summit) -> QuerySet[Party]:
    """Return the parties that may ask for meetings and be asked: the host, and those that have accepted.

    Single guests are left out.
    """
    rows = invitation_status.with_standing(Party.objects.filter(summit=summit).exclude(kind=PartyKind.GUEST))
    return rows.filter(Q(is_host=True) | invitation_status.STANDINGS["attending"])


def unplaced(summit: Summit) -> QuerySet[Bilateral]:
    """Return the approved meetings that have no session yet, with both parties, in the order of asking.

    Only users with `can_see_requests` may see them.
    """
    return Bilateral.objects.of(summit).filter(state=BilateralState.APPROVED).order_by("asked_at", "pk")


def to_answer(parties: Iterable[int]) -> Counter[int]:
    """Return how many requests each of these parties has to answer next, by primary key. Makes one query."""
    keys = list(parties)
    asked = Q(state=BilateralState.ASKED, counterpart__in=keys)
    rows = Bilateral.objects.filter(asked | Q(state=BilateralState.PROPOSED, party__in=keys)).order_by()
    found = rows.values_list("state", "party", "counterpart")
    return Counter(other if state == BilateralState.ASKED else party for state, party, other in found)


@dataclass(frozen=True)
class FreeTime:
    """A time at which both delegations are free, and the smallest free room that has seats for them."""

    starts_at: datetime
    room: Room


Span = tuple[datetime, datetime]


def free_times(row: Bilateral) -> dict[date, list[FreeTime]]:
    """Return by day of the summit at which times a meeting can take place, at most OF_A_DAY of each day.

    Both heads and both whole delegations are free, nobody has said that they can't meet, the heads are there, and a
    room is free in its venue's hours. The times nearest to the one that the other delegation proposed come first, and
    so do their days; without a proposal, the earliest. Makes a constant number of queries.
    """
    summit, length = row.party.summit, timedelta(minutes=row.minutes)
    agenda, about = draft(summit), circumstances(summit)
    taken = [*_busy(row, agenda.values(), about), *_spans(row)]
    rooms, in_use = _rooms(summit, SEATS[row.level] * 2), _in_use(summit)
    wish = row.proposed_at
    moments = list(_quarters(summit))
    if wish is not None:
        moments = sorted({wish, *moments}, key=lambda each: (abs(each - wish), each))
    found: dict[date, list[FreeTime]] = {}
    for starts_at in moments:
        day, ends_at = starts_at.astimezone(summit.zone).date(), starts_at + length
        listed = found.setdefault(day, [])
        # Of each free hour, only one quarter is offered, so that a day's offers are spread over it.
        near = any(abs(starts_at - each.starts_at) < HOUR for each in listed)
        if len(listed) == OF_A_DAY or near or not _clear(taken, starts_at, ends_at):
            continue
        if starts_at != wish and not _within(FIRST, LAST, starts_at, ends_at, summit):
            continue
        free = (
            room
            for room in rooms
            if _open(room, starts_at, ends_at, summit) and _clear(in_use.get(room.pk, []), starts_at, ends_at)
        )
        if (room := next(free, None)) is not None:
            listed.append(FreeTime(starts_at, room))
    return {day: times for day, times in found.items() if times}


def _clear(spans: Iterable[Span], starts_at: datetime, ends_at: datetime) -> bool:
    return not any(first < ends_at and starts_at < last for first, last in spans)


def _busy(row: Bilateral, sessions: Iterable[Snapshot], about: Circumstances) -> Iterator[Span]:
    """Yield when the heads or the delegations are in sessions, and when the heads aren't at the summit."""
    parties = {row.party_id, row.counterpart_id}
    heads = {about.heads[key].person_id for key in parties if key in about.heads}
    categories = set(Membership.objects.filter(person__in=heads).order_by().values_list("category", flat=True))
    for session in sessions:
        signed_up = about.signed_up.get(session.session_id, {})
        if heads & set(signed_up) or any(
            place.person_id in heads
            or place.category_id in categories
            or (place.party_id in parties and not place.person_id and place.role != ReleasedRole.SPEAKER)
            for place in session.places
        ):
            yield session.starts_at, session.ends_at
    far = timedelta(days=366)
    for head in heads:
        stay = about.stays.get(head)
        if stay and stay.arrives_at:
            yield stay.arrives_at - far, stay.arrives_at
        if stay and stay.departs_at:
            yield stay.departs_at, stay.departs_at + far


def _spans(row: Bilateral) -> Iterator[Span]:
    yield from UnavailableTime.objects.filter(bilateral=row).values_list("starts_at", "ends_at")


def _rooms(summit: Summit, seats: int) -> list[Room]:
    """Return the rooms with enough seats, the smallest first. Rooms of unknown size come last."""
    rooms = Room.objects.filter(venue__summit=summit).select_related("venue")
    fitting = [room for room in rooms if room.capacity is None or room.capacity >= seats]
    return sorted(fitting, key=lambda room: (room.capacity is None, room.capacity or 0))


def _in_use(summit: Summit) -> dict[int, list[Span]]:
    """Return a dict from room to when sessions occupy it, with set-up and clear-down."""
    found: dict[int, list[Span]] = {}
    rows = Session.objects.filter(summit=summit, cancelled_at=None, room__isnull=False)
    fields = ("room", "starts_at", "ends_at", "set_up", "clear_down")
    for room, starts_at, ends_at, before, after in rows.order_by().values_list(*fields):
        span = (starts_at - timedelta(minutes=before), ends_at + timedelta(minutes=after))
        found.setdefault(room, []).append(span)
    return found


def _quarters(summit: Summit) -> Iterator[datetime]:
    """Yield the quarters of an hour of the summit's days that are still to come, in the venue's time zone."""
    soon, day = db_now() + NOTICE, summit.starts_on
    while day <= summit.ends_on:
        moment = datetime.combine(day, time(), summit.zone)
        following = datetime.combine(day + timedelta(days=1), time(), summit.zone)
        while moment < following:
            if moment > soon:
                yield moment
            moment += STEP
        day += timedelta(days=1)


def _open(room: Room, starts_at: datetime, ends_at: datetime, summit: Summit) -> bool:
    """Return whether the room's venue is open, on one day. A venue without hours is always open."""
    opens, closes = room.venue.opens_at, room.venue.closes_at
    return opens is None or closes is None or _within(opens, closes, starts_at, ends_at, summit)


def _within(opens: time, closes: time, starts_at: datetime, ends_at: datetime, summit: Summit) -> bool:
    """Return whether a span is between two times of one day at the venue, or of a day and the next one."""
    begins, ends = starts_at.astimezone(summit.zone), ends_at.astimezone(summit.zone)
    if begins.time() < opens:
        return False
    # A venue that closes before it opens is open until the next day.
    return closes <= opens or (begins.date() == ends.date() and ends.time() <= closes)
