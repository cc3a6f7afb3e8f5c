"""How long another process that wants to write has to wait, on SQLite, where one writes at a time."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

# Takes the lock to write again and again until its input ends, and prints the longest wait in seconds.
_WRITER = """
import sqlite3, sys, threading, time
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
longest = 0.0
print("ready", flush=True)
while not ended.wait(0.005):
    started = time.perf_counter()
    database.execute("BEGIN IMMEDIATE")
    longest = max(longest, time.perf_counter() - started)
    database.execute("COMMIT")
print(longest)
"""


@dataclass
class Wait:
    """The longest wait of the other process, in seconds; 0 where writers don't wait for one another."""

    seconds: float = 0.0


@contextlib.contextmanager
def another_writer() -> Iterator[Wait]:
    """Let another process write all the while; what is given says afterwards how long it waited."""
    wait = Wait()
    if connection.vendor != "sqlite":
        yield wait
        return
    command = [sys.executable, "-c", _WRITER, str(connection.settings_dict["NAME"])]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield wait
    finally:
        said, _nothing = process.communicate()
    wait.seconds = float(said)
