"""What several of these tests begin with."""

import pytest
from django.test import Client

from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import SummitFactory, UserFactory


@pytest.fixture
def summit() -> Summit:
    return SummitFactory()


@pytest.fixture
def desk(summit: Summit) -> Client:
    """An organiser's browser."""
    return signed_in(UserFactory.with_role(Role.ORGANISER, summit))
