"""The connection to the mail server. No other module opens such a connection."""

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

from summit.outbox import html_part, response_policy
from summit.outbox.models import Message
from summit.outbox.response_policy import PerhapsTaken, Refused
from summit.outbox.send_timeout import Watch

# Seconds for closing the connection after a batch. The server's response to QUIT doesn't matter.
CLOSE_WITHIN = 3.0


class _Bytes:
    """Rendered bytes with the interface that Django's mail backends expect."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        """Return the rendered bytes."""
        return self.content

    def as_string(self, *args: Any, **kwargs: Any) -> str:
        """Return the bytes as text, for the console backend."""
        return self.content.decode("utf-8", "replace")

    def get_charset(self) -> None:
        """Return None: each part names its own charset."""
        return


class Rendered(EmailMessage):
    """A mail for Django's backends made from a message that is rendered already. It has the HTML part."""

    def __init__(self, message: Message) -> None:
        super().__init__(
            subject=message.rendered_subject, from_email=settings.DEFAULT_FROM_EMAIL, to=[message.address]
        )
        self.content = html_part.with_html(message)

    def message(self, *args: Any, **kwargs: Any) -> Any:
        """Return the object whose bytes the backend sends."""
        return _Bytes(self.content)


class _Line(smtplib.SMTP):
    """An SMTP connection that another thread can cut at any time, also while it is being opened."""

    def __init__(
        self, backend: "CuttableBackend", *args: Any, context: ssl.SSLContext | None = None, **kwargs: Any
    ) -> None:
        self._backend = backend
        self._context = context
        super().__init__(*args, **kwargs)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the content, and return the server's answer. Without one nobody knows whether the server took it."""
        self._backend.lacks_answer = True
        answer = super().data(msg)
        self._backend.lacks_answer = False
        return answer

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain_socket: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        # A second handle: TLS takes over the socket itself, and this one can still cut the connection.
        self._backend.hold(plain_socket.dup())
        return self._context.wrap_socket(plain_socket, server_hostname=host) if self._context else plain_socket


class _LineTLS(_Line):
    """An SMTP connection that another thread can cut, with TLS from the first byte."""

    default_port = smtplib.SMTP_SSL_PORT


class CuttableBackend(EmailBackend):
    """Django's SMTP backend with a method `cut`, by which another thread ends the connection."""

    handle: socket.socket | None = None
    was_cut = False
    lacks_answer = False

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]
        """The factory that opens a connection."""
        return functools.partial(_LineTLS if self.use_ssl else _Line, self)

    def hold(self, handle: socket.socket | None) -> None:
        """Store the handle by which `cut` ends the connection, and close the previous one.

        Raises TimeoutError if `cut` was called before there was a handle, because `cut` isn't called a second time.
        """
        if self.handle is not None:
            self.handle.close()
        self.handle = handle
        if handle is not None and self.was_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End the connection. A thread that reads or writes on it gets an error at once."""
        self.was_cut = True
        if self.handle is not None:
            with suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Close the connection without sending anything to the server."""
        for link in (self.connection, getattr(self, "_partial_connection", None)):
            if link is not None:
                link.close()
        self.connection = None
        self._partial_connection = None
        self.hold(None)
        self.was_cut = False
        self.lacks_answer = False


class MailConnection:
    """A connection to the mail server for a batch of messages. It is opened by the first send and after an error."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend
        # Cuts the connection at a deadline. A socket's own timeout begins anew with each read and write.
        self.watch = Watch(getattr(backend, "cut", lambda: None))

    def send(self, message: Message) -> None:
        """Send one message within OUTBOX_SEND_DEADLINE seconds. Raises Refused, NotNow or PerhapsTaken."""
        mail = Rendered(message)
        try:
            with self.watch.within(settings.OUTBOX_SEND_DEADLINE):
                self.backend.open()
                self.backend.send_messages([mail])
        except (smtplib.SMTPException, OSError) as problem:
            lacks_answer = getattr(self.backend, "lacks_answer", False)
            self._drop()
            if lacks_answer:
                raise PerhapsTaken from problem
            raise response_policy.judge(problem) from problem
        except ValueError as problem:
            # The address can't be written into a mail. Nothing was sent, and the connection stays usable.
            raise Refused(f"{type(problem).__name__}: {problem}") from problem

    def close(self) -> None:
        """Close the connection within CLOSE_WITHIN seconds, and stop the timer."""
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


@contextmanager
def connection() -> Iterator[MailConnection]:
    """Yield a MailConnection for the mail backend OUTBOX_TRANSPORT, and close it afterwards.

    The connection is opened by the first send.
    """
    transport = settings.OUTBOX_TRANSPORT
    if transport == "django.core.mail.backends.smtp.EmailBackend":
        transport = f"{CuttableBackend.__module__}.{CuttableBackend.__name__}"
    mail_connection = MailConnection(get_connection(transport, fail_silently=False))
    try:
        yield mail_connection
    finally:
        mail_connection.close()
