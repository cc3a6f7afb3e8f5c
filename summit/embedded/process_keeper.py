"""Keep one process running: start it again whenever it ends, after growing pauses, until SIGTERM.

Usage: `python process_keeper.py COMMAND …`. This module is run by its path and imports only the standard library, so
that it needs little memory.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence

# In seconds: the first and the longest pause, and the run time after which the next pause is the first one again.
FIRST, LONGEST, STEADY = 1.0, 30.0, 60.0
_TICK = 0.1


class Keeper:
    """Runs a command again whenever it ends.

    SIGTERM ends the keeper and the command. The command may finish its work first.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.ending = False

    def end(self, *_signal: object) -> None:
        """Terminate the command, and don't start it again."""
        self.ending = True
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()

    def run(self) -> int:
        """Run the command until `end` is called, and return the exit code of its last run."""
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
            # `end` was called while the process was being started.
            self.end()
        return self.child.wait()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.ending and time.monotonic() < until:
            time.sleep(_TICK)


if __name__ == "__main__":
    keeper = Keeper(sys.argv[1:])
    signal.signal(signal.SIGTERM, keeper.end)
    # Ctrl-C is handled by the process that runs the keepers; it ends them with SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(keeper.run())
