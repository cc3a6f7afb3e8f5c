"""A summit for each test that asks for one."""

import pytest

from summit.summits.models import Summit
from tests.factories import SummitFactory


@pytest.fixture
def summit() -> Summit:
    return SummitFactory()
