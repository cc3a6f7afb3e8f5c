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


@dataclass(frozen=True)
class Aim:
    """A page, by what it is called, where it is below the summit's address, and how many a second are promised."""

    name: str
    path: str
    promised: int


@dataclass(frozen=True)
class Rate:
    """What a page gave: answers a second, whole and to those who have it already (304), and its bytes on the wire."""

    aim: Aim
    whole: float
    again: float
    size: int


def aims(summit: Summit) -> list[Aim]:
    """Return the pages that are measured."""
    key = released_agenda.public_agenda(summit=summit)[0].session.public_id
    return [
        Aim("agenda, complete in HTML", f"/{summit.slug}/agenda/", 700),
        Aim("session's page", f"/{summit.slug}/agenda/{key}/", 500),
        Aim("agenda.ics", f"/{summit.slug}/agenda.ics", 500),
        Aim("speech's page", speech(summit), 600),
        Aim("schedule.json", f"/{summit.slug}/agenda/schedule.json", 500),
    ]


def speech(summit: Summit) -> str:
    """Return the address of a speech that everybody may read, below the site's."""
    found = listed(summit).filter(version__text__slot__isnull=False)[:1].get()
    return address(summit, found)


def measure(summit: Summit) -> Iterator[Rate]:
    """Yield each page with its rates; a bare answer of the same server (/healthz) comes first, promising nothing."""
    with serving() as port:
        for aim in [Aim("bare answer", "/healthz", 0), *aims(summit)]:
            client = Client(port)
            # Each process makes its page once; connections are spread over both.
            for _number in range(20):
                one = Client(port)
                status, head, length = one.ask(question(aim.path))
                one.close()
            client.close()
            if status != 200:
                raise RuntimeError(f"{aim.path} answered {status}")
            etag = next((line[6:] for line in head.split(b"\r\n") if line.startswith(b"etag: ")), b"")
            whole = rate(port, question(aim.path), 200)
            again = rate(port, question(aim.path, etag), 304) if etag else 0.0
            yield Rate(aim, whole, again, length)


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
