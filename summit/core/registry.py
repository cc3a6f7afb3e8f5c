"""An ordered registry. Upper apps register functions, which a lower package calls without importing these apps."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Registry(Generic[Part]):
    """A collection of registered parts. Iterating yields them in their order."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, Part]] = []

    def register(self, order: int) -> Callable[[Part], Part]:
        """Return a decorator that registers a part; parts with a lower `order` come first."""

        def add(part: Part) -> Part:
            self._parts.append((order, part))
            self._parts.sort(key=lambda entry: entry[0])
            return part

        return add

    def __iter__(self) -> Iterator[Part]:
        return (part for _order, part in self._parts)
