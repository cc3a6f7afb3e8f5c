"""Functions that move a row within an order made by hand."""

from collections.abc import Mapping, Sequence

UP, DOWN, TOP, OUT = "up", "down", "top", "out"


class OrderChanged(ValueError):
    """Raised if somebody else has stored another order since this one was read. The message is a sentence for the
    user who saves second."""


def moved(ranked: Sequence[int], key: int, how: str) -> list[int]:
    """Return the order (primary keys) after `key` was moved as `how` says: UP, DOWN, to the TOP, or OUT of the order.

    A key that isn't in the order joins at the end when it is moved up.
    """
    rest = [other for other in ranked if other != key]
    listed = key in ranked
    place = list(ranked).index(key) if listed else len(rest)
    if how == OUT or (how == DOWN and not listed):
        return rest
    new_place = {UP: place - 1 if listed else place, DOWN: place + 1, TOP: 0}[how]
    new_place = max(0, min(new_place, len(rest)))
    return [*rest[:new_place], key, *rest[new_place:]]


def by_numbers(numbers: Mapping[int, int], was: Mapping[int, int]) -> list[int]:
    """Return the keys sorted by the numbers that were entered for them. `was` holds the numbers before the change.

    If two keys have the same number, the key with a changed number comes first.
    """
    keys = sorted(numbers, key=lambda key: (numbers[key], numbers[key] == was.get(key), was.get(key, 0), key))
    # A row that is moved down ends at the number that was entered, not one place before it.
    for key in list(keys):
        if key in was and numbers[key] > was[key]:
            keys.remove(key)
            keys.insert(min(numbers[key], len(keys) + 1) - 1, key)
    return keys
