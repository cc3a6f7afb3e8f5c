"""What is on is one answer for each page, file and screen: what was recorded, and else the times."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from sessions.delays.models import DelayNotice, SessionRun
from sessions.delays.services import running
from sessions.draft.models.sessions import Session
from sessions.public import on_now
from summit.permissions.models import Role
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.database_clock import stop
from tests.delegations.helpers import sign_in
from tests.sessions.conftest import Parties, release, session

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def row(summit: Summit, parties: Parties, settings: LazySettings) -> Session:
    """A public session of an hour."""
    settings.KEPT_PAGES = 10_000_000
    Summit.objects.update(slug="here", public=True)
    f.FocalPointFactory(party=parties["Aland"], person__user=f.UserFactory(email="focal@land.example"))
    made = session(summit, parties["Aland"], title="Opening", visibility="public", starts_at=f.START)
    Session.objects.update(ends_at=f.START + 60 * MINUTES)
    release(Summit.objects.get())
    made.refresh_from_db()
    return made


def is_on(row: Session) -> dict[str, bool]:
    """Say of each place whether the session is on there."""
    user = f.FocalPointFactory._meta.model.objects.get().person.user
    public, portal, desk = Client(), signed_in(user), sign_in(row.summit, Role.PROGRAMME)
    pages = {
        "list": public.get("/here/agenda/"),
        "grid": public.get("/here/agenda/grid/?day=2025-03-31"),
        "my agenda": portal.get("/portal/agenda/?summit=here"),
        "my home": portal.get("/portal/?summit=here"),
    }
    found = {name: 'data-state="now"' in page.content.decode() for name, page in pages.items()}
    found["home"] = ">Now</h2>" in public.get("/here/").content.decode()
    now = public.get("/api/v1/summits/here/now/").json()
    found["API"] = [each["title"] for each in now["now"]] == ["Opening"]
    found["desk"] = "No session is in progress." not in desk.get("/admin/?summit=here").content.decode()
    return found


# Minutes after the planned start: of the present, of the recorded start and of the recorded end.
CASES: dict[str, tuple[int, int | None, int | None, bool]] = {
    "before its time": (-22, None, None, False),
    "at its time": (5, None, None, True),
    "after its time": (65, None, None, False),
    "started early": (-22, -25, None, True),
    "ended early": (30, 0, 20, False),
    "running over": (75, 0, None, True),
    "never ended": (60 + 12 * 60, 0, None, False),
    "announced as late": (5, None, None, False),
    "late and started": (25, 20, None, True),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.slow("asks seven pages")
def test_a_session_is_on(row: Session, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    now, started, ended, on = CASES[case]
    if "late" in case:
        DelayNotice.objects.create(session=row, announced_by=f.UserFactory())
    if started is not None:
        times: dict[str, Any] = {"started_at": f.START + started * MINUTES, "started_by": f.UserFactory()}
        if ended is not None:
            times |= {"ended_at": f.START + ended * MINUTES, "ended_by": f.UserFactory()}
        SessionRun.objects.create(session=row, **times)
    stop(monkeypatch, f.START + now * MINUTES)
    assert {place for place, found in is_on(row).items() if found != on} == set()


def test_a_start_and_an_end_make_kept_pages_anew(row: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stop(monkeypatch, f.START - 22 * MINUTES)
    by = f.UserFactory.with_role(Role.ORGANISER, row.summit)
    PAGES.clear()
    assert not any(is_on(row).values())
    # At the test's own moments: PostgreSQL's clock goes on.
    run = SessionRun.objects.create(session=row, started_at=f.START - 22 * MINUTES, started_by=by)
    assert all(is_on(row).values())
    SessionRun.objects.filter(pk=run.pk).update(ended_at=f.START - 21 * MINUTES, ended_by=by)
    assert not any(is_on(row).values())


def test_control_by_the_times_alone_they_disagree(row: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    SessionRun.objects.create(session=row, started_at=f.START - 25 * MINUTES, started_by=f.UserFactory())
    stop(monkeypatch, f.START - 22 * MINUTES)
    monkeypatch.setattr(on_now, "state_of", lambda row, now: on_now.NOW if row.starts_at <= now < row.ends_at else "")
    assert {place for place, found in is_on(row).items() if found} == {"desk"}


def test_pages_of_the_summits_days_carry_their_version(row: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    stop(monkeypatch, f.START + 5 * MINUTES)
    paths = ("/here/", "/here/agenda/", "/here/agenda/grid/?day=2025-03-31")

    def versions() -> list[str]:
        pages = [Client().get(path).content.decode() for path in paths]
        return [re.findall(r'data-live-page="(\w*)"', page)[0] for page in pages]

    before = versions()
    assert versions() == before
    assert {len(version) for version in before} == {16}
    running.announce_delay(session=row, by=f.UserFactory.with_role(Role.ORGANISER, row.summit))
    assert not set(versions()) & set(before)
