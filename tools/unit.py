"""The unit in which costs are told: a fixed piece of work, about a second of a processor long.

Seconds of two machines can't be compared, nor those of one machine on two days. The same figure in units can: it says
how many times this work would fit into it. The work is of the kinds that the tests and the system do: Python, SQLite,
a hash of a password, compression.
"""

import sqlite3
import subprocess
import sys
import time
import zlib

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

ROUNDS = 6


def work() -> int:
    """Do the work of a sixth of a unit. Return a number that depends on all of it, so that nothing is left out."""
    words = [f"{number * 7919 % 10007:05d}" for number in range(60_000)]
    counts: dict[str, int] = {}
    for word in sorted(words):
        counts[word] = counts.get(word, 0) + len(word.strip("0"))
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, word TEXT, length INTEGER)")
        database.executemany("INSERT INTO entry (word, length) VALUES (?, ?)", list(counts.items()))
        database.execute("CREATE INDEX entry_word ON entry (word)")
        query = "SELECT length FROM entry WHERE word = ?"
        found: int = sum(database.execute(query, [word]).fetchone()[0] for word in words[:9_000])
    database.close()
    digest = Argon2id(salt=b"fixed salt", length=32, iterations=2, lanes=1, memory_cost=19 * 1024).derive(b"password")
    packed = zlib.compress(" ".join(words).encode() * 2, 6)
    return found + len(packed) + digest[0]


def measure() -> float:
    """Return the seconds of the processor that a unit takes now: the median round, times their number."""
    seconds = []
    for _round in range(ROUNDS):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return sorted(seconds)[ROUNDS // 2] * ROUNDS


def measure_at_once(processes: int) -> float:
    """Return the mean seconds of a unit in so many processes at once, which share it as those of tests do."""
    started = [
        subprocess.Popen([sys.executable, "-m", "tools.unit"], stdout=subprocess.PIPE, text=True)
        for _number in range(processes)
    ]
    return sum(float(process.communicate()[0]) for process in started) / processes


if __name__ == "__main__":
    print(f"{measure():.4f}")
