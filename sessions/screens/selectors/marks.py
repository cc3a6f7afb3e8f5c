"""The mark of a screen's content: it changes with anything that the content depends on.

Screens ask for their content every few seconds, and mostly have it already. Reading the mark takes one query, which
each process compiles once.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from sessions.agenda.models.releases import Release
from sessions.screens.models import Screen
from summit.core.compiled_query import Prepared
from summit.core.database_values import as_moment
from summit.summits.models import PublicVersion

# What a screen shows and to whom; `seen_at` changes with each request, and changes nothing.
_SCREEN = ("public_id", "name", "room", "room__name", "room__venue__name", "audience", "unreadable", "language")
_SUMMIT = ("summit__public", "summit__public_changes", "summit__time_zone")


@dataclass(frozen=True)
class Mark:
    """The mark of a screen's content (`whole`), with the screen's key in the database, when it last asked, and the
    time on the database's clock."""

    screen: int
    whole: Hashable
    seen_at: datetime | None
    now: datetime


def _mark(slug: str, digest: str) -> QuerySet[Screen, tuple[Any, ...]]:
    newest = Release.objects.filter(summit=OuterRef("summit")).order_by("-number").values("pk")[:1]
    # Changes of rooms and names, announced delays, and what is started and ended, are counted.
    depends_on = {**PublicVersion.objects.counted("summit_id"), "release": Subquery(newest)}
    rows = Screen.objects.filter(summit__slug=slug, digest=digest).annotate(now=Now(), **depends_on)
    return rows.order_by().values_list("pk", F("seen_at"), "now", *_SUMMIT, *_SCREEN, *depends_on)


_MARK = Prepared(_mark)


def read_mark(*, summit: str, digest: str) -> Mark | None:
    """Return the mark of the screen of a summit (by slug) with this digest of its key, or None if there is none.

    Makes one query.
    """
    row = next(iter(_MARK.rows(slug=summit, digest=digest)), None)
    if row is None:
        return None
    key, seen_at, now, public, public_changes, zone, *others = row
    moment = as_moment(now)
    local = moment.astimezone(ZoneInfo(zone))
    # Changes are told for some hours, and the days roll on.
    whole = (key, public, public_changes, zone, *others, local.date(), local.hour)
    return Mark(key, whole, as_moment(seen_at) if seen_at is not None else None, moment)
