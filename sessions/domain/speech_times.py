"""When a session's speeches begin if all keep their time: after its opening, each when those before it are over."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta


def beginnings(*, starts_at: datetime, opening: int | None, minutes: Iterable[int | None]) -> Iterator[datetime]:
    """Yield when each speech begins; `opening` and `minutes` are in minutes."""
    begins = starts_at + timedelta(minutes=opening or 0)
    for each in minutes:
        yield begins
        begins += timedelta(minutes=each or 0)
