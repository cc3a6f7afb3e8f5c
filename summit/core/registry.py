"""An ordered registry: the apps above register functions that a package below calls without importing them."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Registry(Generic[Part]):
    """Registered parts; iterating yields them in their order."""

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
