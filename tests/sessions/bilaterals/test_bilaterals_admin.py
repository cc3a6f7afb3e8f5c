"""Bilateral meetings at the desk: the queue, its steps, and placing at a free time."""

from datetime import timedelta

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
from tests.sessions.conftest import Parties

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
