"""What a request that a test asks of the application itself does to the test's connection to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@contextmanager
def unclosed() -> Iterator[None]:
    """The end of a request closes no connection meanwhile: the test goes on with it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
