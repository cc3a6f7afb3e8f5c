"""The press desk of a summit, by programs: an officer's and an approver's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.factories import SummitFactory, UserFactory
from tests.summit.api.conftest import Program, program

DESK = "summits/here/desk"


@pytest.fixture
def here() -> Summit:
    return SummitFactory(slug="here")


@pytest.fixture
def officer(here: Summit) -> Program:
    return program(UserFactory.with_role(Role.PRESS_OFFICER, here, name="Oona"))


@pytest.fixture
def approver(here: Summit) -> Program:
    return program(UserFactory.with_role(Role.PRESS_APPROVER, here, name="Abel"))


def do(asks: Program, path: str, data: Any = None, *, status: int = 200, **headers: str) -> dict[str, Any]:
    return asks.told("post", f"{DESK}/{path}/", data or {}, status=status, **headers)


def refused(asks: Program, path: str, data: Any = None, *, status: int = 409) -> str:
    found = do(asks, path, data, status=status)
    return str(found["detail"]) if "errors" not in found else str(found["errors"])


def read(asks: Program, path: str) -> Any:
    """Read below the desk: the rows of a list, or one row."""
    found = asks.told("get", f"{DESK}/{path}")
    return found.get("results", found)


def soon() -> str:
    """Return a moment to come, as a program writes it."""
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()
