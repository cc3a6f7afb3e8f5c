"""Calculates the expected start of each speech in a session, after the opening and all earlier speeches."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from sessions.draft.models.participants import Slot


def beginnings(*, starts_at: datetime, opening: int | None, minutes: Iterable[int | None]) -> Iterator[datetime]:
    """Yield the start of each speech of a session that begins at `starts_at`.

    `opening` is the number of minutes before the first speech. `minutes` has the length of each speech, in order.
    """
    begins = starts_at + timedelta(minutes=opening or 0)
    for each in minutes:
        yield begins
        begins += timedelta(minutes=each or 0)


def planned(*, sessions: Iterable[int]) -> dict[int, datetime]:
    """Return a dict from primary key to start for the speeches in the draft sessions with these primary keys.

    Makes one query.
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
