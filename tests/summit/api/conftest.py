"""A summit with a venue and two rooms, and programs that ask about it."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from summit.api_base import token_services
from summit.api_base.scopes import all_scopes
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests.factories import RoomFactory, SummitFactory, UserFactory, VenueFactory


@dataclass
class Program:
    """A program: what it sends with each request."""

    user: User
    secret: str

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        sent = {
            "Authorization": f"Bearer {self.secret}",
            **{name.replace("_", "-"): headers[name] for name in headers},
        }
        more = {} if data is None else {"data": data, "content_type": "application/json"}
        return getattr(Client(), method)(f"/api/v1/{path}", headers=sent, **more)

    def told(self, method: str, path: str, data: Any = None, *, status: int = 200, **headers: str) -> Any:
        """Return what is answered with that status, as JSON."""
        response = self.ask(method, path, data, **headers)
        assert response.status_code == status, response.content
        return response.json()

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("get", path, **headers)

    def post(self, path: str, data: Any, **headers: str) -> Any:
        return self.ask("post", path, data, **headers)

    def patch(self, path: str, data: Any, **headers: str) -> Any:
        return self.ask("patch", path, data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("delete", path, **headers)


def program(user: User, scopes: list[str] | None = None, summit: Summit | None = None) -> Program:
    made = token_services.make(by=user, name="Registry", scopes=scopes or all_scopes(), summit=summit)
    return Program(user, made.secret)


@pytest.fixture
def here() -> Summit:
    return SummitFactory(slug="here", public=False)


@pytest.fixture
def organiser(here: Summit) -> Program:
    return program(UserFactory.with_role(Role.ORGANISER, here))


@pytest.fixture
def viewer(here: Summit) -> Program:
    return program(UserFactory.with_role(Role.VIEWER, here))


@pytest.fixture
def rooms(here: Summit) -> list[Room]:
    venue = VenueFactory(summit=here, name="House")
    return [RoomFactory(venue=venue, name=name, capacity=seats) for name, seats in (("Hall", 300), ("Attic", None))]
