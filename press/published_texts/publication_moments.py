"""Which moments of a summit's texts have passed, and the version of what everybody may read."""

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.dateparse import parse_datetime

from press.texts.models.embargoes import GRID, Lift
from summit.core.compiled_query import Prepared
from summit.public_base.page_cache import Version
from summit.summits.models import PublicVersion, Summit

# What passes between the database's clock and the cache that stores the answer.
MARGIN = 0.25


@dataclass(frozen=True)
class Moments:
    """The newest moment of a summit's lifts that has passed, and the database's present."""

    last: datetime | None
    now: datetime

    @property
    def seconds(self) -> int:
        """How long a cache may answer from now on: to the end of the grid's step."""
        ends = self.now.timestamp() // GRID * GRID + GRID
        return max(0, math.floor(ends - self.now.timestamp() - MARGIN))

    @property
    def cache_control(self) -> str:
        """The header that says so (RFC 9111). Browsers always ask: their reader is shown what stands now."""
        if not self.seconds:
            return "public, no-cache"
        return f"public, max-age=0, s-maxage={self.seconds}, must-revalidate"


def _moments(slug: str) -> QuerySet[Summit, tuple[Any, ...]]:
    lifts = Lift.objects.filter(summit=OuterRef("pk"), moment__lte=Now())
    passed = lifts.order_by("-moment").values("moment")[:1]
    counted = PublicVersion.objects.counted("pk")
    rows = Summit.objects.open_to_public().filter(slug=slug)
    rows = rows.annotate(last=Subquery(passed), now=Now())
    return rows.order_by().values_list("last", "now", "pk", *counted.values())


_MOMENTS = Prepared(_moments)


def read_moments(summit: str) -> tuple[Moments, Version] | None:
    """Return the moments of the public summit at an address and the version of its pages; None where there is none.
    One query. A page of before a moment isn't answered after it."""
    since = time.monotonic()
    row = next(iter(_MOMENTS.rows(slug=summit)), None)
    if row is None:
        return None
    last, now = (_aware(value) for value in row[:2])
    key, changes, removals = row[2], row[3] or 0, row[4] or 0
    return Moments(last, now or datetime.now(UTC)), Version((last, key, changes), (last, key, removals), since)


def version_of(summit: str) -> Version | None:
    """Return the version of what everybody may read of a summit's texts, None where there is none. One query."""
    found = read_moments(summit)
    return found[1] if found else None


def _aware(value: datetime | str | None) -> datetime | None:
    found = parse_datetime(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
