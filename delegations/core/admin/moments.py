"""How the desks' lists show a moment."""

from datetime import datetime

from summit.summits.models import Summit
from summit.templatetags.moments import short_clock


def moment(at: datetime | None, summit: Summit) -> str:
    """Return a moment as the desks' lists show it, in the venue's zone with its name; a dash where there is none."""
    return short_clock(at, summit) if at else "–"
