"""A summit like the demonstration's, and an organiser who is signed in."""

import pytest
from django.test import Client

from summit.models import Role, Summit
from tests.factories import SummitFactory, UserFactory, VenueFactory


@pytest.fixture
def summit() -> Summit:
    found = SummitFactory.create(slug="border-security-2025", short_name="Border Security", illustrative=True)
    VenueFactory.create(summit=found, name="Lancaster House")
    return found


@pytest.fixture
def organiser(client: Client, summit: Summit) -> Client:
    client.force_login(UserFactory.with_role(Role.ORGANISER, summit))
    return client
