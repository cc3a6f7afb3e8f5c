"""A client of clamd, ClamAV's daemon: sends a file's bytes and returns what clamd found.

Spoken is INSTREAM of clamd(8), on a Unix or TCP socket: "zINSTREAM" and a zero byte, pieces that begin with their
length in four bytes (big endian), and a piece of length zero. The answer ends with a zero byte and is
"stream: OK", "stream: NAME FOUND", or ends with "ERROR". The libraries for it are no longer maintained.
"""

import re
import socket
import struct
import time
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PORT = 3310
PIECE = 64 * 1024
# clamd's answers are one short line.
LONGEST_ANSWER = 4096
_CLEAN = "stream: OK"
_FOUND = re.compile(r"stream: (?P<name>\S.*) FOUND")
_TOO_LARGE = "size limit exceeded"


class Unreachable(Exception):
    """Nobody answers at the address. The file has nothing to do with it: try again as long as it takes."""


class NoResult(Exception):
    """The connection broke, or the answer says neither clean nor found. Trying again may help."""


class TooLarge(Exception):
    """The file has more bytes than clamd's StreamMaxLength. Trying again doesn't help."""


def address_of(url: str) -> str | tuple[str, int]:
    """Return a socket's address from "unix:/path" or "tcp://host:port". Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix" and parts.path.startswith("/"):
            return parts.path
        if parts.scheme == "tcp" and parts.hostname:
            return parts.hostname, parts.port or PORT
    except ValueError:
        pass
    raise ImproperlyConfigured(f"CLAMD_URL is {url!r}: write unix:/run/clamav/clamd.ctl or tcp://host:{PORT}.")


def scan(content: bytes, *, url: str, seconds: float) -> str:
    """Return the name of the virus that clamd finds in some bytes, or "" if they are clean.

    All of it takes at most `seconds`. Raises Unreachable, NoResult, TooLarge.
    """
    until = time.monotonic() + seconds
    with _connected(url, seconds) as connection:
        broken: OSError | None = None
        try:
            _send(connection, content, until)
        except OSError as problem:
            # clamd closes the connection of a file that is too large, after an answer that is still to be read.
            broken = problem
        try:
            answer = _answer(connection, until)
        except OSError as problem:
            raise NoResult(_described(broken or problem)) from problem
    if not answer and broken is not None:
        raise NoResult(_described(broken))
    return _verdict(answer)


def _connected(url: str, seconds: float) -> socket.socket:
    address = address_of(url)
    try:
        if not isinstance(address, str):
            return socket.create_connection(address, timeout=seconds)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(seconds)
            connection.connect(address)
        except OSError:
            connection.close()
            raise
    except OSError as problem:
        raise Unreachable(_described(problem)) from problem
    return connection


def _send(connection: socket.socket, content: bytes, until: float) -> None:
    _wait_at_most(connection, until)
    connection.sendall(b"zINSTREAM\0")
    whole = memoryview(content)
    for start in range(0, len(content), PIECE):
        piece = whole[start : start + PIECE]
        _wait_at_most(connection, until)
        connection.sendall(struct.pack("!L", len(piece)))
        connection.sendall(piece)
    connection.sendall(struct.pack("!L", 0))


def _answer(connection: socket.socket, until: float) -> str:
    """Return clamd's answer, or "" if it closed the connection without one."""
    received = b""
    while b"\0" not in received and len(received) < LONGEST_ANSWER:
        _wait_at_most(connection, until)
        more = connection.recv(LONGEST_ANSWER)
        if not more:
            break
        received += more
    return received.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _wait_at_most(connection: socket.socket, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("clamd takes too long")
    connection.settimeout(left)


def _verdict(answer: str) -> str:
    if answer == _CLEAN:
        return ""
    found = _FOUND.fullmatch(answer)
    if found:
        return found["name"]
    if _TOO_LARGE in answer:
        raise TooLarge(answer)
    raise NoResult(answer or "clamd closed the connection without an answer")


def _described(problem: OSError) -> str:
    return str(problem) or type(problem).__name__
