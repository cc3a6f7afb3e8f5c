"""Rows that the tests of a module share: made once, and for each test as if they had been made for it alone."""

import copy
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction


def once_a_module(function: Callable[[], Any]) -> Any:
    """Return a fixture of this name that gives each test a copy of what `function` returned for the module.

    The rows are made in a transaction that is rolled back after the module, and what a test changes is rolled back
    after the test. Raises UsageError in a module with tests that commit: `django_db(transaction=True)`.
    """
    name = f"_{function.__name__}_of_the_module"

    def made(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
        for item in request.session.items:
            marker = item.get_closest_marker("django_db") if item.path == request.path else None
            if marker is not None and marker.kwargs.get("transaction"):
                raise pytest.UsageError(f"{item.nodeid} commits: its module can't share rows")
        with django_db_blocker.unblock(), transaction.atomic():
            yield function()
            transaction.set_rollback(True)

    def copied(**given: Any) -> Any:
        return copy.deepcopy(given[name])

    parameters = [inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY) for each in (name, "db")]
    copied.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    copied.__doc__ = function.__doc__
    setattr(sys.modules[function.__module__], name, pytest.fixture(scope="module", name=name)(made))
    return pytest.fixture(name=function.__name__)(copied)
