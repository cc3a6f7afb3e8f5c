"""Which rooms of a summit are free at a time, by the working draft."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions.draft.models.sessions import Session
from summit.summits.models import Room, Summit

# The longest that a session takes its room before its start and after its end: the fields are SmallIntegerFields.
LEAD = timedelta(days=1)


@dataclass(frozen=True)
class RoomUse:
    """A room, and the first session that takes it at the time in question, or None if the room is free."""

    room: Room
    taken_by: Session | None


def rooms_at(summit: Summit, starts_at: datetime, ends_at: datetime, *, without: int | None = None) -> list[RoomUse]:
    """Return the summit's rooms in their order, each with the session that takes it between two moments.

    A session takes its room from its set-up to the end of its clear-down. Cancelled sessions take none. `without` is
    the primary key of a session that isn't counted. Makes two queries.
    """
    sessions = Session.objects.filter(
        summit=summit,
        cancelled_at=None,
        room__isnull=False,
        starts_at__lt=ends_at + LEAD,
        ends_at__gt=starts_at - LEAD,
    )
    taken: dict[int | None, Session] = {}
    for row in sessions.order_by("starts_at", "pk"):
        if row.pk == without:
            continue
        first = row.starts_at - timedelta(minutes=row.set_up)
        last = row.ends_at + timedelta(minutes=row.clear_down)
        if first < ends_at and starts_at < last:
            taken.setdefault(row.room_id, row)
    rooms = Room.objects.filter(venue__summit=summit).select_related("venue")
    return [RoomUse(room, taken.get(room.pk)) for room in rooms]
