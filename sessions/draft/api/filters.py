"""Filters that several lists of the agenda share in the API."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from sessions.draft.models.sessions import Session
from summit.summits.models import Summit


def day_of(rows: QuerySet[Any], day: date) -> QuerySet[Any]:
    """Return the rows that begin on `day` in the venue's time zone; all rows must belong to one summit.

    Makes one query for the time zone.
    """
    first = rows.order_by().first()
    if first is None or day in (date.min, date.max):
        return rows.none()
    summit: Summit = first.summit if isinstance(first, Session) else first.session.summit
    start = datetime.combine(day, time(), summit.zone)
    after = datetime.combine(day + timedelta(days=1), time(), summit.zone)
    return rows.filter(starts_at__gte=start, starts_at__lt=after)
