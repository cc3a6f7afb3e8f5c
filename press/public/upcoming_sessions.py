"""The next sessions of the public agenda, for the press site. They reveal no text that isn't public."""

from collections.abc import Hashable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from sessions.agenda.models.releases import ReleasedSession
from sessions.agenda.selectors import released_agenda
from summit.core.compiled_query import Prepared
from summit.summits.models import Summit

MOST = 3


def _last_started_query(slug: str) -> QuerySet[ReleasedSession, tuple[Any, ...]]:
    rows = ReleasedSession.objects.filter(session__summit__slug=slug, starts_at__lte=Now())
    return rows.order_by("-starts_at", "-pk").values_list("pk")[:1]


_BEGUN = Prepared(_last_started_query)


def last_started_session(*, summit: str) -> Hashable:
    """Return a value that changes when a session of a summit begins, for the cache of pages. Makes one query.

    `summit` is the slug of the summit.
    """
    return tuple(_BEGUN.rows(slug=summit))


def sessions_next(summit: Summit) -> Sequence[ReleasedSession]:
    """Return at most MOST public sessions that haven't begun yet, soonest first. Makes one query."""
    rows = released_agenda.public_agenda(summit=summit, who=released_agenda.Who.NOBODY)
    return list(rows.filter(starts_at__gt=Now())[:MOST])
