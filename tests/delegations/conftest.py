"""What the tests of the delegations stand on."""

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in


@pytest.fixture
def summit(db: None) -> Summit:
    """A summit in London."""
    return f.SummitFactory(slug="here")


@pytest.fixture
def party(summit: Summit) -> Party:
    """A party of the summit."""
    return f.PartyFactory(summit=summit, name="Aland")


@pytest.fixture
def organiser(summit: Summit) -> User:
    """An account that organises the summit."""
    return f.UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def protocol(summit: Summit) -> User:
    """An account of the summit's protocol desk."""
    return f.UserFactory.with_role(Role.PROTOCOL, summit)


@pytest.fixture
def vetting(summit: Summit) -> User:
    """An account that vets people of the summit."""
    return f.UserFactory.with_role(Role.VETTING, summit)


@pytest.fixture
def desk(protocol: User) -> Client:
    """A browser of the protocol desk."""
    return signed_in(protocol)
