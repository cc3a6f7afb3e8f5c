"""Giving way to other writers. SQLite hands its only lock to nobody in turn: whoever waits looks again every tenth of
a second, so that work of many short transactions one after another keeps all others out for seconds."""

import time

from django.db import connection

# Seconds of work after which others get a turn, and how long: as long as SQLite's own pause between two looks.
WORK = 0.4
TURN = 0.11


class Turns:
    """Begun with work of many transactions; asked between them, it lets others have their turn now and then."""

    def __init__(self) -> None:
        self.since = time.monotonic()

    def give_way(self) -> None:
        """Wait a moment where others may be waiting. Never inside a transaction, and never on PostgreSQL."""
        if connection.vendor != "sqlite" or connection.in_atomic_block or time.monotonic() - self.since < WORK:
            return
        time.sleep(TURN)
        self.since = time.monotonic()
