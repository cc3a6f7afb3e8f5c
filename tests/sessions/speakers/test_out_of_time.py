"""Whoever gives the floor in a session that is still ahead is asked: ending a speech may publish its text."""

from datetime import timedelta

import pytest

from sessions.delays.services import running
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.speakers.services import speech_clock
from sessions.speakers.services.speech_clock import OutOfTime
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def slot(summit: Summit) -> Slot:
    """A speech of a session of tomorrow."""
    starts = db_now() + DAY
    row = session(summit, starts_at=starts, ends_at=starts + timedelta(hours=1))
    return f.SlotFactory(session=row, speaker=f.PersonFactory(summit=summit, name="A. Speaker", office=""))


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.CONFERENCE_OFFICER])
def test_the_page_asks_before_it_gives_the_floor(slot: Slot, role: Role) -> None:
    desk = sign_in(slot.session.summit, role)
    page = f"/admin/agenda/session/{slot.session_id}/speaking/"
    asks = desk.post(page, {"do": f"give_floor:{slot.pk}"})["Location"]
    assert asks == f"{page}?ask={slot.pk}"
    content = desk.get(asks).content.decode()
    assert "This session hasn’t started. It is planned for " in content
    assert "Give the floor to A. Speaker now" in content
    assert not Slot.objects.filter(run__isnull=False).exists()
    answer = desk.post(page, {"do": f"give_floor:{slot.pk}:despite-time"})
    assert answer["Location"] == f"{page}?acted=1"
    assert "A. Speaker has the floor." in desk.get(page).content.decode()
    # Once somebody speaks, nothing is asked any more.
    assert "hasn’t started" not in desk.get(page).content.decode()


def test_a_program_says_so_itself(slot: Slot) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, slot.session.summit)
    desk = signed_in(by)
    address = f"/api/v1/summits/{slot.session.summit.slug}/desk/slots/{slot.public_id}/run/"
    refused = desk.post(address, {"act": "give_floor"}, "application/json")
    assert (refused.status_code, "This session hasn’t started." in refused.json()["detail"]) == (409, True)
    given = desk.post(address, {"act": "give_floor", "despite_time": True}, "application/json")
    assert (given.status_code, given.json()["state"]) == (200, "speaking")


@pytest.mark.parametrize("how", ["started", "at its time"])
def test_nothing_is_asked_in_a_session_that_has_begun(slot: Slot, how: str) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, slot.session.summit)
    refuses(OutOfTime, speech_clock.give_floor, slot=slot, by=by)
    if how == "started":
        running.start(session=slot.session, by=by)
    else:
        Session.objects.update(starts_at=db_now() - timedelta(minutes=1))
    assert speech_clock.give_floor(slot=slot, by=by)
