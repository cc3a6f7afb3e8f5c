"""In whose place a focal point is asked for: one of those of the reader's own parties, and nobody else is known."""

import pytest

from delegations.api import focal_requests
from delegations.models import FocalPoint
from tests.delegations.api.conftest import DESK, Land, pointers
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db


def test_who_acts_for_another_party_is_not_told(
    own: Land, other: Land, focal: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = (FocalPoint.objects.get(party=each.party).person.public_id for each in (own, other))

    def said(person: str) -> str:
        asked = {"party": own.party.public_id, "name": "Cy", "email": "cy@own.example", "instead_of": person}
        answer = focal.post(f"{DESK}focal-point-requests/", asked)
        if answer.status_code == 201:
            return "asked"
        assert pointers(answer) == {"#/instead_of"}
        return str(answer.json()["errors"][0]["detail"])

    assert said(theirs) == said("x") == "There is none of this id."
    assert said(mine) == "asked"
    monkeypatch.setattr(focal_requests, "reachable", lambda rows, *rest: rows)
    assert said(theirs) != said("x")
