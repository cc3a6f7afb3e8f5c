"""Which moments of a summit's texts have passed: the version of its public pages depends on the newest of them."""

import math
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from press.texts.models.embargoes import GRID, Embargo
from summit.public_base.page_version import clock_value

# Seconds that pass between the database's clock and the cache that stores the answer.
MARGIN = 0.25


@clock_value(10)
def newest_passed() -> Subquery:
    """Return the newest moment of a summit's embargoes that has passed. Pages of before it aren't answered after it,
    though no row has changed."""
    passed = Embargo.objects.filter(summit=OuterRef("pk"), moment__lte=Now())
    return Subquery(passed.order_by("-moment").values("moment")[:1])


def cache_control(now: datetime) -> str:
    """Return the Cache-Control header (RFC 9111) of an answer given at a moment of the database's clock.

    Shared caches may store it to the end of the grid's step. Browsers always ask, so that their reader is shown what
    stands now.
    """
    ends = now.timestamp() // GRID * GRID + GRID
    seconds = max(0, math.floor(ends - now.timestamp() - MARGIN))
    return f"public, max-age=0, s-maxage={seconds}, must-revalidate" if seconds else "public, no-cache"
