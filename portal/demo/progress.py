"""The progress of a long command, shown in a terminal."""

from typing import Protocol


class Writes(Protocol):
    """The stream to which progress is written."""

    def write(self, msg: str, *, ending: str | None = None) -> None:
        """Write text, without a line break if `ending` is empty."""

    def flush(self) -> None:
        """Flush the stream."""


class Progress:
    """A line in the terminal with the current step and its number. It is shown only if `shown` is true."""

    def __init__(self, out: Writes | None = None, *, shown: bool = False, steps: int = 0) -> None:
        self.out = out if shown else None
        self.steps = steps
        self.done = 0

    def start(self, steps: int) -> None:
        """Set the number of steps."""
        self.steps, self.done = steps, 0

    def step(self, what: str) -> None:
        """Begin a step, described by `what`."""
        self.done += 1
        self._show(f"{self.done}/{self.steps} {what}")

    def finish(self) -> None:
        """Clear the line in the terminal."""
        self._show("")

    def _show(self, text: str) -> None:
        if self.out is not None:
            self.out.write(f"\r{text:<60}" if text else f"\r{'':<60}\r", ending="")
            self.out.flush()
