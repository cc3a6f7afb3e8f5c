"""The HTTP client for webhooks. No other module makes requests to other systems.

A host name is resolved once. All its IP addresses are checked (summit.webhooks.addresses), and the connection is made
to one of them. The name is still used for the Host header, TLS and the check of the certificate. Redirects are not
followed, and proxies are not used even if the environment names one, because `http.client` supports neither.
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

# The most bytes of a response that are read, and the most characters of it that are stored.
MOST_READ = 64 * 1024
MOST_KEPT = 1024


@dataclass(frozen=True)
class WebhookResponse:
    """The outcome of a request.

    `status` and `text` are the receiver's response. If there is no response, `problem` is the reason in its stored
    form (summit.outbox.failure_reasons). `ms` is the duration in milliseconds. `wait` are the seconds that the
    receiver asks to wait before the next request, None if it doesn't.
    """

    ms: int
    status: int | None = None
    text: str = ""
    problem: str = ""
    wait: int | None = None


class _Stopped(Exception):
    """The request wasn't made. The exception's argument is the reason in its stored form."""


class _Line(http.client.HTTPConnection):
    """A connection to one of the checked addresses of a host. Another thread can cut it at any time."""

    def __init__(self, target: Target, found: list[str], deadline: float) -> None:
        super().__init__(target.host, target.port)
        self.default_port = {"https": 443, "http": 80}[target.scheme]
        self._target, self._found, self._deadline = target, found, deadline
        self._handle: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the first IP address that responds. For HTTPS, start TLS with the host's name."""
        plain_socket = self._open()
        # A second handle: TLS takes over the socket itself, and this one can still cut the connection.
        self._handle = plain_socket.dup()
        self.sock = plain_socket
        if self.was_cut:
            # It was cut while there was no handle yet, and it isn't cut a second time.
            raise TimeoutError
        if self._target.scheme == "https":
            plain_socket.settimeout(_seconds_left(self._deadline))
            self.sock = ssl.create_default_context().wrap_socket(plain_socket, server_hostname=self._target.host)
        self.sock.settimeout(_seconds_left(self._deadline))

    def _open(self) -> socket.socket:
        problem: OSError = TimeoutError()
        for remaining, address in zip(range(len(self._found), 0, -1), self._found, strict=True):
            # Connect to an address, so that the name isn't resolved again.
            plain_socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            try:
                # An address that doesn't respond must leave time for the others.
                plain_socket.settimeout(_seconds_left(self._deadline) / remaining)
                plain_socket.connect((address, self._target.port))
            except OSError as refused:
                plain_socket.close()
                problem = refused
            else:
                return plain_socket
        raise problem

    def cut(self) -> None:
        """End the connection. A thread that reads or writes on it gets an error, or the end of the data, at once."""
        self.was_cut = True
        if self._handle is not None:
            with suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection and the handle by which it can be cut."""
        super().close()
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def _seconds_left(deadline: float) -> float:
    """Return the seconds until a deadline on the monotonic clock. Raises TimeoutError if the deadline has passed."""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def send(*, url: str, body: bytes, headers: Mapping[str, str], within: float) -> WebhookResponse:
    """POST `body` to a receiver's URL and return the outcome, after at most `within` seconds.

    A network error isn't raised, but returned as the outcome's `problem`.
    """
    started = time.monotonic()
    try:
        status, text, wait = _post(url, body, headers, started + within)
        return WebhookResponse(_since(started), status, text, "", wait)
    except _Stopped as stopped:
        return WebhookResponse(_since(started), problem=str(stopped))
    except TimeoutError:
        return WebhookResponse(_since(started), problem=because(failure_reasons.TIMEOUT, f"{within:g}"))
    except ssl.SSLCertVerificationError as problem:
        return WebhookResponse(
            _since(started), problem=because(failure_reasons.CERTIFICATE, problem.verify_message)[:200]
        )
    except http.client.HTTPException as problem:
        return WebhookResponse(_since(started), problem=because(failure_reasons.NOT_HTTP, type(problem).__name__))
    except OSError as problem:
        return WebhookResponse(
            _since(started), problem=because(failure_reasons.CONNECTION, problem.strerror or problem)[:200]
        )


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _post(url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> tuple[int, str, int | None]:
    try:
        target = addresses.target(url)
    except ValidationError:
        raise _Stopped(because(failure_reasons.ADDRESS)) from None
    connection = _Line(target, _checked(target, deadline), deadline)
    watch = Watch(connection.cut)
    try:
        with watch.within(_seconds_left(deadline)):
            return _ask(connection, target, body, headers)
    except (OSError, http.client.HTTPException):
        if connection.was_cut:
            raise TimeoutError from None
        raise
    finally:
        watch.stop()
        connection.close()


def _ask(connection: _Line, target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, int | None]:
    connection.request("POST", target.path, body=body, headers={**headers, "Connection": "close"})
    answer = connection.getresponse()
    received = b""
    # The status decides the outcome. If the rest comes too slowly, reading ends at the deadline without an error.
    with suppress(OSError, http.client.HTTPException):
        while len(received) < MOST_READ and (part := answer.read1(MOST_READ - len(received))):
            received += part
    text = received[: 4 * MOST_KEPT].decode("utf-8", "replace").replace("\0", "")[:MOST_KEPT]
    return answer.status, text, retry_after(answer.headers.get("Retry-After", ""))


def _checked(target: Target, deadline: float) -> list[str]:
    """Return the IP addresses of the target's host.

    Raises _Stopped if the host has no address, or has an address to which no connection may be made.
    """
    ips = resolve(target.host, target.port, _seconds_left(deadline))
    if not ips:
        raise _Stopped(because(failure_reasons.NO_NAME))
    inside = addresses.refused(target.host, ips)
    if inside:
        raise _Stopped(because(failure_reasons.INSIDE, inside[0]))
    return ips


def resolve(host: str, port: int, within: float) -> list[str]:
    """Return the IP addresses of a host, [] if it has none. Raises TimeoutError after `within` seconds.

    The system's resolver has no timeout. So it runs in a thread, which is abandoned if it takes too long.
    """
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
    """Return the seconds to wait from the value of a Retry-After header (RFC 9110, 10.2.3). None if it is invalid."""
    if value.strip().isdecimal():
        # Nine digits are thirty years in seconds.
        return int(value.strip()[:9])
    try:
        return max(0, round(parsedate_to_datetime(value).timestamp() - time.time()))
    except (TypeError, ValueError, OverflowError):
        return None
