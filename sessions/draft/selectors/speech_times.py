"""The expected start of each speech in a session: after the opening and all speeches before it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from sessions.draft.models.participants import Slot


def beginnings(*, starts_at: datetime, opening: int | None, minutes: Iterable[int | None]) -> Iterator[datetime]:
    """Yield the start of each speech. `opening` and the values of `minutes` are in minutes."""
    begins = starts_at + timedelta(minutes=opening or 0)
    for each in minutes:
        yield begins
        begins += timedelta(minutes=each or 0)


def planned(*, sessions: Iterable[int]) -> dict[int, datetime]:
    """Return the start of each speech in these draft sessions, by the speech's primary key. One query.

    `sessions` are primary keys.
    """
    rows = Slot.objects.filter(session__in=list(sessions)).select_related("session")
    found: dict[int, datetime] = {}
    for session, speeches in groupby(rows.order_by("session_id", "position", "pk"), key=lambda row: row.session):
        listed = list(speeches)
        times = beginnings(
            starts_at=session.starts_at, opening=session.opening, minutes=(row.minutes for row in listed)
        )
        found.update(zip((row.pk for row in listed), times, strict=True))
    return found
