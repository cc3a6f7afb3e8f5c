"""The wire: the one place that makes requests to other systems.

A name is resolved once, every address that it has is looked at (summit.webhooks.addresses), and the connection goes
to one of these; the name stays in Host, in TLS and in the check of the certificate. Redirects are not followed and no
proxy is asked, whatever the environment says: the standard library's client knows neither.
"""

import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from django.core.exceptions import ValidationError

from summit.outbox.failure_reasons import because
from summit.outbox.send_timeout import Watch
from summit.webhooks import addresses, failure_reasons
from summit.webhooks.addresses import Target

# Bytes of an answer that are read, and characters of it that are kept.
MOST_READ = 64 * 1024
MOST_KEPT = 1024


@dataclass(frozen=True)
class Answer:
    """What came of a request: the receiver's status and words, or a `problem` as summit.outbox.failure_reasons keeps
    it. `wait` is for how many seconds the receiver asks to be left alone."""

    ms: int
    status: int | None = None
    text: str = ""
    problem: str = ""
    wait: int | None = None


class _Stopped(Exception):
    """The request was not made, or broke off; its argument is the stored reason."""


class _Line(http.client.HTTPConnection):
    """A connection to one of the checked addresses of a host, which can be cut from another thread at any time."""

    def __init__(self, target: Target, found: list[str], deadline: float) -> None:
        super().__init__(target.host, target.port)
        self.default_port = {"https": 443, "http": 80}[target.scheme]
        self._target, self._found, self._deadline = target, found, deadline
        self._handle: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the first address that answers, and speak TLS to the name."""
        plain = self._open()
        # A handle of its own: TLS takes the socket over, and this one stays good for cutting.
        self._handle = plain.dup()
        self.sock = plain
        if self.was_cut:
            # While there was no handle yet: nobody cuts a second time.
            raise TimeoutError
        if self._target.scheme == "https":
            plain.settimeout(_left(self._deadline))
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._target.host)
        self.sock.settimeout(_left(self._deadline))

    def _open(self) -> socket.socket:
        problem: OSError = TimeoutError()
        for left, address in zip(range(len(self._found), 0, -1), self._found, strict=True):
            # An address: no name is asked for again.
            plain = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            try:
                # One that doesn't answer leaves time for the others.
                plain.settimeout(_left(self._deadline) / left)
                plain.connect((address, self._target.port))
            except OSError as refused:
                plain.close()
                problem = refused
            else:
                return plain
        raise problem

    def cut(self) -> None:
        """End the connection under whoever reads or writes on it: they get an error, or the end, at once."""
        self.was_cut = True
        if self._handle is not None:
            with suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection and what it can be cut by."""
        super().close()
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def _left(deadline: float) -> float:
    """Return the seconds until a deadline on the monotonic clock. Raises TimeoutError after it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def send(*, url: str, body: bytes, headers: Mapping[str, str], within: float) -> Answer:
    """POST to a receiver and return what came of it, within so many seconds in all, however it answers."""
    started = time.monotonic()
    try:
        status, text, wait = _post(url, body, headers, started + within)
        return Answer(_since(started), status, text, "", wait)
    except _Stopped as stopped:
        return Answer(_since(started), problem=str(stopped))
    except TimeoutError:
        return Answer(_since(started), problem=because(failure_reasons.TIMEOUT, f"{within:g}"))
    except ssl.SSLCertVerificationError as problem:
        return Answer(_since(started), problem=because(failure_reasons.CERTIFICATE, problem.verify_message)[:200])
    except http.client.HTTPException as problem:
        return Answer(_since(started), problem=because(failure_reasons.NOT_HTTP, type(problem).__name__))
    except OSError as problem:
        return Answer(_since(started), problem=because(failure_reasons.CONNECTION, problem.strerror or problem)[:200])


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _post(url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> tuple[int, str, int | None]:
    try:
        target = addresses.target(url)
    except ValidationError:
        raise _Stopped(because(failure_reasons.ADDRESS)) from None
    line = _Line(target, _checked(target, deadline), deadline)
    watch = Watch(line.cut)
    try:
        with watch.within(_left(deadline)):
            return _ask(line, target, body, headers)
    except (OSError, http.client.HTTPException):
        if line.was_cut:
            raise TimeoutError from None
        raise
    finally:
        watch.stop()
        line.close()


def _ask(line: _Line, target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, int | None]:
    line.request("POST", target.path, body=body, headers={**headers, "Connection": "close"})
    answer = line.getresponse()
    read = b""
    # The status is what counts: whoever drips the rest is not listened to for longer than the deadline.
    with suppress(OSError, http.client.HTTPException):
        while len(read) < MOST_READ and (part := answer.read1(MOST_READ - len(read))):
            read += part
    text = read[: 4 * MOST_KEPT].decode("utf-8", "replace").replace("\0", "")[:MOST_KEPT]
    return answer.status, text, retry_after(answer.headers.get("Retry-After", ""))


def _checked(target: Target, deadline: float) -> list[str]:
    """Return the addresses of a host, all of which may be reached."""
    found = resolve(target.host, target.port, _left(deadline))
    if not found:
        raise _Stopped(because(failure_reasons.NO_NAME))
    inside = addresses.refused(target.host, found)
    if inside:
        raise _Stopped(because(failure_reasons.INSIDE, inside[0]))
    return found


def resolve(host: str, port: int, within: float) -> list[str]:
    """Return the addresses of a host, [] where it has none. The system's resolver can't be told how long it may take,
    so it works in a thread that nobody waits for. Raises TimeoutError."""
    answers: queue.Queue[list[str]] = queue.Queue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(row[4][0]) for row in rows)))
        except (OSError, UnicodeError):
            answers.put([])

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        return answers.get(timeout=within)
    except queue.Empty:
        raise TimeoutError from None


def retry_after(value: str) -> int | None:
    """Return for how many seconds a receiver asks to be left alone (RFC 9110, 10.2.3), None where it doesn't."""
    if value.strip().isdecimal():
        # As many digits as thirty years have.
        return int(value.strip()[:9])
    try:
        return max(0, round(parsedate_to_datetime(value).timestamp() - time.time()))
    except (TypeError, ValueError, OverflowError):
        return None
