"""Requests for focal points at the desk, and focal points on a party's page."""

import re
from typing import Any

import pytest
from django.test import Client

from delegations.focal_points.models import FocalPointRequest
from delegations.focal_points.services import focal_points
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from tests import factories as f
from tests.delegations.helpers import said, text
from tests.delegations.overview.test_admin import form

pytestmark = pytest.mark.django_db
LIST = "/admin/delegations/focalpointrequest/"


@pytest.fixture
def gil(party: Party) -> FocalPointRequest:
    return f.FocalPointRequestFactory(party=party, name="Gil")


def path(row: FocalPointRequest, step: str = "change") -> str:
    return f"{LIST}{row.pk}/{step}/"


class TestRequests:
    def test_approving(self, party: Party, gil: FocalPointRequest, desk: Client) -> None:
        response = desk.post(path(gil, "approve"), follow=True)
        assert "Gil now acts for Aland. We have emailed them how to open the portal." in text(response)
        assert [point.person.name for point in party.focal_points.all()] == ["Gil"]

    def test_who_it_may_be_is_chosen(self, party: Party, gil: FocalPointRequest, desk: Client) -> None:
        known = f.PersonFactory(summit=party.summit, name="Gil", office="")
        shown = text(desk.get(path(gil, "approve")))
        assert "Gil already exists, in no delegation: same name." in shown
        assert AuditEntry.objects.filter(action=SEEN).latest("pk").detail["people"] == [known.public_id]
        another = re.findall(r'name="another" value="(\w+)"', shown)
        # Nobody is chosen: nothing is decided.
        response = desk.post(path(gil, "approve"), {"another": another})
        assert (response.status_code, "Choose a person." in text(response)) == (422, True)
        assert FocalPoint.objects.count() == 0
        assert desk.post(path(gil, "approve"), {"another": another, "known": str(known.pk)}).status_code == 302
        second = f.FocalPointRequestFactory(party=party, name="Gil")
        assert desk.post(path(second, "approve"), {"another": another, "known": "new"}).status_code == 302
        first, new = (point.person for point in FocalPoint.objects.order_by("pk"))
        assert (first == known, new == known) == (True, False)

    def test_refusing_says_why_and_whoever_is_second_is_told(self, gil: FocalPointRequest, desk: Client) -> None:
        response = desk.post(path(gil, "refuse"), {"reason": ""})
        assert (response.status_code, "Enter a reason. The delegation will see it." in text(response)) == (422, True)
        desk.post(path(gil, "refuse"), {"reason": "One is enough."})
        gil.refresh_from_db()
        assert (gil.state, gil.reason) == ("refused", "One is enough.")
        for step, values in (("approve", {}), ("refuse", {"reason": "No."})):
            response = desk.post(path(gil, step), values)
            assert response.status_code == 422
            assert "Someone else has already decided this request." in text(response)


def test_on_a_partys_page_they_are_changed_and_taken_off(
    party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fay, gus = (f.PersonFactory(summit=party.summit, email=f"{name}@x.example") for name in "fg")
    f.FocalPointFactory(party=party, person=fay)
    link = f.InvitationLinkFactory(invitation__party=party, address=fay.email)

    def post(**more: Any) -> Any:
        there = party.focal_points.get()
        row = {"focal_points-TOTAL_FORMS": 1, "focal_points-INITIAL_FORMS": 1, "focal_points-0-id": there.pk}
        values = form(party, **row, **{"focal_points-0-person": gus.pk}, **more)
        return desk.post(f"/admin/delegations/party/{party.pk}/change/", values)

    def refuse(**given: object) -> None:
        raise focal_points.ActingRefused("Not this one.")

    # Who is replaced stays if the other is refused.
    with monkeypatch.context() as patched:
        patched.setattr(focal_points, "name", refuse)
        assert said(post())[0] == "Not this one."
    assert [row.person for row in party.focal_points.all()] == [fay]
    assert post().status_code == 302
    assert [row.person for row in party.focal_points.all()] == [gus]
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert post(**{"focal_points-0-DELETE": "on"}).status_code == 302
    assert not party.focal_points.exists()
    actions = AuditEntry.objects.filter(action__startswith="delegations.focalpoint.").order_by("pk")
    assert [entry.action.rpartition(".")[2] for entry in actions] == ["remove", "add", "remove"]
