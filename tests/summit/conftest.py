"""What these tests share: a summit, its organiser, and browsers that are signed in."""

import pytest
from django.db import connection
from django.test import Client

from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import SummitFactory, UserFactory


def desk_of(summit: Summit, role: Role = Role.ORGANISER) -> Client:
    """Return a browser of somebody new who works for a summit in a role."""
    return signed_in(UserFactory.with_role(role, summit))


def raw(table: str, column: str, pk: int) -> bytes:
    """Return what the database holds in a column of a row."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE id = %s', [pk])  # noqa: S608
        return bytes(cursor.fetchone()[0])


@pytest.fixture
def summit() -> Summit:
    return SummitFactory(slug="here")


@pytest.fixture
def root() -> User:
    return UserFactory(is_superuser=True)


@pytest.fixture
def organiser(summit: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def desk(organiser: User) -> Client:
    return signed_in(organiser)
