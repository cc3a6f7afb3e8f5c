"""What these tests share: a summit, its organiser, and browsers that are signed in."""

import pytest
from django.test import Client

from summit.models import Role, Summit, User
from tests.factories import SummitFactory, UserFactory


def signed_in(user: User) -> Client:
    """Return a browser in which an account is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def summit() -> Summit:
    return SummitFactory(slug="here")


@pytest.fixture
def organiser(summit: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def desk(organiser: User) -> Client:
    return signed_in(organiser)
