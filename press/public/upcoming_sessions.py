"""The next sessions of the public agenda, for the press site. They reveal no text that isn't public."""

from collections.abc import Sequence

from django.db.models import Q
from django.db.models.functions import Now

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import released_agenda
from sessions.delays.selectors.running import is_late
from sessions.draft.selectors.progress import OVERRUN
from summit.summits.models import Summit

MOST = 3


def sessions_next(summit: Summit) -> Sequence[ReleasedSession]:
    """Return at most MOST public sessions that haven't begun yet, soonest first. Makes one query.

    Those that were started early have begun; those that are announced as late haven't.
    """
    rows = released_agenda.public_agenda(summit=summit, who=released_agenda.Who.NOBODY).filter(session__run=None)
    late = is_late("session") & Q(ends_at__gt=Now() - OVERRUN)
    return list(rows.filter(Q(starts_at__gt=Now()) | late)[:MOST])
