"""What is over, on now and next: on the public home, in the list and in the grid, also when pages are cached."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions.public import on_now
from sessions.visibility.models import Visibility
from summit.core.process_cache import forget_all
from summit.public_base import home
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests.database_clock import stop
from tests.factories import RoomFactory, SummitFactory, VenueFactory
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


@pytest.fixture
def agenda(summit: Summit) -> str:
    """Three public sessions, at nine and twice at eleven, and one whose times are hidden. Returns the path."""
    venue = VenueFactory(summit=summit)
    hall, study = (RoomFactory(venue=venue, name=name) for name in ("Hall", "Study"))
    public = {"visibility": Visibility.PUBLIC}
    session(summit, title="Opening", starts_at=NINE, ends_at=NINE + HOUR, room=hall, **public)
    session(summit, title="Trade", starts_at=NINE + 2 * HOUR, ends_at=NINE + 3 * HOUR, room=hall, **public)
    session(summit, title="Borders", starts_at=NINE + 2 * HOUR, ends_at=NINE + 3.5 * HOUR, room=study, **public)
    hidden = {"times_to": Visibility.ORGANISERS, "title": "Untimed"}
    session(summit, starts_at=NINE, ends_at=NINE + HOUR, **public, **hidden)
    release(summit)
    return f"/{summit.slug}/"


def page(path: str) -> str:
    return Client().get(path).content.decode()


def states(path: str) -> list[str]:
    """The states of the sessions on a page, in their order."""
    found = (part.partition('"')[0] for part in page(path).split('data-state="')[1:])
    return [state for state in found if state in {on_now.PAST, on_now.NOW}]


BEFORE, OPENING, BREAK, PARALLEL, AFTER = (
    NINE - HOUR, NINE + HOUR / 2, NINE + 1.5 * HOUR, NINE + 2.5 * HOUR, NINE + 4 * HOUR,
)  # fmt: skip


TITLES = ("Opening", "Trade", "Borders", "Untimed")


def told(path: str) -> tuple[list[str], list[str]]:
    """The titles that the home has under Now and under Next."""
    parts = re.split("<h2[^>]*>", page(path))
    under = {part.partition("</h2>")[0]: part for part in parts}
    now, following = (
        [title for title in TITLES if f">{title}</a>" in under.get(heading, "")] for heading in ("Now", "Next")
    )
    return now, following


@pytest.mark.parametrize(
    ("now", "at_home", "listed"),
    [
        (BEFORE, ([], ["Opening"]), []),
        (OPENING, (["Opening"], ["Trade", "Borders"]), ["now"]),
        (BREAK, ([], ["Trade", "Borders"]), ["past"]),
        (PARALLEL, (["Trade", "Borders"], []), ["past", "now", "now"]),
        (AFTER, ([], []), ["past", "past", "past"]),
    ],
)
def test_each_moment_says_what_is_on_and_next(
    now: datetime,
    at_home: tuple[list[str], list[str]],
    listed: list[str],
    agenda: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop(monkeypatch, now)
    assert told(agenda) == at_home
    assert states(f"{agenda}agenda/") == states(f"{agenda}agenda/grid/") == listed


def test_days_before_and_after_nothing_is_next(agenda: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for now in (NINE - 30 * HOUR, NINE + 60 * HOUR):
        stop(monkeypatch, now)
        assert told(agenda) == ([], [])


@pytest.mark.parametrize("asks", [True, False])
def test_cached_pages_follow_the_clock(asks: bool, agenda: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written when a session begins. Control: unless it asks what has passed, the home stays."""
    if not asks:
        monkeypatch.setattr(home, "_passing", [])
    stop(monkeypatch, BEFORE)
    assert told(agenda) == ([], ["Opening"])
    stop(monkeypatch, OPENING)
    assert (told(agenda)[0] == ["Opening"]) is asks
    assert states(f"{agenda}agenda/") == ["now"]


def test_the_present_is_a_line_in_the_grid_of_today_alone(agenda: str, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = f"{agenda}agenda/grid/"
    for now, place in ((OPENING, ['"0"']), (OPENING + timedelta(minutes=16), ['"3"']), (AFTER, [])):
        stop(monkeypatch, now)
        assert [part.partition(">")[0] for part in page(grid).split("data-now=")[1:]] == place
    stop(monkeypatch, OPENING + 24 * HOUR)
    assert "data-now" not in page(f"{grid}?day=2025-03-31")


def test_a_page_says_when_the_next_one_is_made(agenda: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for now, path, until in (
        (OPENING, "agenda/", "2025-03-31T10:00:00+01:00"),
        (OPENING, "agenda/grid/", "2025-03-31T09:35:00+01:00"),
        (BREAK, "", "2025-03-31T11:00:00+01:00"),
    ):
        stop(monkeypatch, now)
        assert f'data-fresh-until="{until}"' in page(f"{agenda}{path}")
    stop(monkeypatch, NINE - 30 * HOUR)
    assert "data-fresh-until" not in page(f"{agenda}agenda/")


def test_the_key_of_cached_pages_tells_midnight_and_the_summits_hours(
    agenda: str, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key(now: datetime, *, slot: bool = False) -> Any:
        stop(monkeypatch, now)
        return (on_now.passed_slot if slot else on_now.passed)(summit=summit.slug)

    # 23:30 and 00:30 in London.
    assert key(NINE + 14.5 * HOUR) != key(NINE + 15.5 * HOUR)
    assert key(OPENING) == key(OPENING + timedelta(minutes=6))
    assert key(OPENING, slot=True) != key(OPENING + timedelta(minutes=6), slot=True)
    over = NINE + 60 * HOUR
    assert key(over, slot=True) == key(over + timedelta(minutes=6), slot=True)
    assert on_now.passed(summit="missing") is None


def test_queries_do_not_grow_with_the_sessions(agenda: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stop(monkeypatch, OPENING)
    large = SummitFactory()
    fill(large, 30)
    release(large)
    for path in ("", "agenda/", "agenda/grid/"):
        numbers = []
        for base in (agenda, f"/{large.slug}/"):
            forget_all()
            with CaptureQueriesContext(connection) as asked:
                page(f"{base}{path}")
            numbers.append(len(asked))
        assert numbers[0] == numbers[1], path
