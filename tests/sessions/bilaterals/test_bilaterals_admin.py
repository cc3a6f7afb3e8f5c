"""Bilateral meetings at the desk and in the API: the queue, its steps, and placing at a free time."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from sessions.bilaterals import services
from sessions.bilaterals.models import Bilateral
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.portal.test_agenda import page
from tests.sessions.api.test_release_workflow import DESK
from tests.sessions.conftest import Parties, focal, parties_of
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
ADMIN = "/admin/agenda/bilateral/"
TOMORROW = timezone.now().date() + timedelta(days=1)


@pytest.fixture
def summit() -> Summit:
    """Return a summit far from UTC, where a time of the venue can't be taken for another."""
    return f.SummitFactory(time_zone="Asia/Tokyo", starts_on=TOMORROW, ends_on=TOMORROW)


def test_the_queue_stands_in_the_order_of_work(desk: Client, parties: Parties) -> None:
    sides = {"party": parties["Aland"], "counterpart": parties["Beland"]}
    f.BilateralFactory(**sides, state="declined", purpose="Closed")
    f.BilateralFactory(**sides, purpose="Waits")
    f.BilateralFactory(party=parties["Beland"], counterpart=parties["Celand"], state="approved")
    f.BilateralFactory(party=parties["Celand"], counterpart=parties["Aland"], state="screening", forwarded_at=None)
    f.BilateralFactory(party=parties["Aland"], counterpart=parties["Celand"], state="accepted")
    shown = page(desk, ADMIN)
    listed = [shown.index(name) for name in ("Celand – Aland", "Beland – Celand", "Aland – Beland")]
    assert listed == sorted(listed)
    assert [shown.count(f">{step}<span") for step in ("Screen", "Approve", "Place the meeting")] == [1, 1, 1]
    assert "Waits" not in shown
    assert "3 bilateral meetings to screen, approve or place." in page(desk, "/admin/")
    assert page(desk, f"{ADMIN}?queue=place").count("</th>") > 0
    # Other readers of the draft don't know of requests.
    viewer = signed_in(f.UserFactory.with_role(Role.VIEWER, parties["Aland"].summit))
    assert viewer.get(ADMIN).status_code == 404


def test_a_request_is_screened_and_refused_or_forwarded(desk: Client, parties: Parties, summit: Summit) -> None:
    assert services.screens(summit) is False
    assert desk.post(f"{ADMIN}{summit.slug}/screening/", {"screening": "true"}).status_code == 302
    assert services.screens(summit) is True
    rows = [
        f.BilateralFactory(party=parties[name], counterpart=parties["Celand"], state="screening", forwarded_at=None)
        for name in ("Aland", "Beland")
    ]
    shown = page(desk, f"{ADMIN}{rows[0].pk}/change/")
    assert "Forward the request" in shown
    assert "Place the meeting" not in shown
    assert desk.post(f"{ADMIN}{rows[0].pk}/forward/").status_code == 302
    refuse = f"{ADMIN}{rows[1].pk}/refuse/"
    assert "The other one does not learn of it." in page(desk, refuse)
    assert desk.post(refuse, {"reason": ""}).status_code == 422
    assert desk.post(refuse, {"reason": "No time is left."}).status_code == 302
    assert sorted(Bilateral.objects.values_list("state", flat=True)) == ["asked", "refused"]


def test_a_meeting_is_approved_and_placed_at_a_free_time(desk: Client, parties: Parties, summit: Summit) -> None:
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), name="Blue Room")
    row = f.BilateralFactory(party=parties["Aland"], counterpart=parties["Beland"], state="accepted")
    assert desk.post(f"{ADMIN}{row.pk}/approve/").status_code == 302
    place = f"{ADMIN}{row.pk}/place/"
    shown = page(desk, place)
    assert f"starts_at={TOMORROW.isoformat()}T" in shown
    filled = page(desk, f"{place}?starts_at={TOMORROW.isoformat()}T10:15&room={room.pk}")
    assert 'value="10:15"' in filled
    assert "Blue Room" in filled
    assert desk.post(place, {"starts_at_0": "", "starts_at_1": ""}).status_code == 422
    sent = {"starts_at_0": TOMORROW.strftime("%d/%m/%Y"), "starts_at_1": "10:15", "room": room.pk}
    placed = desk.post(place, sent)
    row.refresh_from_db()
    assert row.session is not None
    assert placed["Location"] == f"/admin/agenda/session/{row.session.pk}/"
    assert (row.state, row.session.room, row.session.title) == ("placed", room, "Aland – Beland")
    assert f"{row.session.starts_at.astimezone(summit.zone):%H:%M}" == "10:15"
    again = desk.post(place, sent, follow=True)
    assert "This request is now “scheduled”" in again.content.decode()
    assert "can’t be placed in its present state" in page(desk, place)


STARTS = timezone.now().replace(microsecond=0) + timedelta(days=2)


@pytest.mark.slow("asks the API for four readers at each step")
def test_by_the_api_a_meeting_is_asked_for_answered_and_placed() -> None:
    here = f.SummitFactory(slug="here")
    parties = parties_of(here)
    for party in parties.values():
        f.InvitationFactory(party=party, answered=True)
    who = {name: program(focal(party).user) for name, party in parties.items()}
    desk = program(f.UserFactory.with_role(Role.ORGANISER, here))

    def post(by: Program, rest: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = by.post(f"{DESK}bilaterals/{rest}", body)
        assert answer.status_code in (200, 201), answer.content
        found: dict[str, Any] = answer.json()
        return found

    def listed(by: Program) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = by.get(f"{DESK}bilaterals/").json()["results"]
        return rows

    busy = {"starts_at": STARTS.isoformat(), "ends_at": (STARTS + timedelta(hours=1)).isoformat()}
    body = {"purpose": "Trade", "minutes": 30, "level": "head", "unavailable": [busy]}
    body |= {"party": parties["Aland"].public_id, "counterpart": parties["Beland"].public_id}
    post(desk, "screening/", {"screening": True})
    row = post(who["Aland"], "", body)
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
