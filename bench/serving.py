"""How many public pages two web processes give a second, from the origin alone.

The server runs as `make run` starts it, on the bench's own database. Four connections that stay open ask for one page
again and again, on the same machine: what they take of it, the server lacks.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from press.addresses import address
from press.reading import listed
from sessions.domain import member
from summit.models import Summit

WORKERS, CONNECTIONS, SECONDS = 2, 4, 3.0
HEAD_ENDS = b"\r\n\r\n"


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


class Client:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)

    def ask(self, asked: bytes) -> tuple[int, bytes, int]:
        """Send a question; return the answer's status, its head and the bytes of its body."""
        self._socket.sendall(asked)
        found = bytearray()
        while (end := found.find(HEAD_ENDS)) < 0:
            found += self._more()
        head = bytes(found[:end]).lower()
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        left = end + len(HEAD_ENDS) + length - len(found)
        while left > 0:
            left -= len(self._more())
        return int(head.split(b" ", 2)[1]), head, length

    def _more(self) -> bytes:
        found = self._socket.recv(1 << 18)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def question(path: str, etag: bytes = b"") -> bytes:
    """Return the request for a page, or for what isn't the one of that ETag."""
    lines = [f"GET {path} HTTP/1.1".encode(), b"Host: 127.0.0.1", b"Accept-Encoding: gzip"]
    return b"\r\n".join([*lines, *([b"If-None-Match: " + etag] if etag else []), b"", b""])


def _rate(port: int, asked: bytes, expected: int) -> float:
    """Return how many answers a second come to all connections together. Raises RuntimeError for another status."""
    counts = [0] * CONNECTIONS
    wrong: list[int] = []
    stop = time.perf_counter() + SECONDS

    def ask(number: int) -> None:
        client = Client(port)
        while time.perf_counter() < stop and not wrong:
            status, _head, _length = client.ask(asked)
            counts[number] += 1
            if status != expected:
                wrong.append(status)
        client.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{asked!r} answered {wrong[0]}")
    return sum(counts) / (time.perf_counter() - started)


def aims(summit: Summit) -> list[Aim]:
    """Return the pages that are measured."""
    key = member.public_agenda(summit=summit)[0].session.public_id
    return [
        Aim("agenda, complete in HTML", f"/{summit.slug}/agenda/", 700),
        Aim("session's page", f"/{summit.slug}/agenda/{key}/", 500),
        Aim("agenda.ics", f"/{summit.slug}/agenda.ics", 500),
        Aim("speech's page", _speech(summit), 600),
        Aim("schedule.json", f"/{summit.slug}/agenda/schedule.json", 500),
    ]


def _speech(summit: Summit) -> str:
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
            whole = _rate(port, question(aim.path), 200)
            again = _rate(port, question(aim.path, etag), 304) if etag else 0.0
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
