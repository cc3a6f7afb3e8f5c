"""An index that finds the changes in a programme.

It exists because thousands of programmes are checked, and each has only a few changes.
"""

from collections.abc import Iterator, Sequence

from sessions.agenda.selectors.differences import Programme, SessionChange, affected_programme

_NAMES = ("parties", "people", "categories", "signed_up", "waits_for")


class ChangeIndex:
    """Changes indexed by the parties, people and categories that they affect."""

    def __init__(self, changes: Sequence[SessionChange]) -> None:
        self._changes = changes
        self._places: dict[tuple[str, int], list[int]] = {}
        for place, change in enumerate(changes):
            for key in _keys(affected_programme([change])):
                self._places.setdefault(key, []).append(place)

    def of(self, mine: Programme) -> list[SessionChange]:
        """Return the changes that affect a programme, in their order."""
        found = {place for key in _keys(mine) for place in self._places.get(key, ())}
        return [self._changes[place] for place in sorted(found)]


def _keys(programme: Programme) -> Iterator[tuple[str, int]]:
    for name in _NAMES:
        for key in getattr(programme, name):
            yield name, key
