"""The wire: the one place that talks to the mail server."""

import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from summit.outbox.models import Message


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
        del args, kwargs
        return self.content

    def as_string(self, *args: Any, **kwargs: Any) -> str:
        """Return them as text, for the console."""
        del args, kwargs
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
        del args, kwargs
        return _Bytes(self.content)


class Wire:
    """An open way to the mail server, for a batch; reopened after an error."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def send(self, message: Message) -> None:
        """Send one message within OUTBOX_SEND_DEADLINE seconds. Raises Refused or NotNow."""
        # Timeouts of a socket are per read and write; the whole is cut off by closing the socket under it.
        watch = threading.Timer(settings.OUTBOX_SEND_DEADLINE, self._cut)
        watch.daemon = True
        watch.start()
        try:
            self.backend.open()
            self.backend.send_messages([Rendered(message)])
        except (smtplib.SMTPException, OSError) as problem:
            self._forget()
            raise _judge(problem) from problem
        finally:
            watch.cancel()

    def _cut(self) -> None:
        link = getattr(getattr(self.backend, "connection", None), "sock", None)
        if link is not None:
            link.close()

    def _forget(self) -> None:
        link = getattr(self.backend, "connection", None)
        if link is not None:
            link.close()
            self.backend.connection = None  # type: ignore[attr-defined]


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
    wire = Wire(get_connection(settings.OUTBOX_TRANSPORT, fail_silently=False))
    try:
        yield wire
    finally:
        try:
            wire.backend.close()
        except (smtplib.SMTPException, OSError):
            wire._forget()
