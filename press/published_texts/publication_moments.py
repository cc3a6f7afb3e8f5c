"""The newest embargo moment that has passed, which is part of the cache version of a summit's public pages."""

import math
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from press.texts.models.embargoes import GRID, Embargo
from summit.public_base.page_version import clock_value

# Seconds between reading the database's clock and storing the response in a cache.
MARGIN = 0.25


@clock_value(10)
def newest_passed() -> Subquery:
    """Return a subquery for the newest moment of a summit's embargoes that has passed.

    It is part of the cache version, because cached pages become outdated when a moment passes, although no row has
    changed.
    """
    passed = Embargo.objects.filter(summit=OuterRef("pk"), moment__lte=Now())
    return Subquery(passed.order_by("-moment").values("moment")[:1])


def cache_control(now: datetime) -> str:
    """Return the Cache-Control header (RFC 9111) for a response. `now` is the time of the database's clock.

    Shared caches may store the response until the next multiple of GRID seconds. Browsers always revalidate, so that
    readers see the current state.
    """
    ends = now.timestamp() // GRID * GRID + GRID
    seconds = max(0, math.floor(ends - now.timestamp() - MARGIN))
    return f"public, max-age=0, s-maxage={seconds}, must-revalidate" if seconds else "public, no-cache"
