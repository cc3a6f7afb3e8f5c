"""How much somebody may ask in a minute, counted in the database: web processes share nothing else."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, F, Value, When

from summit.api.models import Spent

# Seconds.
WINDOW = 60


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
    """Count a request of somebody's and return what is left. Two queries; one more the first time."""
    now = int(time.time())
    window, limit = now // WINDOW, settings.API_REQUESTS_A_MINUTE
    same = When(window=window, then=F("number") + 1)
    if not Spent.objects.filter(pk=who).update(number=Case(same, default=Value(1)), window=window):
        Spent.objects.bulk_create([Spent(who=who, window=window, number=1)], ignore_conflicts=True)
    number = Spent.objects.filter(pk=who).values_list("number", flat=True).first() or 1
    return Budget(limit, limit - number, WINDOW - now % WINDOW)


def clear() -> None:
    """Forget who asked nothing for a day."""
    Spent.objects.filter(window__lt=int(time.time()) // WINDOW - 24 * 60).delete()
