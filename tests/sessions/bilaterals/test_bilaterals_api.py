"""Bilateral meetings in the API: two delegations and the desk, by programs alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sessions.bilaterals.models import Bilateral
from summit.permissions.models import Role
from tests import factories as f
from tests.sessions.api.test_release_workflow import DESK
from tests.sessions.conftest import focal, parties_of
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
STARTS = timezone.now().replace(microsecond=0) + timedelta(days=2)


def test_a_meeting_from_asking_to_its_session() -> None:
    summit = f.SummitFactory(slug="here")
    parties = parties_of(summit)
    for party in parties.values():
        f.InvitationFactory(party=party, answered=True)
    who = {name: program(focal(party).user) for name, party in parties.items()}
    desk = program(f.UserFactory.with_role(Role.ORGANISER, summit))

    def post(by: Program, rest: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = by.post(f"{DESK}bilaterals/{rest}", body)
        assert answer.status_code in (200, 201), answer.content
        found: dict[str, Any] = answer.json()
        return found

    def listed(by: Program) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = by.get(f"{DESK}bilaterals/").json()["results"]
        return rows

    busy = {"starts_at": STARTS.isoformat(), "ends_at": (STARTS + timedelta(hours=1)).isoformat()}
    body = {"party": parties["Aland"].public_id, "counterpart": parties["Beland"].public_id, "purpose": "Trade"}
    body |= {"minutes": 30, "level": "head"}
    post(desk, "screening/", {"screening": True})
    row = post(who["Aland"], "", {**body, "unavailable": [busy]})
    assert row["state"] == "screening"
    assert [len(listed(by)) for by in (*who.values(), desk)] == [1, 0, 0, 1]
    assert who["Beland"].post(f"{DESK}bilaterals/{row['id']}/accept/", {}).status_code == 404
    post(desk, f"{row['id']}/forward/", {})
    assert [len(listed(by)) for by in (*who.values(), desk)] == [1, 1, 0, 1]
    # Nobody but the desk and the delegation itself reads when it can't meet.
    assert [len(listed(by)[0]["unavailable"]) for by in (who["Aland"], who["Beland"], desk)] == [1, 0, 1]
    post(who["Beland"], f"{row['id']}/accept/", {})
    refused = desk.post(f"{DESK}bilaterals/{row['id']}/forward/", {})
    assert (refused.status_code, "“accepted”" in refused.json()["detail"]) == (409, True)
    placed = post(desk, f"{row['id']}/place/", {"starts_at": STARTS.isoformat()})
    assert placed["state"] == "placed"
    session = Bilateral.objects.get().session
    assert session is not None
    assert session.starts_at == STARTS
