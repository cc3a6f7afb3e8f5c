"""Retention times of personal data, and the purge of expired data.

A summit keeps each kind of data for a number of days after its last day. A summit may set this number for everybody,
or for one category of people. Otherwise the default applies (delegations.privacy.models). The purge computes what is
due when it runs, so the next night makes up for a missed one. Each app registers its pieces of data.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from delegations.members.models.members import FormerMember, Membership
from delegations.privacy.selectors.retention import Times
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import SYSTEM, By
from summit.core.database_clock import db_now
from summit.core.registry import Registry
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "delegations.retention.change"
# The number of rows purged in one transaction. It is small, so that other transactions don't wait long.
BATCH = 500


def _purged(facts: Facts) -> str:
    number = sum(int(each) for each in dict(facts.detail.get("numbers", {})).values())
    message = ngettext(
        "purged %(number)d row past its retention period",
        "purged %(number)d rows past their retention period",
        number,
    )
    return message % {"number": number}


PURGE = audit_action("delegations.purge", _purged, label=gettext_lazy("purged data past its retention period"))


@dataclass(frozen=True)
class Piece:
    """Rows of one model that hold one kind of data and are purged together.

    `rows` returns the rows of a summit that still hold such data. `person` is the lookup path from a row to the
    person whose category decides on the retention time, or "" if there is none. `purge` deletes or blanks the rows
    with the given primary keys, so that `rows` no longer returns them. At most `batch` rows are purged in one
    transaction.
    """

    what: str
    name: str
    title: str | Promise
    model: type[Model]
    rows: Callable[[Summit], QuerySet[Any]]
    purge: Callable[[list[Any]], object]
    person: str = ""
    batch: int = BATCH


_pieces: Registry[Piece] = Registry()
piece = _pieces.register


def pieces() -> list[Piece]:
    """Return all pieces, in the order in which they are purged."""
    return list(_pieces)


def today_at(summit: Summit, moment: datetime | None = None) -> date:
    """Return the date at the venue at `moment`, or now, by the database's clock, if it is None."""
    return (moment or db_now()).astimezone(summit.zone).date()


def due(piece: Piece, summit: Summit, times: Times, today: date) -> QuerySet[Any]:
    """Return the rows of a piece that are due, because their retention time is over on the day `today`."""
    rows: QuerySet[Any] = piece.rows(summit)
    usual = times.over(piece.what, today)
    categories = times.categories(piece.what) if piece.person else []
    differing = [category for category in categories if times.over(piece.what, today, category) != usual]
    if not differing:
        return rows if usual else rows.none()
    rows = rows.annotate(purged_as=_category(piece.person))
    as_usual = Q(purged_as__isnull=True) | ~Q(purged_as__in=differing)
    due_rows: QuerySet[Any] = rows.filter(as_usual if usual else Q(purged_as__in=differing))
    return due_rows


def _category(path: str) -> Coalesce:
    """Return an expression for the category of a row's person: that of the membership, or else of the last former
    one."""
    person = OuterRef(path)
    current = Membership.objects.filter(person=person).order_by().values("category")[:1]
    former = FormerMember.objects.filter(person=person).order_by("-ended_at", "-pk").values("category")[:1]
    return Coalesce(Subquery(current), Subquery(former))


@dataclass(frozen=True)
class RetainedRows:
    """How many rows of a piece a summit holds, and how many of them are due."""

    piece: Piece
    number: int
    due: int


def retained_rows(*, summit: Summit, today: date) -> list[RetainedRows]:
    """Return how many rows of each piece a summit holds, and how many of them are due.

    Makes at most two queries for each piece.
    """
    times = Times.of(summit)
    return [
        RetainedRows(each, each.rows(summit).count(), due(each, summit, times, today).count()) for each in pieces()
    ]


def purge(*, summit: Summit, by: By = SYSTEM, today: date | None = None) -> dict[str, int]:
    """Purge a summit's expired data. Return a dict from the pieces' names to the numbers of rows.

    It can run twice, late, or twice at the same time. Each batch is a transaction that checks again which rows are
    due, so a second run finds none. Raises PermissionDenied.
    """
    numbers: Counter[str] = Counter()
    while batch := purge_batch(summit=summit, by=by, today=today):
        numbers.update(batch)
    return dict(numbers)


def purge_batch(*, summit: Summit, by: By = SYSTEM, today: date | None = None) -> dict[str, int]:
    """Purge one batch of the first piece with expired rows. Return a dict from the piece's name to the number of
    rows.

    Returns an empty dict if nothing is due. Raises PermissionDenied. Raises RuntimeError if the purged rows are still
    found, because the purge would never end.
    """
    if isinstance(by, User):
        check(by, CHANGE, summit)
    with transaction.atomic():
        lock(summit)
        times, day = Times.of(summit), today or today_at(summit)
        for due_piece in pieces():
            rows = due(due_piece, summit, times, day)
            keys = _keys(rows, due_piece.batch)
            if not keys:
                continue
            due_piece.purge(keys)
            if rows.filter(pk__in=keys).exists():
                raise RuntimeError(f"{due_piece.name} still holds what it has purged")
            numbers = {due_piece.name: len(keys)}
            audit.record(by=by, action=PURGE, target=summit, summit=summit, detail={"numbers": numbers})
            return numbers
    return {}


def _keys(rows: QuerySet[Any], number: int) -> list[Any]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:number])


def lock(summit: Summit) -> None:
    """Lock the summit, so that other purges of the same summit wait until the transaction ends."""
    Summit.objects.select_for_update().get(pk=summit.pk)
