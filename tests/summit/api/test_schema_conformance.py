"""The API answers as it describes itself, also where it is asked what its description doesn't allow.

Few questions, always the same ones: enough to find an answer that nobody declared, and a mistake of ours. What the
description allows is asked by test_stateful.
"""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from drf_spectacular.drainage import GENERATOR_STATS
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.demo import synthetic
from summit.permissions.models import Role
from summit.summits.models import Room, Venue
from tests.connections import unclosed
from tests.factories import UserFactory
from tests.summit.api.conftest import Program, program

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 1


@pytest.fixture(scope="module")
def described(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The description that the API gives of itself, made once for the module."""
    GENERATOR_STATS.reset()
    with django_db_blocker.unblock(), transaction.atomic(), unclosed(), GENERATOR_STATS.silence():
        return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())


@pytest.mark.broad("reads the whole description")
def test_the_description_is_made_without_a_doubt(described: Any) -> None:
    """Two things of one name would be described as one."""
    assert [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache] == []


ROOMS = "/api/v1/summits/{summit}/desk/rooms/"
WITH_BODY = {"name": "Cellar", "capacity": 12}


@pytest.mark.slow("the API describes all of itself")
def test_answers_of_each_kind_are_declared_ones(described: Any, organiser: Program, rooms: list[Room]) -> None:
    """Lists, rows, what is written and what is refused; test_stateful asks all operations as three readers."""
    row = f"{ROOMS}{{id}}/"
    asked: list[tuple[str, str, dict[str, Any], int]] = [
        ("GET", "/api/v1/summits/", {}, 200),
        ("GET", ROOMS, {}, 200),
        ("GET", ROOMS, {"query": {"page_size": "x"}}, 400),
        ("POST", ROOMS, {"body": {**WITH_BODY, "venue": rooms[0].venue.public_id}}, 201),
        ("POST", ROOMS, {"body": {**WITH_BODY, "name": "Hall", "venue": rooms[0].venue.public_id}}, 422),
        ("POST", ROOMS, {"body": {"name": ""}}, 422),
        ("GET", row, {"id": rooms[0].public_id}, 200),
        ("GET", row, {"id": "0" * 16}, 404),
        ("PATCH", row, {"id": rooms[0].public_id, "body": {"capacity": 5}}, 428),
        ("DELETE", row, {"id": rooms[1].public_id, "headers": {"If-Match": "*"}}, 204),
    ]
    answers = []
    for method, path, sent, _status in asked:
        places = {"summit": "here", "id": sent.pop("id", "")}
        case = described[path][method].Case(path_parameters=places if "{" in path else {}, **sent)
        if "body" in sent:
            case.media_type = "application/json"
        with unclosed():
            response = case.call(headers={"Authorization": f"Bearer {organiser.secret}"})
        case.validate_response(response, checks=CHECKS)
        answers.append(response.status_code)
    assert answers == [status for _method, _path, _sent, status in asked]
    # The control: an answer that nobody declared.
    response.status_code = 418
    with pytest.raises(FailureGroup):
        case.validate_response(response, checks=CHECKS)


def few(examples: int, steps: int = 1) -> Any:
    """Return how often something is tried, and in how many steps; nothing is kept for the next time."""
    return hypothesis_settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def questions(operation: Any, ask: Any) -> None:
    """Ask what the description of an operation doesn't allow, the same questions each time."""

    @seed(1)
    @few(EXAMPLES)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def run(case: Any) -> None:
        ask(case)

    # There are operations of which nothing can be asked that isn't allowed.
    with suppress(Unsatisfiable):
        run()


@pytest.mark.broad("asks every second operation what isn't allowed; a few are asked above", seconds=30)
def test_every_answer_is_a_declared_one(described: Any, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 100_000
    summit = synthetic.load(slug="small", sizes=synthetic.Sizes(delegations=2, sessions=6, people=4, texts=4))
    asks = program(UserFactory.with_role(Role.ORGANISER, summit))
    venue = Venue.objects.create(summit=summit, name="House")
    room = Room.objects.create(venue=venue, name="Hall")
    asked: dict[str, set[int]] = {}

    def ask(case: Any) -> None:
        label = case.operation.label
        known = {"summit": summit.slug, "id": (venue if "venues" in label else room).public_id}
        case.path_parameters = {name: known.get(name, said) for name, said in (case.path_parameters or {}).items()}
        with unclosed():
            response = case.call(headers={"Authorization": f"Bearer {asks.secret}"})
        # Of many rows each has a result of its own.
        refused = [] if label.endswith("/bulk/") else [negative_data_rejection]
        case.validate_response(response, checks=[*CHECKS, *refused])
        asked.setdefault(label, set()).add(response.status_code)

    # One way refuses for all of them: every second is asked.
    for found in [*described.get_all_operations()][::2]:
        questions(found.ok(), ask)
    assert len(asked) > 100
    assert {200, 404} <= set().union(*asked.values())
    assert 500 not in set().union(*asked.values())
