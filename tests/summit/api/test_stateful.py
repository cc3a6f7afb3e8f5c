"""The API is as it describes itself whatever came before: its links are followed as each role, and every answer is
compared with the description. Few steps, the same ones each time; how many there were is printed at the end."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import override_settings
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.generation import GenerationMode

from summit.models import Role, User
from summit.models.users import FOLLOWING
from summit.routes import declared
from tests.factories import FocalPointFactory, MembershipFactory, UserFactory
from tests.routes.world import World, make_world
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_described import CHECKS

pytestmark = [pytest.mark.once]
SCENARIOS, STEPS = 6, 10
# Each has scenarios of its own.
ROLES = [*map(str, Role), "nobody"]
DEEDS = ("GET", "POST", "PATCH", "DELETE")
LISTED, TAG = re.compile(r"/desk/([a-z-]*)"), re.compile(r'"[0-9a-f]{32}\.[0-9a-f]{8}"')


@dataclass(frozen=True)
class Rows:
    """The id of a row by the name of its list, and by the names of fields that refer to it."""

    by_list: dict[str, str]
    by_field: dict[str, str]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One of everything; what somebody does to it is rolled back after each."""
    lasting = override_settings(API_REQUESTS_A_MINUTE=100_000)
    with django_db_blocker.unblock(), transaction.atomic(), lasting:
        yield make_world()
        transaction.set_rollback(True)


@contextmanager
def unclosed() -> Iterator[None]:
    """The end of a request closes no connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def described(world: World) -> Any:
    """The description that the API gives of itself, with the links in it."""
    with unclosed():
        found = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())
    # What the description doesn't allow is asked by tests of its own.
    found.config.generation.update(modes=[GenerationMode.POSITIVE])
    # Whoever revokes the token by which they ask learns nothing more.
    return found.exclude(path_regex="/me/tokens/")


def somebody(world: World, role: str) -> User:
    """Return an account in a role: of the party that is a focal point's own, where it follows from that."""
    if role not in FOLLOWING:
        user: User = UserFactory.with_role(role, world.here)
        return user
    user = UserFactory()
    row: Any = FocalPointFactory if role == Role.FOCAL_POINT else MembershipFactory
    row(party=world.own, person__summit=world.here, person__user=user)
    return user


def machine(described: Any, asks: Program | None, rows: Rows) -> tuple[Any, Counter[str]]:
    """Return what follows the links of the description, asking as somebody, and the count of answers.

    What is drawn at random is rarely what is there: two times in three the parameters are left out, and ids and tags
    are those of rows that there are."""
    found: Counter[str] = Counter()
    headers = {"Authorization": f"Bearer {asks.secret}"} if asks else {}

    class Walk(described.as_state_machine()):  # type: ignore[misc]
        def before_call(self, case: Any) -> None:
            path, drawn = case.path_parameters or {}, found.total() // 2 % 3 == 0
            if "summit" in path:
                path["summit"] = "here"
            row = rows.by_list.get(LISTED.search(case.operation.path)[1] if "/desk/" in case.operation.path else "")
            if isinstance(case.body, dict):
                case.body.update({name: rows.by_field[name] for name in case.body if name in rows.by_field})
            if drawn:
                return
            case.query = {}
            if row and "id" in path and not known(path["id"]):
                path["id"] = row
            if "If-Match" in case.headers and not TAG.fullmatch(str(case.headers["If-Match"])):
                case.headers["If-Match"] = "*"

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **kwargs: Any) -> None:
            found[f"{response.status_code // 100}xx"] += 1
            found[case.operation.label] += 1
            case.validate_response(response, checks=CHECKS)

    return Walk, found


def known(value: object) -> bool:
    """Return whether a drawn id may be one that an answer gave."""
    return bool(re.fullmatch(r"[0-9a-z]{16}|[0-9]{1,6}", str(value)))


@pytest.fixture(scope="module")
def rows(world: World) -> Rows:
    """A row of each list, as an organiser finds it, and under which names bodies refer to some."""
    asks = program(UserFactory.with_role(Role.ORGANISER, world.here))
    lists = [name.removeprefix("api-desk-") for name, route in declared().items() if "GET" in route.methods]
    by_list = {}
    for name in lists:
        answer = asks.get(f"summits/here/desk/{name}/") if f"api-desk-{name}-row" in declared() else None
        if answer is not None and answer.status_code == 200 and answer.json()["results"]:
            by_list[name] = answer.json()["results"][0]["id"]
    fields = {"party": "parties", "category": "categories", "person": "people"}
    fields |= {name.removesuffix("s"): name for name in by_list if name.endswith("s") and not name.endswith("ies")}
    return Rows(by_list, {field: by_list[name] for field, name in fields.items() if name in by_list})


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_whatever_came_before_every_answer_is_a_declared_one(
    described: Any, world: World, rows: Rows, role: str, record_property: Callable[[str, object], None]
) -> None:
    with transaction.atomic():
        asks = program(somebody(world, role)) if role != "nobody" else None
        walk, found = machine(described, asks, rows)
        settings = hypothesis_settings(
            max_examples=SCENARIOS if asks else 1,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        with unclosed():
            run_state_machine_as_test(seed(ROLES.index(role))(walk), settings=settings)
        transaction.set_rollback(True)
    asked = {label: number for label, number in found.items() if label.startswith(DEEDS)}
    assert sum(asked.values()) >= STEPS
    assert found["5xx"] == 0
    # Nobody reads what is public at most, everybody else something of their own.
    assert found["2xx"] > (0 if asks else -1)
    answers = ", ".join(f"{found[kind]} {kind}" for kind in ("2xx", "3xx", "4xx", "5xx"))
    record_property("api", f"{role}: {sum(asked.values())} requests to {len(asked)} operations: {answers}")


@pytest.mark.django_db
def test_every_list_and_row_is_as_it_is_described(described: Any, world: World, rows: Rows) -> None:
    """As an organiser and as a focal point reads them; some lists nobody has rows of but whoever made them."""
    asked: Counter[int] = Counter()
    base = "/api/v1/summits/{summit}/desk/"
    for user in (UserFactory.with_role(Role.ORGANISER, world.here), somebody(world, Role.FOCAL_POINT)):
        headers = {"Authorization": f"Bearer {program(user).secret}"}
        for name, row in rows.by_list.items():
            for path, keys in ((f"{base}{name}/", {}), (f"{base}{name}/{{id}}/", {"id": row})):
                case = described[path]["GET"].Case(path_parameters={"summit": "here", **keys})
                with unclosed():
                    response = case.call(headers=headers)
                    case.validate_response(response, checks=CHECKS)
                asked[response.status_code] += 1
    assert asked[200] > len(rows.by_list)
    assert asked.keys() <= {200, 404}


def test_the_description_is_made_without_a_doubt() -> None:
    """Two things of one name would be described as one."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(public=True)
    assert [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache] == []
