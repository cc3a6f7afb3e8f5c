"""Slots, which limit how many processes of a host do slow work, or work that needs much memory, at the same time."""

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.conf import settings

# Seconds between two attempts to take a slot.
_LOOK = 0.05


class Busy(RuntimeError):
    """No slot became free in time."""


@contextmanager
def slot(name: str, *, number: int, patience: float) -> Iterator[None]:
    """Hold one of this host's `number` slots called `name` during the block.

    The slot is released when the block ends, and also when the process dies. Raises Busy if no slot becomes free
    within `patience` seconds.
    """
    folder = settings.VAR_DIR / "slots"
    folder.mkdir(parents=True, exist_ok=True)
    files = [(folder / f"{name}-{each}").open("a") for each in range(number)]
    try:
        _acquire(files, time.monotonic() + patience)
        yield
    finally:
        # Closing a file releases its lock.
        for each in files:
            each.close()


def _acquire(files: Sequence[IO[str]], until: float) -> None:
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
