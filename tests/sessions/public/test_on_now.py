"""What is over, on now and next: on the public home, in the list and in the grid, also when pages are cached."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from sessions.delays.models import SessionRun
from sessions.draft.models.sessions import Session
from sessions.public import on_now
from sessions.visibility.models import Visibility
from summit.core.process_cache import forget_all
from summit.public_base import home
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests import factories as f
from tests.database_clock import stop
from tests.delegations.helpers import queries
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import fill, release, session

pytestmark = pytest.mark.django_db
# 09:00 in London, on the first day of the factories' summits.
NINE = datetime(2025, 3, 31, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _keeping(settings: LazySettings) -> Any:
    settings.KEPT_PAGES = 10_000_000
    PAGES.clear()
    yield
    PAGES.clear()


@once_a_module
def agenda() -> Summit:
    """Three public sessions, at nine and twice at eleven, and one whose times are hidden."""
    summit: Summit = f.SummitFactory()
    venue = f.VenueFactory(summit=summit)
    hall, study = (f.RoomFactory(venue=venue, name=name) for name in ("Hall", "Study"))
    for title, room, start, end, times_to in (
        ("Opening", hall, 0, 1, ""),
        ("Trade", hall, 2, 3, ""),
        ("Borders", study, 2, 3.5, ""),
        ("Untimed", None, 0, 1, Visibility.ORGANISERS),
    ):
        times = {"starts_at": NINE + start * HOUR, "ends_at": NINE + end * HOUR, "times_to": times_to}
        session(summit, title=title, room=room, visibility=Visibility.PUBLIC, **times)
    release(summit)
    return summit


def page(summit: Summit, path: str = "") -> str:
    return Client().get(f"/{summit.slug}/{path}").content.decode()


def states(page: str) -> list[str]:
    """The states of the sessions on a page, in their order."""
    found = (part.partition('"')[0] for part in page.split('data-state="')[1:])
    return [state for state in found if state in {on_now.PAST, on_now.NOW}]


def told(home: str) -> tuple[list[str], list[str]]:
    """The titles that the home has under Now and under Next."""
    under = {part.partition("</h2>")[0]: part for part in re.split("<h2[^>]*>", home)}
    titles = ("Opening", "Trade", "Borders", "Untimed")
    now, following = (
        [title for title in titles if f">{title}</a>" in under.get(heading, "")] for heading in ("Now", "Next")
    )
    return now, following


BEFORE, OPENING, BREAK, PARALLEL, AFTER = (NINE + hours * HOUR for hours in (-1, 0.5, 1.5, 2.5, 4))
LATER = OPENING + timedelta(minutes=16)


# The moment; the titles at home under Now and Next; the states in the list and in the grid; the place of the present
# in the grid; until when the home, the list and the grid are fresh.
MOMENTS: tuple[tuple[datetime, list[str], list[str], list[str], list[str], list[str]], ...] = (
    (BEFORE, [], ["Opening"], [], [], ["09:00", "09:00", "09:00"]),
    (OPENING, ["Opening"], ["Trade", "Borders"], ["now"], ['"0"'], ["10:00", "10:00", "09:35"]),
    (LATER, ["Opening"], ["Trade", "Borders"], ["now"], ['"3"'], ["10:00", "10:00", "09:51"]),
    (BREAK, [], ["Trade", "Borders"], ["past"], ['"0"'], ["11:00", "11:00", "10:35"]),
    (PARALLEL, ["Trade", "Borders"], [], ["past", "now", "now"], ['"0"'], ["12:00", "12:00", "11:35"]),
    (AFTER, [], [], ["past", "past", "past"], [], []),
)


def test_each_moment_says_what_is_on_and_next_and_until_when(agenda: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    for now, running, following, listed, line, until in MOMENTS:
        stop(monkeypatch, now)
        pages = [page(agenda, path) for path in ("", "agenda/", "agenda/grid/")]
        assert told(pages[0]) == (running, following)
        assert states(pages[1]) == states(pages[2]) == listed
        assert [part.partition(">")[0] for part in pages[2].split("data-now=")[1:]] == line
        fresh = [
            time for each in pages for time in re.findall(r'data-fresh-until="2025-03-31T(.*?):00\+01:00"', each)
        ]
        assert fresh == until


@pytest.mark.parametrize("asks", [True, False])
def test_cached_pages_follow_the_clock(asks: bool, agenda: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written when a session begins. Control: unless it asks what has passed, the home stays."""
    if not asks:
        monkeypatch.setattr(home, "_passing", [])
    stop(monkeypatch, BEFORE)
    assert told(page(agenda)) == ([], ["Opening"])
    stop(monkeypatch, OPENING)
    assert (told(page(agenda))[0] == ["Opening"]) is asks


def test_queries_do_not_grow_with_the_sessions(agenda: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    stop(monkeypatch, OPENING)
    large = f.SummitFactory()
    fill(large, 8)
    release(large)
    for path in ("", "agenda/", "agenda/grid/"):
        forget_all()
        few = queries(partial(page, agenda, path))
        forget_all()
        assert queries(partial(page, large, path)) == few, path


def test_a_kept_page_follows_a_session_that_nobody_ends(agenda: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve hours after its end it is taken to be over."""
    opening = Session.objects.get(title="Opening")
    SessionRun.objects.create(session=opening, started_at=NINE, started_by=f.UserFactory())
    seen = {}
    for now in (NINE + 12.9 * HOUR, NINE + 13.1 * HOUR):
        stop(monkeypatch, now)
        seen[now] = states(page(agenda, "agenda/"))[0]
    assert list(seen.values()) == [on_now.NOW, on_now.PAST]
