"""A receiver for each test that asks for one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.summit.webhooks.receivers import Receiver, receiver


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    """A receiver that the deployment allows."""
    settings.WEBHOOKS_INSIDE = ["127.0.0.0/8"]
    with receiver() as found:
        yield found
