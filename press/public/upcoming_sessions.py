"""The next sessions of the public agenda, for the press site. They reveal no text that isn't public."""

from collections.abc import Sequence

from django.db.models.functions import Now

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import released_agenda
from summit.summits.models import Summit

MOST = 3


def sessions_next(summit: Summit) -> Sequence[ReleasedSession]:
    """Return at most MOST public sessions that haven't begun yet, soonest first. Makes one query."""
    rows = released_agenda.public_agenda(summit=summit, who=released_agenda.Who.NOBODY)
    return list(rows.filter(starts_at__gt=Now())[:MOST])
