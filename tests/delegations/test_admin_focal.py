"""Requests for focal points at the desk, and focal points on a party's page."""

import re
from typing import Any

import pytest
from django.test import Client

from delegations.models import FocalPoint, FocalPointRequest, Party
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Role
from tests import factories as f
from tests.delegations import test_admin
from tests.delegations.test_admin import sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/delegations/focalpointrequest/"


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Aland")
    return found


def path(row: FocalPointRequest, deed: str = "change") -> str:
    return f"{LIST}{row.pk}/{deed}/"


class TestRequests:
    def test_the_list_finds_and_narrows(self, party: Party) -> None:
        f.FocalPointRequestFactory(party=party, name="Gil")
        f.FocalPointRequestFactory(party=party, name="Hal", instead_of=f.PersonFactory(summit=party.summit))
        client = sign_in(party.summit)
        content = client.get(f"{LIST}?state__exact=open").content.decode()
        assert "Gil" in content and "Hal" in content and "beside the others" in content  # noqa: PT018
        content = client.get(f"{LIST}?q=gil").content.decode()
        assert ("Gil" in content, "Hal" in content) == (True, False)
        assert client.get(f"{LIST}?state__exact=refused").context["cl"].result_count == 0

    def test_approving(self, party: Party) -> None:
        row = f.FocalPointRequestFactory(party=party, name="Gil")
        client = sign_in(party.summit)
        assert path(row, "approve") in client.get(path(row)).content.decode()
        assert "will answer for" in client.get(path(row, "approve")).content.decode()
        response = client.post(path(row, "approve"), follow=True)
        assert "Gil acts for Aland now, and is told how to open the portal." in response.content.decode()
        assert [point.person.name for point in party.focal_points.all()] == ["Gil"]
        assert path(row, "approve") not in client.get(path(row)).content.decode()

    def test_who_it_may_be_is_pointed_out_and_chosen(self, party: Party) -> None:
        known = f.PersonFactory(summit=party.summit, name="Gil", office="")
        row = f.FocalPointRequestFactory(party=party, name="Gil")
        client = sign_in(party.summit)
        content = client.get(path(row, "approve")).content.decode()
        assert "Gil is entered already, for no party: the same name." in content
        seen = AuditEntry.objects.filter(action=SEEN).order_by("pk").last()
        assert seen is not None and seen.detail["people"] == [known.public_id]  # noqa: PT018
        another = re.findall(r'name="another" value="(\w+)"', content)
        # Nobody is chosen: nothing is decided.
        response = client.post(path(row, "approve"), {"another": another})
        assert (response.status_code, FocalPoint.objects.count()) == (422, 0)
        assert "Choose who it is." in response.content.decode()
        client.post(path(row, "approve"), {"another": another, "known": str(known.pk)})
        assert FocalPoint.objects.get().person == known

    def test_or_somebody_else(self, party: Party) -> None:
        known = f.PersonFactory(summit=party.summit, name="Gil", office="")
        row = f.FocalPointRequestFactory(party=party, name="Gil")
        values = {"another": [known.public_id], "known": "new"}
        assert sign_in(party.summit).post(path(row, "approve"), values).status_code == 302
        assert FocalPoint.objects.get().person != known

    def test_refusing_says_why(self, party: Party) -> None:
        row = f.FocalPointRequestFactory(party=party, name="Gil")
        client = sign_in(party.summit)
        response = client.post(path(row, "refuse"), {"reason": ""})
        assert response.status_code == 422
        assert "Write why. The delegation reads it." in response.content.decode()
        client.post(path(row, "refuse"), {"reason": "One is enough."})
        row.refresh_from_db()
        assert (row.state, row.reason) == ("refused", "One is enough.")

    def test_whoever_is_second_is_told(self, party: Party) -> None:
        row = f.FocalPointRequestFactory(party=party, name="Gil")
        client = sign_in(party.summit)
        client.post(path(row, "refuse"), {"reason": "No."})
        for deed, values in (("approve", {}), ("refuse", {"reason": "No."})):
            response = client.post(path(row, deed), values)
            assert response.status_code == 422
            assert "Somebody else decided this request." in response.content.decode()

    def test_the_home_counts_them_and_opens_them(self, party: Party) -> None:
        for number in range(2):
            f.FocalPointRequestFactory(party=party, name=f"Gil {number}")
        f.FocalPointRequestFactory()
        client = sign_in(party.summit)
        content = client.get("/admin/").content.decode()
        said = "2 new focal points are asked for: approve or refuse."
        assert content.count(said) == 2
        (address, *_more) = re.findall(rf'<a href="([^"]+)">{said}', content)
        assert client.get(address.replace("&amp;", "&")).context["cl"].result_count == 2


class TestOnAPartysPage:
    def test_made_changed_and_taken_off(self, party: Party) -> None:
        client, form = sign_in(party.summit), test_admin.TestParty().form
        fay, gus = (f.PersonFactory(summit=party.summit, email=f"{name}@x.example") for name in "fg")
        address = f"/admin/delegations/party/{party.pk}/change/"

        def post(person: Any, **more: Any) -> None:
            there = FocalPoint.objects.first()
            row = {"focal_points-TOTAL_FORMS": 1, "focal_points-0-person": person.pk, **more}
            if there is not None:
                row |= {"focal_points-INITIAL_FORMS": 1, "focal_points-0-id": there.pk}
            assert client.post(address, form(party, **row)).status_code == 302

        post(fay)
        link = f.InvitationLinkFactory(invitation__party=party, address=fay.email)
        post(gus)
        assert [row.person for row in party.focal_points.all()] == [gus]
        link.refresh_from_db()
        assert link.revoked_at is not None
        post(gus, **{"focal_points-0-DELETE": "on"})
        assert not party.focal_points.exists()
        actions = AuditEntry.objects.filter(action__startswith="delegations.focalpoint.").order_by("pk")
        assert [action.rpartition(".")[2] for action in actions.values_list("action", flat=True)] == [
            *("add", "remove", "add", "remove"),
        ]

    def test_other_desks_open_no_request(self, party: Party) -> None:
        row = f.FocalPointRequestFactory(party=party)
        client = Client()
        client.force_login(f.UserFactory.with_role(Role.ACCREDITATION, party.summit))
        assert client.get(path(row)).status_code == 404
        assert client.post(path(row, "approve")).status_code == 404
