"""The version of a summit's public pages. It changes with anything that the pages show.

Reading it takes one query for each response.
"""

import hashlib
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from summit.core.compiled_query import Prepared
from summit.core.database_values import as_moment
from summit.core.registry import Registry
from summit.summits.models import PublicVersion, Summit


@dataclass(frozen=True)
class Version:
    """The state of everything that a page depends on, read at one moment.

    - `whole` is equal in two versions if nothing that the page shows has changed.
    - `removals` is equal in two versions if nothing was removed that the public could read before.
    - `since` is a moment just before the version was read, by this process's monotonic clock.
    - `now` is the database's time.
    """

    whole: Hashable
    removals: Hashable
    since: float = field(compare=False, default_factory=time.monotonic)
    now: datetime = field(compare=False, default_factory=lambda: datetime.now(UTC))

    @property
    def digest(self) -> str:
        """The beginning of the SHA-256 digest of `whole`: the same in each process."""
        return hashlib.sha256(repr(self.whole).encode()).hexdigest()[:16]

    def beside(self, other: Hashable) -> "Version":
        """Return the version of a page that depends on `other` too."""
        return replace(self, whole=(self.whole, other), removals=(self.removals, other))


# Returns an expression for rows of `Summit`. Its value changes with time alone, such as the last moment that has
# passed. The apps above register their expressions when they are loaded. Everything else that pages show comes from
# rows, and triggers count the changes of these rows (`summit.core.change_counters`).
ClockValue = Callable[[], Combinable]
_clock_values: Registry[ClockValue] = Registry()
clock_value = _clock_values.register


def _version(slug: str) -> QuerySet[Summit, tuple[Any, ...]]:
    counted = PublicVersion.objects.counted("pk")
    clock = {f"clock_{place}": function() for place, function in enumerate(_clock_values)}
    rows = Summit.objects.open_to_public().filter(slug=slug).annotate(now=Now(), **clock)
    return rows.order_by().values_list("pk", "now", *counted.values(), *clock)


_VERSION = Prepared(_version)


def read_version(slug: str) -> Version | None:
    """Return the version of the pages of the public summit with this slug. Return None if there is no such summit.

    Makes one query, which each process compiles once.
    """
    since = time.monotonic()
    row = next(iter(_VERSION.rows(slug=slug)), None)
    if row is None:
        return None
    summit, now, changes, removals, *clock = row
    passed = tuple(clock)
    whole, removed = (summit, changes or 0, passed), (summit, removals or 0, passed)
    return Version(whole, removed, since, as_moment(now))
