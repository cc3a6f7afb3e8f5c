"""Connections that stay open and ask a web server for one page again and again, at the least cost: what they take of
the machine, the server lacks."""

import socket
import threading
import time

CONNECTIONS, SECONDS = 4, 3.0
HEAD_ENDS = b"\r\n\r\n"


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


def answers(
    port: int, asked: bytes, expected: int = 200, *, seconds: float = SECONDS, connections: int = CONNECTIONS
) -> list[float]:
    """Ask on so many connections for so many seconds; return how long each answer took, in milliseconds. Raises
    RuntimeError for another status."""
    found: list[float] = []
    wrong: list[int] = []
    stop = time.perf_counter() + seconds

    def ask() -> None:
        client = Client(port)
        while (started := time.perf_counter()) < stop and not wrong:
            status, _head, _length = client.ask(asked)
            found.append((time.perf_counter() - started) * 1000)
            if status != expected:
                wrong.append(status)
        client.close()

    threads = [threading.Thread(target=ask) for _number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{asked!r} answered {wrong[0]}")
    return found


def rate(port: int, asked: bytes, expected: int = 200, *, seconds: float = SECONDS) -> float:
    """Return how many answers a second come to all connections together. Raises RuntimeError for another status."""
    return len(answers(port, asked, expected, seconds=seconds)) / seconds
