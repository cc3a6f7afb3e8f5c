"""How long what is personal is kept, and the purge of what has been kept long enough.

A summit keeps each kind of data for some days after its last day: its own number where it has given one, for
everybody or for one category of people, else the usual one (delegations.parties.models.policy). What is due is looked
for when the purge runs, so that a night that was missed is made up for by the next. Each app registers its pieces.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise

from delegations.members.models.members import FormerMember, Membership
from delegations.privacy.models import USUAL_DAYS, Retention
from summit.audit import services as audit
from summit.audit.services import SYSTEM, By
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.retention.change"
PURGE = "delegations.purge"
# Rows of a transaction: none is so long that others wait for it.
BATCH = 500


@dataclass(frozen=True)
class Piece:
    """Rows that hold a kind of data and are purged together.

    `rows` are those of a summit that still hold some; `person` is the path from them to the person whose category
    decides, "" where none does. `purge` takes primary keys and makes `rows` hold them no more.
    """

    what: str
    name: str
    title: str | Promise
    rows: Callable[[Summit], QuerySet[Any]]
    purge: Callable[[list[Any]], object]
    person: str = ""
    batch: int = BATCH


_pieces: Registry[Piece] = Registry()
piece = _pieces.register


def pieces() -> list[Piece]:
    """Return all pieces, in the order in which they are purged."""
    return list(_pieces)


@dataclass(frozen=True)
class Times:
    """How many days a summit keeps what: by kind, and by kind and category where that has days of its own."""

    last_day: date
    days: dict[tuple[str, int | None], int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, summit: Summit) -> "Times":
        """Return those of a summit. One query."""
        own = Retention.objects.filter(summit=summit).order_by().values_list("what", "category", "days")
        usual: dict[tuple[str, int | None], int | None] = {(what, None): n for what, n in USUAL_DAYS.items()}
        return cls(summit.ends_on, usual | {(what, category): n for what, category, n in own})

    def goes_on(self, what: str, category: int | None = None) -> date | None:
        """Return the first day on which something is gone, None where it is kept: the night before it is purged."""
        days = self.days.get((what, category), self.days[what, None])
        return None if days is None else self.last_day + timedelta(days=days + 1)

    def over(self, what: str, today: date, category: int | None = None) -> bool:
        """Return whether something has been kept long enough."""
        day = self.goes_on(what, category)
        return day is not None and day <= today

    def categories(self, what: str) -> list[int]:
        """Return the categories that have days of their own for something."""
        return [category for kind, category in self.days if kind == what and category is not None]


def today_at(summit: Summit, moment: datetime | None = None) -> date:
    """Return the day at the venue, now on the database's clock, or at a moment."""
    return (moment or db_now()).astimezone(summit.zone).date()


def due(piece: Piece, summit: Summit, times: Times, today: date) -> QuerySet[Any]:
    """Return the rows of a piece that have been kept long enough on a day."""
    rows: QuerySet[Any] = piece.rows(summit)
    usual = times.over(piece.what, today)
    own = times.categories(piece.what) if piece.person else []
    others = [category for category in own if times.over(piece.what, today, category) != usual]
    if not others:
        return rows if usual else rows.none()
    rows = rows.annotate(purged_as=_category(piece.person))
    kept = Q(purged_as__isnull=True) | ~Q(purged_as__in=others)
    found: QuerySet[Any] = rows.filter(kept if usual else Q(purged_as__in=others))
    return found


def _category(path: str) -> Coalesce:
    """The category of a row's person: the one that they are of, else the one that they were of last."""
    person = OuterRef(path)
    now = Membership.objects.filter(person=person).order_by().values("category")[:1]
    before = FormerMember.objects.filter(person=person).order_by("-ended_at", "-pk").values("category")[:1]
    return Coalesce(Subquery(now), Subquery(before))


@dataclass(frozen=True)
class Held:
    """What a summit holds of a piece: how many rows, and how many of them are due on a day."""

    piece: Piece
    number: int
    due: int


def held(*, summit: Summit, today: date) -> list[Held]:
    """Return what a summit holds of each piece. Two queries for each at most."""
    times = Times.of(summit)
    return [Held(each, each.rows(summit).count(), due(each, summit, times, today).count()) for each in pieces()]


def purge(*, summit: Summit, by: By = SYSTEM, today: date | None = None) -> dict[str, int]:
    """Purge what a summit has kept long enough, and return how many rows, by the pieces' names.

    Raises PermissionDenied. Safe to run twice, late, or two at once: each batch is a transaction that looks again,
    and whoever comes second finds nothing.
    """
    done: Counter[str] = Counter()
    while batch := purge_batch(summit=summit, by=by, today=today):
        done.update(batch)
    return dict(done)


def purge_batch(*, summit: Summit, by: By = SYSTEM, today: date | None = None) -> dict[str, int]:
    """Purge some rows of the first piece that has any, and return how many, by its name; nothing where all is done.

    Raises PermissionDenied, and RuntimeError where a piece still finds what it has purged: that would never end.
    """
    if isinstance(by, User):
        check(by, CHANGE, summit)
    with transaction.atomic():
        lock(summit)
        times, day = Times.of(summit), today or today_at(summit)
        for each in pieces():
            rows = due(each, summit, times, day)
            keys = _keys(rows, each.batch)
            if not keys:
                continue
            each.purge(keys)
            if rows.filter(pk__in=keys).exists():
                raise RuntimeError(f"{each.name} still holds what it has purged")
            done = {each.name: len(keys)}
            audit.record(by=by, action=PURGE, target=summit, summit=summit, detail={"numbers": done})
            return done
    return {}


def _keys(rows: QuerySet[Any], number: int) -> list[Any]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:number])


def lock(summit: Summit) -> None:
    """Make whoever else purges this summit wait until the transaction ends."""
    Summit.objects.select_for_update().get(pk=summit.pk)
