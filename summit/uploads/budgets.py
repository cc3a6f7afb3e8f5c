"""The budgets of uploaded files: their size, and the time and memory that they may take.

All limits on imports are here. Each kind of files has its own budget.
"""

from dataclasses import dataclass, replace

MB = 1024 * 1024


@dataclass(frozen=True)
class Budget:
    """The limits for one kind of files.

    A file has at most `largest` bytes and `entries` entries: rows, events, or files of an archive, which have at most
    `unpacked` bytes together. Up to `at_once` entries are previewed and imported in the request; a worker imports
    `step` entries in a transaction, or all of them if it is None. The process that reads a file may use `seconds` of
    the processor's time, and `megabytes` of memory.
    """

    largest: int
    entries: int
    at_once: int
    step: int | None = None
    unpacked: int = 0
    seconds: int = 0
    megabytes: int = 0


# Seconds and megabytes are several times what the largest allowed file needs.
TABLE = Budget(largest=10 * MB, entries=20_000, at_once=400, seconds=10, megabytes=800)
LIST = replace(TABLE, entries=2_000, at_once=100, step=200)
SCHEDULE = Budget(largest=20 * MB, entries=5_000, at_once=60)
SPEECHES = Budget(largest=20 * MB, entries=500, at_once=10, step=5, unpacked=50 * MB)
# A single text, in the editor or in an archive of speeches.
DOCUMENT = Budget(largest=10 * MB, entries=1, at_once=1, seconds=20, megabytes=1500)
