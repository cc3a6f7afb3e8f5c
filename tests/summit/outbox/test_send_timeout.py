"""The watch calls for help when something takes too long, and never else."""

import threading
from contextlib import suppress
from types import SimpleNamespace

import pytest

from summit.outbox import send_timeout as module
from summit.outbox.send_timeout import Watch
from tests.processes import wait_for

# Seconds after which what should have come hangs.
PATIENCE = 60


class Alarm:
    """Counts the calls for help."""

    def __init__(self) -> None:
        self.number = 0
        self.called = threading.Event()

    def __call__(self) -> None:
        self.number += 1
        self.called.set()


def ended(watch: Watch) -> None:
    """Stop the watch and wait for the end of its thread."""
    watch.stop()
    assert watch._thread is not None
    watch._thread.join(PATIENCE)
    assert not watch._thread.is_alive()


@pytest.mark.parametrize("before", [None, 30], ids=["at once", "after a longer time"])
def test_it_calls_once_while_a_block_takes_too_long(before: float | None) -> None:
    alarm = Alarm()
    watch = Watch(alarm)
    if before:
        with watch.within(before):
            wait_for(lambda: watch._looks, PATIENCE, "the thread looks when that is over")
    with watch.within(0.01):
        assert alarm.called.wait(PATIENCE)
    ended(watch)
    assert alarm.number == 1


@pytest.mark.parametrize("fails", [False, True])
def test_it_is_silent_after_a_block_that_was_over_in_time(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    alarm = Alarm()
    watch = Watch(alarm)
    with suppress(OSError), watch.within(1):
        wait_for(lambda: watch._looks, PATIENCE, "the thread looks when the block should be over")
        if fails:
            raise OSError
    now[0] = 2.0
    with watch._changed:
        watch._changed.notify()
    wait_for(lambda: watch._looks is None, PATIENCE, "the thread has looked again")
    ended(watch)
    assert alarm.number == 0


def test_all_blocks_have_one_thread_which_ends() -> None:
    watch = Watch(lambda: None)
    threads = set()
    for _turn in range(20):
        with watch.within(PATIENCE):
            threads.add(watch._thread)
    assert len(threads) == 1
    ended(watch)
