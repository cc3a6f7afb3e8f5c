"""A timer that calls a function if a block of code takes longer than allowed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watch:
    """Calls `alarm` from another thread if a block of code isn't over in time (see `within`).

    One thread serves all blocks, because starting a thread for each mail took as long as sending the mail.
    """

    def __init__(self, alarm: Callable[[], None]) -> None:
        self._alarm = alarm
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        # On the monotonic clock: when the block must be over, None outside a block; and when the thread wakes next.
        self._due: float | None = None
        self._looks: float | None = None
        self._over = False

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Call the alarm once if the block takes longer than `seconds`, and never after the block's end."""
        self._begin(time.monotonic() + seconds)
        try:
            yield
        finally:
            with self._changed:
                self._due = None

    def _begin(self, due: float) -> None:
        with self._changed:
            self._due = due
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
            elif self._looks is None or self._looks > due:
                self._changed.notify()

    def stop(self) -> None:
        """Stop the thread."""
        with self._changed:
            self._over = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._over:
                if self._due is not None and self._due <= time.monotonic():
                    self._due = None
                    # Called with the lock held, so that a block that ends now waits until the alarm is over.
                    self._alarm()
                self._looks = self._due
                self._changed.wait(None if self._due is None else max(self._due - time.monotonic(), 0))
