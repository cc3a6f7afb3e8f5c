"""What a process keeps of what never changes, so that it is read or made once and not for each who asks."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)
_ALL: list["Memory[Any]"] = []


class Memory(Generic[Value]):
    """Values by what they depend on, at most so many; what was not asked for longest goes first.

    A key names all that its value depends on, with the summit's stamp (`summit.summits.models`) where that changes.
    Values are shared by all who ask and must not be changed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = Lock()
        _ALL.append(self)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """Return a value, None where there is none."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
            return found

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def ask(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return a value, made where there is none. Two who ask at once may both make it."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def ask_all(
        self, keys: Iterable[Key], beside: Hashable, make: Callable[[list[Key]], dict[Key, Value]]
    ) -> dict[Key, Value]:
        """Return the values of several keys, which all depend on `beside` too; those that are missing are made at
        once."""
        found = {key: self.get((key, beside)) for key in keys}
        missing = [key for key, value in found.items() if value is None]
        made = make(missing) if missing else {}
        for key, value in made.items():
            self.put((key, beside), value)
        return {key: value for key, value in (found | made).items() if value is not None}

    def forget(self) -> None:
        """Forget all."""
        with self._lock:
            self._values.clear()


def forget_all() -> None:
    """Forget all that this process keeps: for tests, whose rows are rolled back, and to measure what a first request
    costs."""
    for memory in _ALL:
        memory.forget()
