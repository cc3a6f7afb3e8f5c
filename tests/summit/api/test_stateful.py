"""The API is as it describes itself whatever came before: whoever may do something follows its links from answer to
answer, and every answer is compared with the description. How many there were is printed at the end.

Each role walks through what is done with each kind of row; who may most, and who may least, asks by itself what it
didn't come to. Few scenarios, the same ones each time; API_SCENARIOS=20 asks for twenty of each.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.test import override_settings
from hypothesis import assume, given, seed
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.core.errors import NoLinksFound
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from summit.permissions.models import FOLLOWING, Role
from summit.permissions.route_table import declared
from summit.users.models import User
from tests.connections import unclosed
from tests.factories import FocalPointFactory, MembershipFactory, UserFactory
from tests.routes.world import World, make_world
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_schema_conformance import CHECKS, few

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
LISTED, TAG = re.compile(r"/desk/([a-z-]*)"), re.compile(r'"[0-9a-f]{32}\.[0-9a-f]{8}"')
# A time of a day that most calendars of the world still know.
MOMENT, NEAR = re.compile(r"^\d{4}-\d\d-\d\dT"), "2025-03-31T"
KNOWN = re.compile(r"[0-9a-z]{16}|[0-9]{1,6}")


# --- who walks through the API by its links -------------------------------------------------------------------------
@dataclass
class Rows:
    """The id of a row by the name of its list, and by the names of fields that refer to it."""

    by_list: dict[str, str] = field(default_factory=dict)
    by_field: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """What somebody has asked: how often each operation answered what."""

    statuses: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def kinds(self) -> Counter[int]:
        """How many answers there were, by the hundred of their status."""
        every: Counter[int] = Counter()
        for counts in self.statuses.values():
            for status, number in counts.items():
                every[status // 100] += number
        return every

    @property
    def granted(self) -> int:
        """How many operations did at least once what was asked."""
        return sum(any(status < 400 for status in counts) for counts in self.statuses.values())

    def __str__(self) -> str:
        answers = ", ".join(f"{self.kinds[kind]} {kind}xx" for kind in range(2, 6))
        total = sum(self.kinds.values())
        return f"{total} requests to {len(self.statuses)} operations, {self.granted} granted: {answers}"


@contextmanager
def undone() -> Iterator[None]:
    """What is done meanwhile is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows_of(asks: Program, others: Rows) -> Rows:
    """Return a row of each list, as somebody finds it, and for the lists they don't see the row of `others`."""
    routes, by_list = declared(), dict(others.by_list)
    for name in [each.removeprefix("api-desk-") for each, route in routes.items() if "GET" in route.methods]:
        answer = asks.get(f"summits/here/desk/{name}/") if f"api-desk-{name}-row" in routes else None
        if answer is not None and answer.status_code == 200 and answer.json()["results"]:
            by_list[name] = answer.json()["results"][0]["id"]
    fields = {"party": "parties", "category": "categories", "person": "people", "letters": "visa-letters"}
    fields |= {name: name for name in by_list}
    fields |= {name.removesuffix("s"): name for name in by_list if name.endswith("s") and not name.endswith("ies")}
    # What is called by a role is no row.
    known = {each: by_list[name] for each, name in fields.items() if name in by_list and name != "roles"}
    return Rows(by_list, known)


def likely(name: str, value: Any, rows: Rows) -> Any:
    """Return what somebody would write in a field, where something else was drawn."""
    if name == "rows" and isinstance(value, list):
        return [{each: likely(each, said, rows) for each, said in row.items()} for row in value]
    if name in rows.by_field and value:
        return [rows.by_field[name]] if isinstance(value, list) else rows.by_field[name]
    if name == "names" and isinstance(value, dict):
        return dict(zip(("fr", "ar"), (likely("", said, rows) for said in value.values()), strict=False))
    if isinstance(value, str):
        return MOMENT.sub(NEAR, "".join(filter(str.isprintable, value)) or value)
    return value


@dataclass
class Walker:
    """Somebody who asks the operations of the description, each with what its links say and what there is."""

    headers: dict[str, str]
    rows: Rows
    number: int
    asked: Asked = field(default_factory=Asked)

    def fill(self, case: Any) -> None:
        """Put ids and tags of what there is into what was drawn."""
        path, operation = case.path_parameters or {}, case.operation
        drawn = sum(self.asked.kinds.values()) % 3 == 0
        if "summit" in path:
            path["summit"] = "here"
        row = self.rows.by_list.get(LISTED.search(operation.path)[1] if "/desk/" in operation.path else "")
        if drawn:
            return
        case.query = {}
        if isinstance(case.body, dict):
            case.body = {name: likely(name, value, self.rows) for name, value in case.body.items()}
        if row and "id" in path and not KNOWN.fullmatch(str(path["id"])):
            path["id"] = row
        if "If-Match" in case.headers and not TAG.fullmatch(str(case.headers["If-Match"])):
            case.headers["If-Match"] = "*"

    def check(self, response: Any, case: Any) -> None:
        """Count an answer, and fail on one that the description doesn't know."""
        self.asked.statuses[case.operation.label][response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    def walk(self, part: Any, *, scenarios: int, steps: int) -> None:
        """Follow the links between the operations of a part; each scenario is undone."""
        walker = self

        begun: list[None] = []

        class Walk(part):  # type: ignore[misc]
            def setup(self) -> None:
                begun.append(None)
                self.kept = undone()
                self.kept.__enter__()

            def teardown(self) -> None:
                super().teardown()
                self.kept.__exit__(None, None, None)

            def before_call(self, case: Any) -> None:
                # The first is always the simplest that there can be, with nothing in it.
                assume(len(begun) > 1)
                walker.fill(case)

            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return {"headers": walker.headers}

            def validate_response(self, response: Any, case: Any, **kwargs: Any) -> None:
                walker.check(response, case)

        try:
            run_state_machine_as_test(seed(self.number)(Walk), settings=few(scenarios, steps))
        except NoLinksFound:
            return

    def ask(self, operation: Any, *, examples: int) -> None:
        """Ask an operation by itself."""

        @seed(self.number)
        @few(examples)
        @given(case=operation.as_strategy())
        def run(case: Any) -> None:
            self.fill(case)
            with undone():
                self.check(case.call(headers=self.headers), case)

        run()


# --- the walks ------------------------------------------------------------------------------------------------------
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
