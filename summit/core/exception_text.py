"""Exceptions as text for logs: where they were raised and which type they are, without the values they name.

The message of an exception often quotes the value that caused it: a name that isn't a number, a mailbox that a server
refused, the row that broke a constraint. Such a message is left out, unless its type never quotes values.
"""

import re
import traceback
from collections.abc import Iterator

from django.db import IntegrityError, OperationalError, ProgrammingError

# Their messages name attributes, variables and modules of the source.
_ABOUT_THE_SOURCE = (AttributeError, NameError, UnboundLocalError, ImportError, ModuleNotFoundError, RecursionError)
# The first line of their messages names tables, columns, constraints and hosts. The following lines may quote rows.
_ABOUT_THE_DATABASE = (OperationalError, IntegrityError, ProgrammingError)
# Messages of Python itself about a wrong type, which name types and functions only.
_ABOUT_TYPES = re.compile(
    r"unsupported operand |'\w+' object (is|has|does) |[\w.<>]+\(\) (got an unexpected|missing|takes) "
)
WITHHELD = "(message withheld)"


def described(exception: BaseException) -> str:
    """Return the type of an exception, with its message where that can't quote values."""
    name = _type_name(exception)
    message = str(exception).strip()
    if not message:
        return name
    if isinstance(exception, _ABOUT_THE_DATABASE):
        return f"{name}: {message.splitlines()[0]}"
    if type(exception) in _ABOUT_THE_SOURCE or (type(exception) is TypeError and _ABOUT_TYPES.match(message)):
        return f"{name}: {message}"
    if isinstance(exception, OSError) and exception.strerror:
        return f"{name}: {exception.strerror}"
    return f"{name} {WITHHELD}"


def traceback_text(exception: BaseException) -> str:
    """Return the traceback of an exception and of those that led to it, with lines of the source and no values."""
    return "\n".join(_parts(exception, set()))


def _parts(exception: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(exception))
    cause = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    if cause is not None and id(cause) not in seen:
        yield from _parts(cause, seen)
        direct = cause is exception.__cause__
        yield "This was the direct cause of:" if direct else "While this was handled, another exception occurred:"
    frames = "".join(traceback.format_tb(exception.__traceback__)).rstrip()
    if frames:
        yield f"Traceback (most recent call last):\n{frames}"
    yield described(exception)
    if isinstance(exception, BaseExceptionGroup):
        for number, each in enumerate(exception.exceptions, start=1):
            if id(each) not in seen:
                yield f"Exception {number} of the group:"
                yield from _parts(each, seen)


def _type_name(exception: BaseException) -> str:
    kind = type(exception)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
