"""What comes next at the summit, as the press site tells it: from the agenda that everybody may read, and nothing of
what the press office has ready."""

from collections.abc import Sequence

from django.db.models.functions import Now

from sessions.domain import member
from sessions.models import ReleasedSession
from summit.models import Summit

MOST = 3


def sessions_next(summit: Summit) -> Sequence[ReleasedSession]:
    """Return the public sessions that begin next, soonest first. One query."""
    rows = member.public_agenda(summit=summit, who=member.Who.NOBODY)
    return list(rows.filter(starts_at__gt=Now())[:MOST])
