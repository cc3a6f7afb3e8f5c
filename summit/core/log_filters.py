"""Log filters that hide tokens and personal data, and drop records that say nothing."""

import logging
import re
import time
from typing import Any

from django.http import HttpRequest
from kombu.exceptions import KombuError

from summit.core.exception_text import described

# A segment of a path with the length and the characters of a token: a letter's link, a subscription, a new password.
# The key of a screen is shorter, because somebody types it.
_TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_:-]{38,}(?=/|\b)|(?<=/screens/)[0-9a-z]{20,}(?=/|\b)")
_MAILBOX = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.\w+")
HIDDEN = "[hidden]"


def without_tokens(text: str) -> str:
    """Return a text in which the tokens in URLs are replaced by HIDDEN."""
    return _TOKEN.sub(HIDDEN, text)


def route_of(request: Any) -> str:
    """Return the pattern of a request's URL, such as "portal/person/<str:key>/", or "-" if no pattern fits."""
    match = getattr(request, "resolver_match", None)
    return "-" if match is None else (match.route or "/")


class TokenFilter(logging.Filter):
    """Hides tokens in the messages of all records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the tokens in a record's message. Return True, so that no record is dropped."""
        if record.name == REQUESTS:
            return True
        message = record.getMessage()
        hidden = without_tokens(message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True


# The logger of one line for each request, which is made of safe parts only (summit.public.request_log).
REQUESTS = "summit.requests"


class PersonalDataFilter(logging.Filter):
    """Hides what libraries would log about people: paths, addresses, values in exceptions, mailboxes.

    Our own messages name public ids, kinds and numbers only. Exceptions among the arguments of a message are replaced
    by their description without values.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace personal data in a record. Return False for a response with a 4xx, which has its own line."""
        if record.name == REQUESTS:
            return True
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            if record.name == "django.request" and record.levelno < logging.ERROR:
                return False
            record.msg, record.args = _about(record, request), None
        elif record.name.startswith("gunicorn"):
            _hide_addresses(record)
        elif record.args:
            record.args = _described_args(record.args)
        if isinstance(record.msg, BaseException):
            record.msg = described(record.msg)
        if not record.name.startswith(("celery", "kombu")):
            # Workers are called by such names as celery@host.example.
            message = record.getMessage()
            hidden = _MAILBOX.sub(HIDDEN, message)
            if hidden != message:
                record.msg, record.args = hidden, None
        return True


def _about(record: logging.LogRecord, request: HttpRequest) -> str:
    """Return a message about a request without the words that the request had in it."""
    if record.name == "django.security.csrf":
        args = record.args if isinstance(record.args, tuple) else ()
        reason = str(args[0]) if args else ""
        # What follows the dash is the address that the browser sent.
        return f"Forbidden: {reason.partition(' - ')[0]} ({request.method} {route_of(request)})"
    what = record.name.rpartition(".")[2] if record.name.startswith("django.security") else "Error"
    return f"{what}: {request.method} {route_of(request)}"


def _hide_addresses(record: logging.LogRecord) -> None:
    """Hide the URLs and the clients that gunicorn names, and the words of requests that it can't read."""
    message = str(record.msg)
    if message.startswith("Error handling request"):
        record.msg, record.args = "Error handling request", None
    elif message.startswith("Invalid request"):
        record.msg, record.args = "Invalid request", None
    elif record.args:
        record.args = _described_args(record.args)


def _described_args(args: Any) -> Any:
    """Return the arguments of a message with a description in place of each exception.

    Celery brings a dictionary, with an exception as text in `exc`.
    """
    if isinstance(args, dict):
        return {**args, "exc": str(args["exc"]).partition("(")[0]} if "exc" in args else args
    return tuple(described(each) if isinstance(each, BaseException) else each for each in args)


class BrokerFilter(logging.Filter):
    """Lets each trouble that Celery has with its broker through once a minute, in one line.

    Without a broker beat logs each task that it can't send, with the stack from which it tried: 44 megabytes an hour
    that say one thing. The line says how often it came since the last one.
    """

    PAUSE = 60.0

    def __init__(self) -> None:
        super().__init__()
        # By logger and message: when it was let through, and how often it came since.
        self._last: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is let through; what is about the broker is cut to its first line."""
        if record.levelno < logging.WARNING or not record.name.startswith(("celery", "kombu")):
            return True
        errors = [record.exc_info[1]] if record.exc_info else _arguments(record)
        if not any(_is_of_broker(each) for each in errors):
            return True
        first = record.getMessage().partition("\n")[0]
        key, now = (record.name, str(record.msg)), time.monotonic()
        last, times = self._last.get(key, (-self.PAUSE, 0))
        if now - last < self.PAUSE:
            self._last[key] = (last, times + 1)
            return False
        self._last[key] = (now, 0)
        record.msg, record.args = f"{first} ({times} times more since the last line)" if times else first, None
        record.exc_info = record.exc_text = None
        return True


def _is_of_broker(error: Any) -> bool:
    """Return whether an error is one of a connection, or was raised because of one."""
    while isinstance(error, BaseException):
        if isinstance(error, OSError | KombuError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _arguments(record: logging.LogRecord) -> list[Any]:
    if isinstance(record.args, dict):
        return list(record.args.values())
    return list(record.args or ())


class IdleFilter(logging.Filter):
    """Drops the records of tasks that succeeded and did nothing, such as the sweeps that run every second."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return False for a Celery record of a task that returned None or 0, else True."""
        return not isinstance(record.args, dict) or record.args.get("return_value") not in ("None", "0")
