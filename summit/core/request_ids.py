"""The id of the request, or of the task, whose work is being done. Everything that is logged meanwhile has it."""

import contextlib
import re
import uuid
from collections.abc import Iterator
from contextvars import ContextVar

HEADER = "X-Request-ID"
# An id from a proxy is written into logs, so nothing else is taken.
_ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def new_id() -> str:
    """Return a new random id of 32 hexadecimal digits."""
    return uuid.uuid4().hex


def accepted(value: str) -> str:
    """Return an id that a proxy or a sender gave, or "" if it isn't 8 to 64 letters, digits and hyphens."""
    return value if _ACCEPTED.fullmatch(value) else ""


def current_id() -> str:
    """Return the id of the request or task whose work is being done, or "" outside both."""
    return _current.get()


@contextlib.contextmanager
def bound(request_id: str) -> Iterator[None]:
    """Make an id the current one for the duration of the block."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def bind(request_id: str) -> None:
    """Make an id the current one until the next call; "" for none."""
    _current.set(request_id)
