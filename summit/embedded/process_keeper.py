"""Keeps one process running: what ends is started again, after growing pauses, until the keeper is told to end.

`python keeper.py COMMAND …`. It is run by its path and uses the standard library alone, so that it is small beside
what it keeps.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence

# Seconds: the first pause and the longest, and after how long what runs is steady, so that pauses begin anew.
FIRST, LONGEST, STEADY = 1.0, 30.0, 60.0
_TICK = 0.1


class Keeper:
    """Runs a command again and again. SIGTERM ends it with what it runs, which may finish first."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.ending = False

    def end(self, *_signal: object) -> None:
        """End what runs, and start nothing more."""
        self.ending = True
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()

    def run(self) -> int:
        """Run until `end`; return how the last one ended."""
        pause = FIRST
        while True:
            began = time.monotonic()
            code = self._once()
            if self.ending:
                return code
            pause = FIRST if time.monotonic() - began > STEADY else pause
            sys.stderr.write(f"It has ended ({code}) and starts again in {pause:.0f} s.\n")
            sys.stderr.flush()
            self._wait(pause)
            pause = min(2 * pause, LONGEST)

    def _once(self) -> int:
        if self.ending:
            return 0
        try:
            self.child = subprocess.Popen(self.command)  # noqa: S603
        except OSError as problem:
            sys.stderr.write(f"{problem}\n")
            return 127
        if self.ending:
            # It was told while the process began.
            self.end()
        return self.child.wait()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.ending and time.monotonic() < until:
            time.sleep(_TICK)


if __name__ == "__main__":
    keeper = Keeper(sys.argv[1:])
    signal.signal(signal.SIGTERM, keeper.end)
    # Ctrl-C reaches whoever runs the keepers, and they are told by SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(keeper.run())
