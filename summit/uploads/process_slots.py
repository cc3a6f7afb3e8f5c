"""What takes much memory or time is done by few at once on a host, whichever processes ask."""

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.conf import settings

# Seconds between two looks whether a slot is free.
_LOOK = 0.05


class Busy(RuntimeError):
    """All slots are taken."""


@contextmanager
def slot(name: str, *, number: int, patience: float) -> Iterator[None]:
    """Hold one of `number` slots of this host while something is done; whoever dies gives it back. Raises
    Busy where none is free within `patience` seconds."""
    folder = settings.VAR_DIR / "slots"
    folder.mkdir(parents=True, exist_ok=True)
    files = [(folder / f"{name}-{each}").open("a") for each in range(number)]
    try:
        _take(files, time.monotonic() + patience)
        yield
    finally:
        # Closing a file gives its lock back.
        for each in files:
            each.close()


def _take(files: Sequence[IO[str]], until: float) -> None:
    while True:
        for each in files:
            try:
                fcntl.flock(each, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            return
        if time.monotonic() > until:
            raise Busy
        time.sleep(_LOOK)
