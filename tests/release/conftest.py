"""The order of tests: module by module, since each starts a machine; of several hosts broker by broker, since all of
them are started anew with each."""

from collections.abc import Iterator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Keep together what runs on one machine, and what runs with one broker after all that needs none."""
    yield
    modules = list(dict.fromkeys(item.path for item in items))
    items.sort(key=lambda item: (_broker(item), modules.index(item.path)))


def _broker(item: pytest.Item) -> str:
    return str(getattr(getattr(item, "callspec", None), "params", {}).get("world", ""))
