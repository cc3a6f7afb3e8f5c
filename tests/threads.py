"""Steps that threads take at once, each on a connection of its own.

SQLite lets one transaction write at a time, so whatever asks what happens to two runs on PostgreSQL: mark it with
`postgresql`. No test waits for a time here: it waits until the other thread comes, ends, or waits for a lock.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

# Seconds after which a step that has not ended hangs.
PATIENCE = 60
# Seconds after which a thread goes on that has waited in vain for the others of a meeting.
MEETING = 20


class Step(threading.Thread):
    """A step in a thread. `outcome` is what it returned, or the exception that it raised."""

    def __init__(self, step: Callable[[], Any], start: threading.Barrier | None = None) -> None:
        super().__init__(daemon=True)
        self.step = step
        self.begin = start
        self.outcome: Any = None

    def run(self) -> None:
        try:
            if self.begin is not None:
                self.begin.wait(PATIENCE)
            self.outcome = self.step()
        except BaseException as problem:
            self.outcome = problem
        finally:
            connections.close_all()

    def end(self) -> Any:
        """Wait for the end and return the outcome. Fails when the step hangs."""
        self.join(PATIENCE)
        assert not self.is_alive(), f"{self.step} hangs"
        return self.outcome


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Take steps in threads that start together; return the outcome of each, in order.

    The outcome of a step that fails is its exception. Fails when a step hangs.
    """
    start = threading.Barrier(len(steps))
    threads = [Step(step, start) for step in steps]
    for thread in threads:
        thread.start()
    return [thread.end() for thread in threads]


def names(outcomes: list[Any]) -> list[Any]:
    """Return outcomes with the name of its class in place of each exception, to compare them."""
    return [type(each).__name__ if isinstance(each, BaseException) else each for each in outcomes]


@contextmanager
def beside(step: Callable[[], Any]) -> Iterator[Step]:
    """Take a step in a thread while the block runs; the end of the block waits for it.

    Raises what the step raised.
    """
    thread = Step(step)
    thread.start()
    yield thread
    outcome = thread.end()
    if isinstance(outcome, BaseException):
        raise outcome


def blocks() -> bool:
    """Return whether another connection waits for a lock that the connection of this thread holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def meeting(number: int = 2) -> Callable[[], None]:
    """Return a call in which so many threads wait for each other, for where each has read and none has written.

    A thread goes on once another waits for a lock that it holds: that one can't come. After MEETING seconds it goes
    on as well. The meeting takes place once; later calls return at once.
    """
    come: set[int] = set()
    over = threading.Event()

    def meet() -> None:
        come.add(threading.get_ident())
        until = time.monotonic() + MEETING
        while len(come) < number and not blocks() and time.monotonic() < until:
            if over.wait(0.01):
                return
        over.set()

    return meet


def meet_after(patch: pytest.MonkeyPatch, owner: Any, name: str, number: int = 2) -> None:
    """Let so many threads meet once each has called `owner.name`: all have read, and none has written."""
    meet, original = meeting(number), getattr(owner, name)

    def called(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        meet()
        return found

    patch.setattr(owner, name, called)


def amid(first: Callable[[Callable[[], bool]], Any], second: Callable[[], Any]) -> list[Any]:
    """Take `first`, and `second` during its pause, each in a thread; return the outcomes of both, as `at_once` does.

    `first` gets a call that starts `second` and pauses until it has ended or waits for a lock that `first` holds; the
    call returns whether it has ended. Later calls don't pause.
    """
    other = Step(second)

    def pause() -> bool:
        if other.ident is None:
            other.start()
            until = time.monotonic() + PATIENCE
            while other.is_alive() and not blocks() and time.monotonic() < until:
                other.join(0.01)
        return not other.is_alive()

    outcome = at_once(lambda: first(pause))[0]
    assert other.ident is not None, f"{first} did not pause: {outcome!r}"
    return [outcome, other.end()]


def amid_call(
    patch: pytest.MonkeyPatch, owner: Any, name: str, first: Callable[[], Any], second: Callable[[], Any]
) -> list[Any]:
    """Take `first`, and `second` once it has called `owner.name`; return the outcomes of both, as `at_once` does."""
    original = getattr(owner, name)

    def act(pause: Callable[[], bool]) -> Any:
        def slowly(*args: Any, **kwargs: Any) -> Any:
            found = original(*args, **kwargs)
            pause()
            return found

        patch.setattr(owner, name, slowly)
        return first()

    return amid(act, second)
