"""Rows that are put in order by hand: how one moves among the others."""

from collections.abc import Mapping, Sequence

UP, DOWN, TOP, OUT = "up", "down", "top", "out"


class OrderChanged(ValueError):
    """Somebody else has saved another order since this one was looked at; its text is a sentence for the second."""


def moved(ranked: Sequence[int], key: int, how: str) -> list[int]:
    """Return the ranked parties (primary keys) after one of them, or one that wasn't ranked, was moved up, down, to
    the top or out of the order. Who wasn't ranked joins at the end by moving up."""
    rest = [other for other in ranked if other != key]
    there = key in ranked
    place = list(ranked).index(key) if there else len(rest)
    if how == OUT or (how == DOWN and not there):
        return rest
    wanted = {UP: place - 1 if there else place, DOWN: place + 1, TOP: 0}[how]
    wanted = max(0, min(wanted, len(rest)))
    return [*rest[:wanted], key, *rest[wanted:]]


def by_numbers(numbers: Mapping[int, int], was: Mapping[int, int]) -> list[int]:
    """Return the ranked parties by the numbers that were entered for them. Of two with one number the one whose
    number was changed stands first: it was put there."""
    keys = sorted(numbers, key=lambda key: (numbers[key], numbers[key] == was.get(key), was.get(key, 0), key))
    # Who is moved down by a number takes that place, and not the one before it.
    for key in list(keys):
        if key in was and numbers[key] > was[key]:
            keys.remove(key)
            keys.insert(min(numbers[key], len(keys) + 1) - 1, key)
    return keys
