"""Limits the requests of a client per minute.

They are counted in the database, because web processes share nothing else.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from summit.api_base.models.answers import RequestCount

# Seconds.
WINDOW = 60
# Django has no update that returns the new value. With two queries, two requests at once could get the same number.
_SPEND = """
    INSERT INTO api_requestcount (who, "window", number) VALUES (%s, %s, 1)
    ON CONFLICT (who) DO UPDATE SET
        number = CASE WHEN api_requestcount."window" = excluded."window" THEN api_requestcount.number + 1 ELSE 1 END,
        "window" = excluded."window"
    RETURNING number
"""


@dataclass(frozen=True)
class Budget:
    """The number of requests that a client has left, and the seconds until the full limit is available again."""

    limit: int
    left: int
    resets_in: int

    @property
    def over(self) -> bool:
        """Whether this request exceeds the limit."""
        return self.left < 0

    def headers(self) -> dict[str, str]:
        """Return the headers with the budget (draft-ietf-httpapi-ratelimit-headers).

        If the limit is exceeded, they include Retry-After.
        """
        fields = {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW}',
            "RateLimit": f'"default";r={max(0, self.left)};t={self.resets_in}',
        }
        return {**fields, "Retry-After": str(self.resets_in)} if self.over else fields


def spend(who: str) -> Budget:
    """Count a request of the client `who`, and return the client's budget. Makes one query."""
    now = int(time.time())
    limit = settings.API_REQUESTS_A_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [who, now // WINDOW])
        (number,) = cursor.fetchone()
    return Budget(limit, limit - number, WINDOW - now % WINDOW)


def clear() -> None:
    """Delete the counts of clients that have sent no request for a day."""
    RequestCount.objects.filter(window__lt=int(time.time()) // WINDOW - 24 * 60).delete()
