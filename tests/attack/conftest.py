"""What several of these tests begin with."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from summit.audit.models import AuditChain
from summit.summits.models import Summit
from tests.factories import SummitFactory


@pytest.fixture(autouse=True)
def no_counts(db: None) -> Iterator[None]:
    """Begin and end without counted attempts."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def summit() -> Summit:
    made: Summit = SummitFactory()
    return made


@pytest.fixture
def chain(transactional_db: None) -> Iterator[None]:
    """Put back the row that a migration made and a transactional test's flush takes away."""
    AuditChain.objects.get_or_create(pk=1)
    yield
    AuditChain.objects.get_or_create(pk=1)
