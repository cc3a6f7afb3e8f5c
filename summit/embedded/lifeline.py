"""End processes whose parent has died: `python lifeline.py FILE`, with a pipe of the parent as standard input.

The pipe closes when the parent dies, however it does. FILE is JSON with the processes under "leaders": each is the
leader of a session of its own. This module is run by its path and imports only the standard library, so that it needs
little memory.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

# Seconds that a process has to finish its work after SIGTERM.
PATIENCE = 15.0
_TICK = 0.1


def end(leaders: Iterable[int], patience: float = PATIENCE) -> None:
    """End processes by their ids with SIGTERM, and after `patience` seconds what runs in their sessions with SIGKILL.

    Ids that lead no session, or no longer, are passed over.
    """
    left = [pid for pid in leaders if leads(pid)]
    for pid in left:
        send(os.kill, pid, signal.SIGTERM)
    until = time.monotonic() + patience
    while any(map(leads, left)) and time.monotonic() < until:
        time.sleep(_TICK)
    for pid in left:
        send(os.killpg, pid, signal.SIGKILL)


def leads(pid: int) -> bool:
    """Return whether a process runs and leads a session of its own."""
    try:
        return os.getsid(pid) == pid
    except OSError:
        return False


def send(how: Callable[[int, int], None], pid: int, number: int) -> None:
    """Send a signal by `os.kill` or `os.killpg` to what may have ended."""
    with suppress(ProcessLookupError, PermissionError):
        how(pid, number)


if __name__ == "__main__":
    # A terminal that closes, or Ctrl-C in it, is no reason to end before the others have.
    for ignored in (signal.SIGHUP, signal.SIGINT):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.read()
    with suppress(OSError, ValueError):
        end(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["leaders"])
