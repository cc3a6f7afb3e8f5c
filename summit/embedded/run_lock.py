"""One run of the processes in a folder at a time, and nothing that a run leaves behind."""

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from summit.embedded import lifeline

# Seconds until the lock is free once the processes that held it have ended.
_FREE_SECONDS = 5.0


class AlreadyRunning(RuntimeError):
    """Raised if another run uses the folder. `pid` is its process, and `port` the one on which it listens."""

    def __init__(self, pid: int, port: int) -> None:
        super().__init__(pid, port)
        self.pid = pid
        self.port = port


class RunLock:
    """The lock of a folder. Processes that inherit its file descriptor hold it too, until the last of them ends."""

    def __init__(self, file: IO[str], port: int) -> None:
        self._file = file
        self._port = port
        self._leaders: set[int] = set()
        self._writing = threading.Lock()

    def fileno(self) -> int:
        """Return the file descriptor that processes inherit."""
        return self._file.fileno()

    def record(self, pid: int) -> None:
        """Write down that a process runs, for whoever has to end it after this one is dead."""
        with self._writing:
            self._leaders = {other for other in self._leaders if lifeline.leads(other)} | {pid}
            self.write()

    def write(self) -> None:
        """Write down whose run this is, and what it consists of."""
        run = {"pid": os.getpid(), "port": self._port, "leaders": sorted(self._leaders)}
        content = json.dumps(run).encode()
        os.pwrite(self.fileno(), content, 0)
        os.ftruncate(self.fileno(), len(content))


@contextmanager
def held(path: Path, *, port: int) -> Iterator[RunLock]:
    """Hold the lock of the file `path` during the block, and yield it. What an earlier, dead run left is ended first.

    If this process dies during the block, another ends those that were recorded. Raises AlreadyRunning.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        if not _locked(file):
            _end_remains(file)
        lock = RunLock(file, port)
        lock.write()
        command = [sys.executable, lifeline.__file__, str(path)]
        watcher = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603
        try:
            yield lock
        finally:
            watcher.communicate()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _end_remains(file: IO[str]) -> None:
    """End what a dead run has left, and take the lock. Raises AlreadyRunning if the run isn't dead."""
    run = _read(file)
    if not _runs(run["pid"]):
        lifeline.end(run["leaders"])
        until = time.monotonic() + _FREE_SECONDS
        while time.monotonic() < until:
            if _locked(file):
                return
            time.sleep(0.1)
    raise AlreadyRunning(run["pid"], run["port"])


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        run = json.loads(file.read())
    except ValueError:
        run = {}
    return {"pid": os.getpid(), "port": 0, "leaders": [], **run}


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
