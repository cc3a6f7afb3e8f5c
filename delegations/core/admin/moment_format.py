"""Formats moments for the lists of the admin."""

from datetime import datetime

from summit.summits.models import Summit
from summit.templatetags.moments import short_clock


def moment(at: datetime | None, summit: Summit) -> str:
    """Return a moment as text in the summit's time zone, with the zone's name; a dash if it is None."""
    return short_clock(at, summit) if at else "–"
