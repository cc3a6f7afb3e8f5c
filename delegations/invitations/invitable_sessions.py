"""The sessions to which parties can be invited besides the summit itself.

An invitation stores only a session's public id. The app `sessions`, which is above this one, registers a function
that finds the session as it is now.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from summit.summits.models import Summit


@dataclass(frozen=True)
class Occasion:
    """A session to which parties can be invited.

    `place` is its room with the building, or "" if it has no room. `open` says whether parties can be invited to it.
    For this the session must not be cancelled, and others than organisers must be allowed to know about it.
    """

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    open: bool
    cancelled: bool = False

    def takes_answers(self, now: datetime) -> bool:
        """Return whether parties may still answer at the moment `now`: until the session begins, unless it is
        cancelled. Desk users may record answers later too."""
        return not self.cancelled and self.starts_at > now


# Returns a dict from keys to a summit's occasions, for these keys or, if they are None, for all. Makes one query.
Find = Callable[[Summit, Iterable[str] | None], dict[str, Occasion]]
_finders: list[Find] = []


def register(find: Find) -> Find:
    """Register a function that finds occasions, and return it."""
    _finders.append(find)
    return find


def find(summit: Summit, keys: Iterable[str] | None = None) -> dict[str, Occasion]:
    """Return a dict from keys to a summit's occasions. `keys` selects occasions; None selects all.

    Keys of other summits and of sessions that are gone are missing from the result. Makes no query if `keys` is
    empty.
    """
    wanted_keys = None if keys is None else {key for key in keys if key}
    if wanted_keys is not None and not wanted_keys:
        return {}
    return {key: row for finder in _finders for key, row in finder(summit, wanted_keys).items()}
