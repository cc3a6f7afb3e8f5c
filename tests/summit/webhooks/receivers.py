"""A receiver on this machine that answers as it is told, well and badly."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks"


def status(line: str, *headers: str, body: str = "") -> bytes:
    """An answer with a status such as "500 Oh"."""
    lines = [f"HTTP/1.1 {line}", *headers, f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


@dataclass(frozen=True)
class Drip:
    """An answer that comes a byte at a time, so many seconds apart: behind `first`, and once `after` is set."""

    content: bytes
    every: float = 0.05
    first: bytes = b""
    after: threading.Event | None = None


class Hang:
    """No answer at all."""


@dataclass
class Receiver:
    """What it got, and what it answers: each of `answers` once, then `then` for ever."""

    port: int
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[bytes | Drip | Hang] = field(default_factory=list)
    then: bytes | Drip | Hang = OK
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    @property
    def bodies(self) -> list[bytes]:
        return [body for _line, _headers, body in self.got]

    def answer(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            line.settimeout(5)
            request = _read(line)
            if request is None:
                return
            self.got.append(request)
            said = self.answers.pop(0) if self.answers else self.then
            if isinstance(said, Hang):
                self.over.wait(5)
            elif isinstance(said, Drip):
                line.sendall(said.first)
                if said.after:
                    said.after.wait(60)
                for byte in said.content:
                    if self.over.is_set():
                        return
                    line.sendall(bytes([byte]))
                    self.over.wait(said.every)
            else:
                line.sendall(said)


def _read(line: socket.socket) -> tuple[str, dict[str, str], bytes] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65536)
        if not part:
            return None
        data += part
    head, _gap, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += line.recv(65536)
    return first, headers, body


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver, which speaks TLS where it is given a certificate."""
    server = socket.create_server(("127.0.0.1", 0))
    found = Receiver(server.getsockname()[1])

    def serve(line: socket.socket) -> None:
        with suppress(OSError):
            found.answer(tls.wrap_socket(line, server_side=True) if tls else line)

    def run() -> None:
        while True:
            try:
                line, _address = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=[line], daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield found
    finally:
        found.over.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
