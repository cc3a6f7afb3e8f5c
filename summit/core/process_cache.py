"""A cache in the memory of a process, for values that never change for a given key."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)
_ALL: list["Memory[Any]"] = []


class Memory(Generic[Value]):
    """A thread-safe cache of at most `most` values. The least recently used value is dropped first.

    A key contains everything that its value depends on. If the value changes with the summit, this includes the
    summit's stamp (`summit.summits.models`). All callers share the values and must not change them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = Lock()
        _ALL.append(self)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, or None if it isn't cached."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> None:
        """Store a value under a key. If the cache is full, drop the least recently used value."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def ask(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key. If it isn't cached, call `make` and store its result.

        If two threads ask at the same time, both may call `make`.
        """
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def ask_all(
        self, keys: Iterable[Key], beside: Hashable, make: Callable[[list[Key]], dict[Key, Value]]
    ) -> dict[Key, Value]:
        """Return a dict from each key to its value. All values also depend on `beside`.

        `make` is called at most once, with all keys that aren't cached.
        """
        cached = {key: self.get((key, beside)) for key in keys}
        missing = [key for key, value in cached.items() if value is None]
        created = make(missing) if missing else {}
        for key, value in created.items():
            self.put((key, beside), value)
        return {key: value for key, value in (cached | created).items() if value is not None}

    def forget(self) -> None:
        """Drop all values of this cache."""
        with self._lock:
            self._values.clear()


def forget_all() -> None:
    """Drop the values of all caches of this process.

    Tests use it, because their rows are rolled back, and so do measurements of a first request.
    """
    for memory in _ALL:
        memory.forget()
