"""Keep processes running: what ends starts again after growing pauses, and each line says whose it is."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, TextIO

from summit.embedded.lifeline import PATIENCE, send
from summit.embedded.run_lock import RunLock

# In seconds: the first and the longest pause, and the run time after which the next pause is the first one again.
FIRST, LONGEST, STEADY = 1.0, 30.0, 60.0
TICK = 0.1
# The columns of a name before its lines, and the codes of a terminal's colours, one for each process in turn.
_NAME = 8
_COLOURS = range(31, 37)


def never() -> bool:
    """Return False: nobody is in a hurry."""
    return False


class Process:
    """One of the processes, and when it starts again."""

    def __init__(self, name: str, command: Sequence[str], colour: int, out: TextIO) -> None:
        self.name = name
        self.command = command
        self.popen: subprocess.Popen[bytes] | None = None
        self._out = out
        self._colour = colour
        self._began = 0.0
        self._due = 0.0
        self._pause = FIRST

    def look(self, lock: RunLock | None) -> None:
        """Start it if it doesn't run and its pause is over."""
        if self.popen is None and time.monotonic() >= self._due:
            self._start(lock)
        elif self.popen is not None and (code := self.popen.poll()) is not None:
            self._has_ended(str(code))

    def _start(self, lock: RunLock | None) -> None:
        self._began = time.monotonic()
        try:
            # In a session of its own: Ctrl-C in the terminal must not end a worker in the middle of a task.
            self.popen = subprocess.Popen(  # noqa: S603
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock.fileno()] if lock else [],
            )
        except OSError as problem:
            self._has_ended(str(problem))
            return
        if lock:
            lock.record(self.popen.pid)
        threading.Thread(target=self._pass_on, args=(self.popen.stdout,), daemon=True).start()

    def _has_ended(self, why: str) -> None:
        if self.popen is not None:
            # Its children hold what it listened on.
            send(os.killpg, self.popen.pid, signal.SIGKILL)
            self.popen = None
        now = time.monotonic()
        if now - self._began > STEADY:
            self._pause = FIRST
        self._print(f"It has ended ({why}) and starts again in {self._pause:.0f} s.")
        self._due = now + self._pause
        self._pause = min(2 * self._pause, LONGEST)

    def _pass_on(self, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                self._print(line.decode(errors="replace").rstrip("\n"))

    def _print(self, line: str) -> None:
        begin = f"{time.strftime('%H:%M:%S')} {self.name:<{_NAME}} | "
        # Where the terminal is gone, the processes end in their own time, and not by what they write.
        with contextlib.suppress(OSError, ValueError):
            if self._out.isatty():
                begin = f"\x1b[{self._colour}m{begin}\x1b[0m"
            self._out.write(f"{begin}{line}\n")
            self._out.flush()


class Supervisor:
    """Runs processes from `start` to `end`. Those that are recorded in `lock` end also if this process is killed."""

    def __init__(self, commands: Mapping[str, Sequence[str]], lock: RunLock | None = None) -> None:
        self._lock = lock
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.processes = [
            Process(name, command, _COLOURS[number % len(_COLOURS)], sys.stdout)
            for number, (name, command) in enumerate(commands.items())
        ]

    def _watch(self) -> None:
        while not self._ending.wait(TICK):
            for process in self.processes:
                process.look(self._lock)

    def start(self) -> None:
        """Start the processes, and watch them in a thread."""
        for process in self.processes:
            process.look(self._lock)
        self._thread.start()

    def end(self, hurry: Callable[[], bool] = never) -> None:
        """Tell the processes to end. What has not after PATIENCE seconds, or once `hurry` returns True, is killed.

        The signal goes to the process alone: the children of a worker finish their tasks.
        """
        self._ending.set()
        self._thread.join()
        left = {process.name: process.popen for process in self.processes if process.popen is not None}
        for popen in left.values():
            send(os.kill, popen.pid, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while any(popen.poll() is None for popen in left.values()) and time.monotonic() < until and not hurry():
            time.sleep(TICK)
        for popen in left.values():
            send(os.killpg, popen.pid, signal.SIGKILL)
            popen.wait()

    @contextlib.contextmanager
    def running(self, hurry: Callable[[], bool] = never) -> Iterator[None]:
        """Run the processes during the block."""
        self.start()
        try:
            yield
        finally:
            self.end(hurry)
