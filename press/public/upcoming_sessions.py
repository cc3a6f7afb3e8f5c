"""What comes next at the summit, as the press site tells it: from the agenda that everybody may read, and nothing of
what the press office has ready."""

from collections.abc import Hashable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import released_agenda
from summit.core.compiled_query import Prepared
from summit.summits.models import Summit

MOST = 3


def _begun(slug: str) -> QuerySet[ReleasedSession, tuple[Any, ...]]:
    rows = ReleasedSession.objects.filter(session__summit__slug=slug, starts_at__lte=Now())
    return rows.order_by("-starts_at", "-pk").values_list("pk")[:1]


_BEGUN = Prepared(_begun)


def begun(*, summit: str) -> Hashable:
    """Return what changes when a session of the summit at an address begins. One query."""
    return tuple(_BEGUN.rows(slug=summit))


def sessions_next(summit: Summit) -> Sequence[ReleasedSession]:
    """Return the public sessions that begin next, soonest first. One query."""
    rows = released_agenda.public_agenda(summit=summit, who=released_agenda.Who.NOBODY)
    return list(rows.filter(starts_at__gt=Now())[:MOST])
