"""How much somebody may ask in a minute, counted in the database: web processes share nothing else."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from summit.api_base.models.answers import RequestCount

# Seconds.
WINDOW = 60
# Django has no update that gives back what it wrote: two who ask at once would be told the same number.
_SPEND = """
    INSERT INTO api_requestcount (who, "window", number) VALUES (%s, %s, 1)
    ON CONFLICT (who) DO UPDATE SET
        number = CASE WHEN api_requestcount."window" = excluded."window" THEN api_requestcount.number + 1 ELSE 1 END,
        "window" = excluded."window"
    RETURNING number
"""


@dataclass(frozen=True)
class Budget:
    """What is left of somebody's requests, and in how many seconds there are as many again as at first."""

    limit: int
    left: int
    resets_in: int

    @property
    def over(self) -> bool:
        """Whether this request is one too many."""
        return self.left < 0

    def headers(self) -> dict[str, str]:
        """Return it as headers (draft-ietf-httpapi-ratelimit-headers)."""
        found = {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW}',
            "RateLimit": f'"default";r={max(0, self.left)};t={self.resets_in}',
        }
        return {**found, "Retry-After": str(self.resets_in)} if self.over else found


def spend(who: str) -> Budget:
    """Count a request of somebody's and return what is left. One query."""
    now = int(time.time())
    limit = settings.API_REQUESTS_A_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [who, now // WINDOW])
        (number,) = cursor.fetchone()
    return Budget(limit, limit - number, WINDOW - now % WINDOW)


def clear() -> None:
    """Forget who asked nothing for a day."""
    RequestCount.objects.filter(window__lt=int(time.time()) // WINDOW - 24 * 60).delete()
