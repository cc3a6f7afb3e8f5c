"""What tests of signing in share."""

import pytest
from django.core.cache import cache


@pytest.fixture
def no_counts() -> None:
    """Begin without counted attempts."""
    cache.clear()
