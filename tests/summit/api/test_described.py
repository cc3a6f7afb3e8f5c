"""The API answers as it describes itself also where it is asked what its description doesn't allow.

Few questions, always the same ones: enough to find an answer that nobody declared, and a mistake of ours. What the
description allows is asked by test_stateful.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.demo import synthetic
from summit.models import Role, Room, Venue
from tests.connections import unclosed
from tests.factories import UserFactory
from tests.summit.api.conftest import program

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 1


@pytest.fixture
def described() -> Iterator[Any]:
    """The description that the API gives of itself; the end of a request closes no connection of this test."""
    with unclosed():
        yield schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())


def questions(operation: Any, ask: Any) -> None:
    """Ask what the description of an operation doesn't allow, the same questions each time."""

    @seed(1)
    @hypothesis_settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def run(case: Any) -> None:
        ask(case)

    # There are operations of which nothing can be asked that isn't allowed.
    with suppress(Unsatisfiable):
        run()


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
        response = case.call(headers={"Authorization": f"Bearer {asks.secret}"})
        # Of many rows each has a result of its own.
        refused = [] if label.endswith("/bulk/") else [negative_data_rejection]
        case.validate_response(response, checks=[*CHECKS, *refused])
        asked.setdefault(label, set()).add(response.status_code)

    for found in described.get_all_operations():
        questions(found.ok(), ask)
    assert len(asked) > 200
    assert {200, 404} <= set().union(*asked.values())
    assert 500 not in set().union(*asked.values())
