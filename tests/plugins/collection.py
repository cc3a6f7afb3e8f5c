"""Files that are named on the command line are collected folder by folder, in whatever order they are named; tests
run in the order of what they need."""

from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


def pytest_configure(config: pytest.Config) -> None:
    """Sort what is to be collected.

    Since pytest 9.1 the fixtures of a `conftest.py` belong to the node of its folder. Of files that are named apart
    from the others of their folder, pytest makes that node a second time: they would not find the fixtures.
    """
    config.args.sort()


class ModuleScheduling(LoadGroupScheduling):  # type: ignore[misc]
    """Lets one worker run all tests of a group, and of a module without groups: its rows are made once."""

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if group == nodeid else group


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ModuleScheduling | None:
    """Return what hands out the tests to the workers."""
    return ModuleScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


def asks_no_database(item: pytest.Item) -> bool:
    """Return whether a test has no database, neither by a mark nor by one of its fixtures."""
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("services")
    return not marked and DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def order(item: pytest.Item) -> int:
    """Return the place of a test in a run: processes of their own, without a database, with one, browsers.

    The database may still be made while the first ones run. Browsers come last: Playwright leaves an event loop
    running in the thread, in which Django refuses to touch the database.
    """
    if item.get_closest_marker("services"):
        return 0
    if item.get_closest_marker("browser"):
        return 3
    return 1 if asks_no_database(item) else 2
