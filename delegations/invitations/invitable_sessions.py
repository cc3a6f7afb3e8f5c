"""What of a summit one can be invited to besides the summit itself: its sessions, which the app above knows.

An invitation keeps a session's public id alone. What the session is now is asked for when somebody looks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from summit.summits.models import Summit


@dataclass(frozen=True)
class Occasion:
    """A session as invitations speak of it. `place` is its room with the building, "" while it has none; `open` says
    whether parties can be invited to it: it isn't cancelled, and more than organisers may know of it."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    open: bool
    cancelled: bool = False

    def takes_answers(self, now: datetime) -> bool:
        """Return whether whoever isn't at a desk may still answer: until it begins, unless it is cancelled."""
        return not self.cancelled and self.starts_at > now


# Returns the occasions of a summit by their keys, all of them where none are named. One query.
Find = Callable[[Summit, Iterable[str] | None], dict[str, Occasion]]
_finders: list[Find] = []


def register(find: Find) -> Find:
    """Make known how occasions are found."""
    _finders.append(find)
    return find


def find(summit: Summit, keys: Iterable[str] | None = None) -> dict[str, Occasion]:
    """Return a summit's occasions by their keys, all of them where none are named; those of other summits and those
    that are gone are missing. No query where no key is named."""
    wanted = None if keys is None else {key for key in keys if key}
    if wanted is not None and not wanted:
        return {}
    return {key: row for finder in _finders for key, row in finder(summit, wanted).items()}
