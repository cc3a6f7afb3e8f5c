"""The API is as it describes itself whatever came before: whoever may do something follows its links from answer to
answer, and every answer is compared with the description. How many there were is printed at the end.

Each role walks through what is done with each kind of row; who may most, and who may least, asks by itself what it
didn't come to. Few scenarios, the same ones each time; API_SCENARIOS=20 asks for twenty of each.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.test import override_settings
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from summit.permissions.models import FOLLOWING, Role
from summit.users.models import User
from tests.connections import unclosed
from tests.factories import FocalPointFactory, MembershipFactory, UserFactory
from tests.routes.world import World, make_world
from tests.summit.api.conftest import program
from tests.summit.api.link_walker import Rows, Walker, rows_of, undone

pytestmark = [
    pytest.mark.django_db,
    # Characters and numbers that SQLite takes are refused there.
    pytest.mark.postgresql,
    pytest.mark.broad("asks all operations by their links; test_described asks a few"),
    # To read the description takes as long as a walk: it is done on one process.
    pytest.mark.xdist_group("description"),
]
SCENARIOS = int(os.environ.get("API_SCENARIOS", "1"))
# Between them they may do nearly all that any role may; tests/routes asks every address, the roles by turns. Each has
# scenarios of its own.
ROLES = [Role.ORGANISER, Role.FOCAL_POINT, "nobody"]
# Who asks what no link led to.
ASK_ALL = (Role.ORGANISER, "nobody")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One of everything; what somebody does to it is rolled back after each."""
    lasting = override_settings(API_REQUESTS_A_MINUTE=10_000_000)
    with django_db_blocker.unblock(), transaction.atomic(), lasting:
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def described(world: World) -> Any:
    """The description that the API gives of itself, with the links in it."""
    with unclosed():
        found = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())
    # What the description doesn't allow is asked by tests of its own.
    found.config.generation.update(modes=[GenerationMode.POSITIVE])
    # What stands in the code is no better a value than another, and reading all of it takes a second for each part.
    found.config.analysis.constants.enabled = False
    found.config.generation.update(allow_x00=False)
    return found


@dataclass(frozen=True)
class Api:
    """What the API does, by method and path; and what follows the links between the operations on each kind of row,
    with the number of these."""

    operations: dict[str, Any]
    parts: list[tuple[Any, int]]


@pytest.fixture(scope="module")
def api(described: Any) -> Api:
    """All of the API."""
    operations = {found.ok().label: found.ok() for found in described.get_all_operations()}
    tags = Counter(operation.tags[0] for operation in operations.values())
    parts = [(described.include(tag=tag).as_state_machine(), number) for tag, number in tags.items()]
    return Api(operations, parts)


@pytest.fixture(scope="module")
def rows(world: World) -> Rows:
    """A row of each list, as an organiser finds it."""
    return rows_of(program(UserFactory.with_role(Role.ORGANISER, world.here)), Rows())


def somebody(world: World, role: str) -> User:
    """Return an account in a role: of the party that is a focal point's own, where it follows from that."""
    if role not in FOLLOWING:
        return UserFactory.with_role(role, world.here)
    user = UserFactory()
    row: Any = FocalPointFactory if role == Role.FOCAL_POINT else MembershipFactory
    row(party=world.own, person__summit=world.here, person__user=user)
    return user


@pytest.mark.parametrize("role", ROLES)
def test_whatever_came_before_every_answer_is_a_declared_one(
    api: Api, world: World, rows: Rows, role: str, record_property: Callable[[str, object], None]
) -> None:
    with undone():
        asks = program(somebody(world, role)) if role != "nobody" else None
        # What asks here unpacks nothing.
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {asks.secret}"} if asks else {})
        walker = Walker(headers, rows_of(asks, rows) if asks else rows, ROLES.index(role))
        with unclosed():
            # Nobody is led anywhere.
            for part, size in api.parts if asks else ():
                walker.walk(part, scenarios=SCENARIOS, steps=size)
            stateful = len(walker.asked.statuses)
            for label, operation in api.operations.items():
                if role in ASK_ALL and label not in walker.asked.statuses:
                    walker.ask(operation, examples=SCENARIOS)
    asked = walker.asked
    record_property("api", f"{role}: {asked} ({stateful} by links)")
    assert asked.statuses.keys() <= api.operations.keys()
    assert len(asked.statuses) == len(api.operations) or role not in ASK_ALL
    assert asked.kinds[5] == 0
    # Some of it is there for everybody, and most for an organiser.
    assert asked.granted > (150 if role == Role.ORGANISER else 4)


def test_an_answer_that_nobody_declared_is_found(api: Api, world: World) -> None:
    """The control of the walks."""
    case = api.operations["GET /api/v1/summits/"].Case()
    with unclosed():
        response = case.call()
    walker = Walker({}, Rows(), 0)
    walker.check(response, case)
    response.status_code = 418
    with pytest.raises(FailureGroup):
        walker.check(response, case)
