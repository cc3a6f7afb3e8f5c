"""Selectors of sign-ups: the places of sessions, and the sessions of a summit that can be signed up for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.visibility.models import DESK, Visibility
from summit.summits.models import Room, Summit


@dataclass(frozen=True)
class Places:
    """The numbers of places of a session. `total` is None if there is no limit."""

    total: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        """The number of free places, or None if there is no limit."""
        return None if self.total is None else max(self.total - self.taken, 0)

    @property
    def full(self) -> bool:
        """Whether the next sign-up has to wait."""
        return self.left == 0 or self.waiting > 0


@dataclass(frozen=True)
class OpenSession:
    """A session that takes sign-ups, or will after the next release.

    `released` says whether it takes them now, and `drafted` whether it still does after the next release.
    """

    session: Session
    places: Places
    released: bool
    drafted: bool


def open_sessions(summit: Summit, now: datetime, session: Session | None = None) -> list[OpenSession]:
    """Return the sessions of a summit that take sign-ups now or after the next release, ordered by time.

    Sessions that have begun are left out. With `session`, only that one is looked at. Makes four queries.
    """
    entries = ReleaseEntry.objects.current(summit).at(DESK).filter(full__sign_up=True, full__starts_at__gt=now)
    released = {entry.session_id: entry.full for entry in entries.select_related("full")}
    drafted = Q(sign_up=True, starts_at__gt=now, cancelled_at=None)
    found = Session.objects.filter(drafted | Q(pk__in=released), summit=summit)
    if session is not None:
        found = found.filter(pk=session.pk)
    rows = list(found.select_related("room").order_by("starts_at", "pk"))
    counts = _counts([row.pk for row in rows])
    keys = [row.room_key for row in released.values() if row.capacity is None and row.room_key]
    seats = dict(Room.objects.filter(public_id__in=keys).values_list("public_id", "capacity"))
    return [_open_session(row, released.get(row.pk), counts, seats) for row in rows]


def can_open(summit: Summit, now: datetime) -> QuerySet[Session]:
    """Return the sessions of the draft that can be opened for sign-up, ordered by time.

    These haven't begun, and all delegations may see them.
    """
    rows = Session.objects.filter(summit=summit, sign_up=False, cancelled_at=None, starts_at__gt=now)
    return rows.filter(visibility__in=[Visibility.PUBLIC, Visibility.ACCREDITED]).order_by("starts_at", "title", "pk")


def _open_session(
    row: Session,
    released: ReleasedSession | None,
    counts: dict[int, tuple[int, int]],
    seats: dict[str, int | None],
) -> OpenSession:
    if released is None:
        total = row.capacity if row.capacity is not None or row.room is None else row.room.capacity
    else:
        total = released.capacity if released.capacity is not None else seats.get(released.room_key)
    places = Places(total, *counts.get(row.pk, (0, 0)))
    return OpenSession(row, places, released is not None, row.sign_up and row.cancelled_at is None)


def _counts(sessions: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return a dict from sessions, by primary key, to how many people have a place and how many wait."""
    rows = SignUp.objects.filter(session__in=sessions).order_by().values("session")
    counted = rows.annotate(
        taken=Count("pk", filter=Q(state=SignUpState.PLACE)), waiting=Count("pk", filter=Q(state=SignUpState.WAITING))
    )
    return {row["session"]: (row["taken"], row["waiting"]) for row in counted}
