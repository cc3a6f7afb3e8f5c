"""Files that are named on the command line are collected folder by folder, in whatever order they are named."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Sort what is to be collected.

    Since pytest 9.1 the fixtures of a `conftest.py` belong to the node of its folder. Of files that are named apart
    from the others of their folder, pytest makes that node a second time: they would not find the fixtures.
    """
    config.args.sort()
