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
from tests.delegations.helpers import text
from tests.delegations.overview.test_admin import form

pytestmark = pytest.mark.django_db
LIST = "/admin/delegations/focalpointrequest/"


@pytest.fixture
def gil(party: Party) -> FocalPointRequest:
    return f.FocalPointRequestFactory(party=party, name="Gil")


def path(row: FocalPointRequest, step: str = "change") -> str:
    return f"{LIST}{row.pk}/{step}/"


class TestRequests:
    def test_the_list_finds_and_narrows(self, party: Party, gil: FocalPointRequest, desk: Client) -> None:
        f.FocalPointRequestFactory(party=party, name="Hal", instead_of=f.PersonFactory(summit=party.summit))
        f.FocalPointRequestFactory()
        shown = text(desk.get(f"{LIST}?state__exact=open"))
        assert all(words in shown for words in ("Gil", "Hal", "in addition"))
        shown = text(desk.get(f"{LIST}?q=gil"))
        assert ("Gil" in shown, "Hal" in shown) == (True, False)
        assert desk.get(f"{LIST}?state__exact=refused").context["cl"].result_count == 0
        # The home counts them and opens them.
        home, said = text(desk.get("/admin/")), "2 focal point requests are waiting for a decision."
        assert home.count(said) == 1
        (address, *_more) = re.findall(rf'<a href="([^"]+)">{said}', home)
        assert desk.get(address.replace("&amp;", "&")).context["cl"].result_count == 2

    def test_approving(self, party: Party, gil: FocalPointRequest, desk: Client) -> None:
        response = desk.post(path(gil, "approve"), follow=True)
        assert "Gil now acts for Aland. We have emailed them how to open the portal." in text(response)
        assert [point.person.name for point in party.focal_points.all()] == ["Gil"]

    @pytest.mark.parametrize("new", [False, True])
    def test_who_it_may_be_is_chosen(self, party: Party, gil: FocalPointRequest, desk: Client, new: bool) -> None:
        known = f.PersonFactory(summit=party.summit, name="Gil", office="")
        shown = text(desk.get(path(gil, "approve")))
        assert "Gil already exists, in no delegation: same name." in shown
        assert AuditEntry.objects.filter(action=SEEN).latest("pk").detail["people"] == [known.public_id]
        another = re.findall(r'name="another" value="(\w+)"', shown)
        # Nobody is chosen: nothing is decided.
        response = desk.post(path(gil, "approve"), {"another": another})
        assert (response.status_code, "Choose a person." in text(response)) == (422, True)
        assert FocalPoint.objects.count() == 0
        chosen = {"another": another, "known": "new" if new else str(known.pk)}
        assert desk.post(path(gil, "approve"), chosen).status_code == 302
        assert (FocalPoint.objects.get().person == known) is not new

    def test_refusing_says_why_and_whoever_is_second_is_told(self, gil: FocalPointRequest, desk: Client) -> None:
        response = desk.post(path(gil, "refuse"), {"reason": ""})
        assert (response.status_code, "Enter a reason. The delegation will see it." in text(response)) == (422, True)
        desk.post(path(gil, "refuse"), {"reason": "One is enough."})
        gil.refresh_from_db()
        assert (gil.state, gil.reason) == ("refused", "One is enough.")
        for step, values in (("approve", {}), ("refuse", {"reason": "No."})):
            response = desk.post(path(gil, step), values)
            assert (response.status_code, "Someone else has already decided this request." in text(response)) == (
                422,
                True,
            )


def test_on_a_partys_page_they_are_changed_and_taken_off(party: Party, desk: Client) -> None:
    fay, gus = (f.PersonFactory(summit=party.summit, email=f"{name}@x.example") for name in "fg")
    point = f.FocalPointFactory(party=party, person=fay)
    link = f.InvitationLinkFactory(invitation__party=party, address=fay.email)

    def post(there: FocalPoint, **more: Any) -> None:
        row = {"focal_points-TOTAL_FORMS": 1, "focal_points-INITIAL_FORMS": 1, "focal_points-0-id": there.pk}
        values = form(party, **row, **{"focal_points-0-person": gus.pk}, **more)
        assert desk.post(f"/admin/delegations/party/{party.pk}/change/", values).status_code == 302

    post(point)
    assert [row.person for row in party.focal_points.all()] == [gus]
    link.refresh_from_db()
    assert link.revoked_at is not None
    post(FocalPoint.objects.get(), **{"focal_points-0-DELETE": "on"})
    assert not party.focal_points.exists()
    actions = AuditEntry.objects.filter(action__startswith="delegations.focalpoint.").order_by("pk")
    assert [entry.action.rpartition(".")[2] for entry in actions] == ["remove", "add", "remove"]


def test_who_is_replaced_stays_if_the_other_is_refused(
    party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fay, gus = (f.PersonFactory(summit=party.summit, email=f"{name}@x.example") for name in "fg")
    point = f.FocalPointFactory(party=party, person=fay)

    def refuse(**given: object) -> None:
        raise focal_points.ActingRefused("Not this one.")

    monkeypatch.setattr(focal_points, "name", refuse)
    row = {"focal_points-TOTAL_FORMS": 1, "focal_points-INITIAL_FORMS": 1, "focal_points-0-id": point.pk}
    values = form(party, **row, **{"focal_points-0-person": gus.pk})
    response = desk.post(f"/admin/delegations/party/{party.pk}/change/", values, follow=True)
    assert "Not this one." in text(response)
    assert [row.person for row in party.focal_points.all()] == [fay]
