"""What several of these tests begin with."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import SummitFactory, UserFactory


@pytest.fixture(autouse=True)
def no_counts(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def summit() -> Summit:
    return SummitFactory()


@pytest.fixture
def desk(summit: Summit) -> Client:
    """An organiser's browser."""
    return signed_in(UserFactory.with_role(Role.ORGANISER, summit))
