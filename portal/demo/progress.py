"""How far a long command is, on a terminal."""

from typing import Protocol


class Writes(Protocol):
    """Where the progress is shown."""

    def write(self, msg: str, *, ending: str | None = None) -> None:
        """Write without a line break where `ending` is empty."""

    def flush(self) -> None:
        """Show what was written."""


class Progress:
    """One line that says what is being made, and which step of how many it is. Silent unless `shown`."""

    def __init__(self, out: Writes | None = None, *, shown: bool = False, steps: int = 0) -> None:
        self.out = out if shown else None
        self.steps = steps
        self.done = 0

    def start(self, steps: int) -> None:
        """Say how many steps there will be."""
        self.steps, self.done = steps, 0

    def step(self, what: str) -> None:
        """Begin a step."""
        self.done += 1
        self._show(f"{self.done}/{self.steps} {what}")

    def finish(self) -> None:
        """Clear the line."""
        self._show("")

    def _show(self, text: str) -> None:
        if self.out is not None:
            self.out.write(f"\r{text:<60}" if text else f"\r{'':<60}\r", ending="")
            self.out.flush()
