"""The watch calls for help when something takes too long, and never else."""

import time

import pytest

from summit.outbox.domain.watch import Watch


def test_it_calls_once_while_a_block_takes_too_long() -> None:
    called: list[float] = []
    watch = Watch(lambda: called.append(time.monotonic()))
    started = time.monotonic()
    with watch.within(0.1):
        time.sleep(0.4)
    watch.stop()
    assert len(called) == 1
    assert 0.1 <= called[0] - started < 0.3


def test_it_is_silent_after_a_block_that_was_over_in_time() -> None:
    called: list[str] = []
    watch = Watch(lambda: called.append("help"))
    for _turn in range(3):
        with watch.within(0.05):
            pass
    time.sleep(0.2)
    watch.stop()
    assert called == []


def test_a_block_that_fails_is_over() -> None:
    called: list[str] = []
    watch = Watch(lambda: called.append("help"))
    with pytest.raises(OSError, match="gone"), watch.within(0.05):
        raise OSError("gone")
    time.sleep(0.15)
    watch.stop()
    assert called == []


def test_a_shorter_time_after_a_longer_one_counts() -> None:
    called: list[str] = []
    watch = Watch(lambda: called.append("help"))
    with watch.within(30):
        pass
    with watch.within(0.05):
        time.sleep(0.3)
    watch.stop()
    assert called == ["help"]


def test_all_blocks_have_one_thread_which_ends() -> None:
    watch = Watch(lambda: None)
    seen = set()
    for _turn in range(20):
        with watch.within(5):
            seen.add(watch._thread)
    watch.stop()
    (thread,) = seen
    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()
