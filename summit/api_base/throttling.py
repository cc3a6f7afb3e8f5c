"""Limits the requests of a client in a minute. They are counted in the database, which is all that web processes
share."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from summit.api_base.models.answers import RequestCount

# Seconds.
WINDOW = 60
# Django has no update that returns what it wrote. With two queries, two requests at once could get the same number.
_SPEND = """
    INSERT INTO api_requestcount (who, "window", number) VALUES (%s, %s, 1)
    ON CONFLICT (who) DO UPDATE SET
        number = CASE WHEN api_requestcount."window" = excluded."window" THEN api_requestcount.number + 1 ELSE 1 END,
        "window" = excluded."window"
    RETURNING number
"""


@dataclass(frozen=True)
class Budget:
    """How many requests a client has left, and the seconds until the full limit is available again."""

    limit: int
    left: int
    resets_in: int

    @property
    def over(self) -> bool:
        """Whether this request exceeds the limit."""
        return self.left < 0

    def headers(self) -> dict[str, str]:
        """Return the budget as headers (draft-ietf-httpapi-ratelimit-headers)."""
        found = {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW}',
            "RateLimit": f'"default";r={max(0, self.left)};t={self.resets_in}',
        }
        return {**found, "Retry-After": str(self.resets_in)} if self.over else found


def spend(who: str) -> Budget:
    """Count a request of a client and return its budget. One query."""
    now = int(time.time())
    limit = settings.API_REQUESTS_A_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [who, now // WINDOW])
        (number,) = cursor.fetchone()
    return Budget(limit, limit - number, WINDOW - now % WINDOW)


def clear() -> None:
    """Delete the counts of clients without a request for a day."""
    RequestCount.objects.filter(window__lt=int(time.time()) // WINDOW - 24 * 60).delete()
