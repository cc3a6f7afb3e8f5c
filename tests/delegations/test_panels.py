"""The desk's panel and the gauges."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from delegations.panels import gauges, invitations
from summit.db.clock import db_now
from summit.metrics import exposition
from summit.models import Role, Summit
from tests import factories as f
from tests.delegations.test_admin import answered, one_of_each

pytestmark = pytest.mark.django_db
SHEET = "/admin/delegations/invitation/calls/"


def panel(summit: Summit, role: Role = Role.ORGANISER) -> dict[str, Any]:
    request = RequestFactory().get("/admin/")
    request.user = f.UserFactory.with_role(role, summit)
    found = invitations(request, summit)
    assert found is not None
    return found[1]


def test_the_numbers() -> None:
    summit = f.SummitFactory()
    one_of_each(summit)
    answered(f.SummitFactory(), "attending")
    assert panel(summit) == {
        "uninvited": 3,
        "invited": 3,
        "open": 1,
        "answered": 2,
        "attending": 1,
        "regrets": 1,
        "late": False,
        "may_invite": True,
        "may_see_calls": True,
        "sheet": f"{SHEET}?summit={summit.slug}",
        "waiting": [(days, 1, f"{SHEET}?summit={summit.slug}&days={days}") for days in (7, 14, 21)],
    }


@pytest.mark.parametrize(("seconds", "late"), [(60, False), (-1, True)])
def test_open_answers_are_late_once_they_were_due(seconds: int, late: bool) -> None:
    summit = f.SummitFactory(answer_by=db_now() + timedelta(seconds=seconds))
    f.InvitationFactory(party__summit=summit, state="sent", sent_at=f.START)
    assert panel(summit)["late"] is late


def test_only_who_invites_is_offered_to() -> None:
    summit = f.SummitFactory()
    f.PartyFactory(summit=summit)
    assert panel(summit, Role.PRESS_OFFICER)["may_invite"] is False
    request = RequestFactory().get("/admin/")
    request.user = f.UserFactory()
    assert invitations(request, summit) is None


def test_the_home_links_numbers_to_their_rows() -> None:
    summit = f.SummitFactory(slug="here")
    one_of_each(summit)
    client = Client()
    client.force_login(f.UserFactory.with_role(Role.ORGANISER, summit))
    content = client.get("/admin/").content.decode()
    assert "2 of 3 invited parties have answered" in content
    for name in ("invited", "answered", "attending", "regrets", "open", "uninvited"):
        assert f"/admin/delegations/party/?summit__id__exact={summit.pk}&amp;answer={name}" in content
    assert 'href="/admin/delegations/party/invite/?summit=here"' in content


def test_gauges_count_invitations_by_state() -> None:
    summit = f.SummitFactory(slug="here")
    one_of_each(summit)
    ((name, _what, rows),) = gauges()
    assert name == "summit_invitations"
    assert {keys["state"]: value for keys, value in rows} == {"draft": 1, "sent": 1, "answered": 2, "revoked": 1}
    assert b'summit_invitations{state="answered",summit="here"} 2.0' in exposition()
