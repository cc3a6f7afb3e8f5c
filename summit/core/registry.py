"""What the ground floor is composed of without knowing it: each app above registers its own part, at a place in the
order."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Registry(Generic[Part]):
    """Parts in their order."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, Part]] = []

    def register(self, order: int) -> Callable[[Part], Part]:
        """Register a part at a place in the order; a decorator."""

        def add(part: Part) -> Part:
            self._parts.append((order, part))
            self._parts.sort(key=lambda entry: entry[0])
            return part

        return add

    def __iter__(self) -> Iterator[Part]:
        return (part for _order, part in self._parts)
