"""Moves sessions of a public agenda and releases each move: here, or once a second in another process, beside those
who read. In the process of the readers it would hold up those who ask, not those who answer."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.summits.models import Summit
from summit.users.models import User

EVERY = 1.0
_PROGRAM = "import sys, django; django.setup(); from bench import moving; moving.main(sys.argv[1])"


class Moves:
    """Changes one session after another, and releases each by itself."""

    def __init__(self, summit: Summit) -> None:
        self.summit, self.by, self.released = summit, organiser(summit), 0
        self._sessions = list(Session.objects.filter(summit=summit, cancelled_at=None).order_by("pk"))

    def release(self) -> None:
        """Give the next session another title, and release it."""
        row = self._sessions[self.released % len(self._sessions)]
        self.released += 1
        title = f"{row.title[:150]} ({time.time():.3f})"
        Session.objects.filter(pk=row.pk).update(title=title)
        releases.release(summit=self.summit, by=self.by)


def organiser(summit: Summit) -> User:
    """Return somebody who organises a summit. Raises RuntimeError where nobody does."""
    found = User.objects.filter(roles__summit=summit, roles__role="organiser").first()
    if found is None:
        raise RuntimeError("nobody organises it")
    return found


@contextlib.contextmanager
def moving(summit: Summit) -> Iterator[Callable[[], tuple[int, float]]]:
    """Let another process release each second; what is given ends it and returns how often it has, and how many
    seconds of the processor that took."""
    command = [sys.executable, "-c", _PROGRAM, summit.slug]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    process.stdin.write("go\n")
    process.stdin.flush()
    try:
        yield lambda: _told(process.communicate()[0])
    finally:
        process.kill()
        process.wait()


def _told(said: str) -> tuple[int, float]:
    number, seconds = said.split()
    return int(number), float(seconds)


def main(slug: str, every: float = EVERY) -> None:
    """Say "ready", release each `every` seconds from when a line is read until the input ends, and say how often, and
    how many seconds of the processor that took."""
    moves, ended = Moves(Summit.objects.get(slug=slug)), threading.Event()
    # What is made once a process isn't counted.
    moves.release()
    print("ready", flush=True)
    sys.stdin.readline()
    threading.Thread(target=_end_with_input, args=(ended,), daemon=True).start()
    before, due, taken = moves.released, time.monotonic(), time.process_time()
    while not ended.wait(max(0.0, due - time.monotonic())):
        moves.release()
        due += every
    print(moves.released - before, time.process_time() - taken)


def _end_with_input(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()
