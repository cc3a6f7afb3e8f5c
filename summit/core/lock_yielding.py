"""Let other connections write between the transactions of long work on SQLite.

SQLite has one write lock and no queue for it: a waiting connection tries again every tenth of a second. Many short
transactions in a row would keep other connections from writing for seconds.
"""

import time

from django.db import connection

# Seconds of work after which other connections get a turn, and seconds of the turn, in which SQLite tries again.
WORK = 0.4
TURN = 0.11


class Turns:
    """A timer for work in many transactions. Call `yield_if_due` between them."""

    def __init__(self) -> None:
        self.since = time.monotonic()

    def yield_if_due(self) -> None:
        """Sleep for TURN seconds if WORK seconds have passed since the last turn.

        Does nothing inside a transaction or on PostgreSQL.
        """
        if connection.vendor != "sqlite" or connection.in_atomic_block or time.monotonic() - self.since < WORK:
            return
        time.sleep(TURN)
        self.since = time.monotonic()
