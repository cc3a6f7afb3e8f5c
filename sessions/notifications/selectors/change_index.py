"""Which of many changes touch a programme, found without asking each of them: thousands read, each a few."""

from collections.abc import Iterator, Sequence

from sessions.agenda.selectors.differences import Change, Programme, touched

_NAMES = ("parties", "people", "categories", "signed_up", "waits_for")


class Touching:
    """Changes by whom they touch."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = changes
        self._places: dict[tuple[str, int], list[int]] = {}
        for place, change in enumerate(changes):
            for key in _keys(touched([change])):
                self._places.setdefault(key, []).append(place)

    def of(self, mine: Programme) -> list[Change]:
        """Return those that touch a programme, in their order."""
        found = {place for key in _keys(mine) for place in self._places.get(key, ())}
        return [self._changes[place] for place in sorted(found)]


def _keys(programme: Programme) -> Iterator[tuple[str, int]]:
    for name in _NAMES:
        for key in getattr(programme, name):
            yield name, key
