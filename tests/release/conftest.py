"""The order of the tests of several hosts: broker by broker, since all hosts are started anew with each."""

from collections.abc import Iterator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Keep together what runs with one broker, after all that needs none."""
    yield
    items.sort(key=lambda item: str(getattr(getattr(item, "callspec", None), "params", {}).get("world", "")))
