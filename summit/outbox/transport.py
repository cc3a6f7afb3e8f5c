"""The wire: the one place that talks to the mail server."""

import functools
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from summit.outbox.models import Message
from summit.outbox.send_timeout import Watch

# Seconds for taking leave of the server after a batch; nothing hangs on its answer.
CLOSE_WITHIN = 3.0


class Refused(Exception):
    """The server won't take this message, now or later."""


class NotNow(Exception):
    """The message did not get through this time."""


class _Bytes:
    """Rendered bytes in the form that Django's mail backends ask for."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        """Return the bytes as they were rendered."""
        return self.content

    def as_string(self, *args: Any, **kwargs: Any) -> str:
        """Return them as text, for the console."""
        return self.content.decode("utf-8", "replace")

    def get_charset(self) -> None:
        """Return None: the parts say theirs."""
        return


class Rendered(EmailMessage):
    """A mail whose bytes exist already."""

    def __init__(self, message: Message) -> None:
        super().__init__(
            subject=message.rendered_subject, from_email=settings.DEFAULT_FROM_EMAIL, to=[message.address]
        )
        self.content = bytes(message.rendered or b"")

    def message(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the backend writes out."""
        return _Bytes(self.content)


class _Line(smtplib.SMTP):
    """A connection that can be cut from another thread at any time, also while it is being opened."""

    def __init__(
        self, backend: "CuttableBackend", *args: Any, context: ssl.SSLContext | None = None, **kwargs: Any
    ) -> None:
        self._backend = backend
        self._context = context
        super().__init__(*args, **kwargs)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        # A handle of its own: TLS takes the socket over, and this one stays good for cutting.
        self._backend.hold(plain.dup())
        return self._context.wrap_socket(plain, server_hostname=host) if self._context else plain


class _LineTLS(_Line):
    """The same, with TLS from the first byte."""

    default_port = smtplib.SMTP_SSL_PORT


class CuttableBackend(EmailBackend):
    """Django's SMTP, whose connection can be cut off by `cut`."""

    handle: socket.socket | None = None
    was_cut = False

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]
        """What opens a connection."""
        return functools.partial(_LineTLS if self.use_ssl else _Line, self)

    def hold(self, handle: socket.socket | None) -> None:
        """Keep what the connection can be cut by. Raises TimeoutError where it was cut before there was anything to
        cut: nobody does it a second time."""
        if self.handle is not None:
            self.handle.close()
        self.handle = handle
        if handle is not None and self.was_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End the connection under whoever reads or writes on it: they get an error at once."""
        self.was_cut = True
        if self.handle is not None:
            with suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Forget the connection without a word to the server."""
        for link in (self.connection, getattr(self, "_partial_connection", None)):
            if link is not None:
                link.close()
        self.connection = None
        self._partial_connection = None
        self.hold(None)
        self.was_cut = False


class Wire:
    """An open way to the mail server, for a batch; reopened after an error."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend
        # Cuts the connection when something takes longer: timeouts of a socket are per read and write.
        self.watch = Watch(getattr(backend, "cut", lambda: None))

    def send(self, message: Message) -> None:
        """Send one message within OUTBOX_SEND_DEADLINE seconds. Raises Refused or NotNow."""
        try:
            with self.watch.within(settings.OUTBOX_SEND_DEADLINE):
                self.backend.open()
                self.backend.send_messages([Rendered(message)])
        except (smtplib.SMTPException, OSError) as problem:
            self._drop()
            raise _judge(problem) from problem
        except ValueError as problem:
            # The address can't be written into a mail, now or later; the connection is untouched.
            raise Refused(f"{type(problem).__name__}: {problem}") from problem

    def close(self) -> None:
        """Take leave of the server, briefly."""
        try:
            with self.watch.within(CLOSE_WITHIN):
                self.backend.close()
        except (smtplib.SMTPException, OSError):
            pass
        finally:
            self.watch.stop()
            self._drop()

    def _drop(self) -> None:
        if isinstance(self.backend, CuttableBackend):
            self.backend.drop()


def _judge(problem: Exception) -> Refused | NotNow:
    """Tell what won't pass from what may.

    A 5xx answer to the recipient or to the content is final (RFC 5321, 4.2.1); one to signing in or to the sender is
    the deployment's mistake, and the mail waits until it is mended.
    """
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(problem.recipients.values()))
        said = f"{code} {text.decode('utf-8', 'replace')}"
        return Refused(said) if 500 <= code < 600 else NotNow(said)
    if isinstance(problem, smtplib.SMTPDataError):
        said = f"{problem.smtp_code} {_text(problem.smtp_error)}"
        return Refused(said) if 500 <= problem.smtp_code < 600 else NotNow(said)
    if isinstance(problem, smtplib.SMTPResponseException):
        return NotNow(f"{problem.smtp_code} {_text(problem.smtp_error)}")
    return NotNow(f"{type(problem).__name__}: {problem}")


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


@contextmanager
def connection() -> Iterator[Wire]:
    """Give a wire and close it afterwards; it is opened by the first send."""
    transport = settings.OUTBOX_TRANSPORT
    if transport == "django.core.mail.backends.smtp.EmailBackend":
        transport = f"{CuttableBackend.__module__}.{CuttableBackend.__name__}"
    wire = Wire(get_connection(transport, fail_silently=False))
    try:
        yield wire
    finally:
        wire.close()
