"""Moments beyond the years that pages can tell are refused by the API as they are by the desk's forms."""

from datetime import date

import pytest

from summit.api_base.problems import Problem
from summit.api_base.viewset_views import check_years
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.factories import UserFactory
from tests.sessions.api.test_draft import TIMES, errors
from tests.sessions.api.test_release_workflow import DESK, add
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db


def test_nothing_moves_to_years_no_page_tells(here: Summit, desk: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    made = add(desk, "sessions", title="Talks", kind="plenary", **TIMES)
    where = f"{DESK}sessions/{made['id']}/"
    far = {"starts_at": "0001-06-01T08:00:00Z", "ends_at": "9999-06-01T09:00:00Z"}
    for refused in (
        desk.post(f"{where}move/", far),
        desk.patch(where, far, If_Match="*"),
        desk.post(f"{DESK}sessions/", {"title": "A", "kind": "plenary", **far}),
    ):
        assert refused.status_code == 422
        assert set(errors(refused)) == {"#/starts_at", "#/ends_at"}
    monkeypatch.setattr("summit.api_base.actions.check_years", lambda values: None)
    assert desk.post(f"{where}move/", far).status_code == 200


def test_what_lies_deeper_is_looked_at_too(here: Summit) -> None:
    protocol = program(UserFactory.with_role(Role.PROTOCOL, here))
    refused = protocol.post(f"{DESK}invitations/send/", {"answer_by": "0001-01-01T00:00:00Z"})
    assert set(errors(refused)) == {"#/answer_by"}
    with pytest.raises(Problem) as raised:
        check_years({"way": [{"dated": date(2200, 1, 1)}, {"dated": date(2199, 1, 1)}]})
    assert [each["pointer"] for each in raised.value.errors] == ["#/way/0/dated"]
