"""How many public pages two web processes give a second, from the origin alone.

The server runs as `make run` starts it, on the bench's own database. Four connections that stay open ask for one page
again and again, on the same machine: what they take of it, the server lacks.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.connections import Client, question, rate
from press.published_texts.selectors import listed
from press.texts.addresses import address
from sessions.agenda.selectors import released_agenda
from summit.summits.models import Summit

WORKERS = 2
# What a kept page comes at of a bare answer, at least. They are asked for in turns, and the best of each counts: what
# else the machine does only makes answers fewer.
LEAST, TURNS, SECONDS = 0.7, 12, 0.3


@dataclass(frozen=True)
class Aim:
    """A page, by what it is called and where it is."""

    name: str
    path: str


@dataclass(frozen=True)
class Rate:
    """What a page gave: answers a second, whole, to those who have it already (304), and bare ones of the same server
    (/healthz); and its bytes on the wire."""

    aim: Aim
    whole: float
    again: float
    bare: float
    size: int

    @property
    def kept(self) -> bool:
        """Whether both come at what is promised of a bare answer."""
        return min(self.whole, self.again) >= LEAST * self.bare


def aims(summit: Summit) -> list[Aim]:
    """Return the pages that are measured."""
    key = released_agenda.public_agenda(summit=summit)[0].session.public_id
    return [
        Aim("summit's home", f"/{summit.slug}/"),
        Aim("agenda, complete in HTML", f"/{summit.slug}/agenda/"),
        Aim("session's page", f"/{summit.slug}/agenda/{key}/"),
        Aim("agenda.ics", f"/{summit.slug}/agenda.ics"),
        Aim("press list", f"/{summit.slug}/press/"),
        Aim("speech's page", speech(summit)),
        Aim("schedule.json", f"/{summit.slug}/agenda/schedule.json"),
    ]


def speech(summit: Summit) -> str:
    """Return the address of a speech that everybody may read, below the site's."""
    found = listed(summit).filter(version__text__slot__isnull=False)[:1].get()
    return address(summit, found)


def measure(summit: Summit) -> Iterator[Rate]:
    """Yield each page with its rates, and those of bare answers meanwhile."""
    with serving() as port:
        for aim in aims(summit):
            # Each process makes its page once; connections are spread over both.
            for _number in range(20):
                one = Client(port)
                status, head, length = one.ask(question(aim.path))
                one.close()
            if status != 200:
                raise RuntimeError(f"{aim.path} answered {status}")
            etag = next(line[6:] for line in head.split(b"\r\n") if line.startswith(b"etag: "))
            asked = {question(aim.path): 200, question(aim.path, etag): 304, question("/healthz"): 200}
            found: list[list[float]] = [
                [rate(port, one, status, seconds=SECONDS) for one, status in asked.items()] for _turn in range(TURNS)
            ]
            whole, again, bare = (max(column) for column in zip(*found, strict=True))
            yield Rate(aim, whole, again, bare, length)


@contextlib.contextmanager
def serving() -> Iterator[int]:
    """Run the web server as `make run` does; give its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "summit.wsgi", "--bind", f"127.0.0.1:{port}"]
    options = ["--workers", str(WORKERS), "--threads", "4", "--no-control-socket", "--log-level", "error"]
    process = subprocess.Popen([*command, *options], env=dict(os.environ))
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            client = Client(port)
            status, _head, _length = client.ask(question("/healthz"))
        except OSError:
            status = 0
        if status == 200:
            return
        if time.monotonic() > until:
            raise RuntimeError("the web server does not answer")
        time.sleep(0.2)
