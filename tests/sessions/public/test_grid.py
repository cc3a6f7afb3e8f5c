"""A day of the agenda as a grid: its rows, columns and cells, and how days and filters are chosen."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from sessions.public import grid
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from tests.database_clock import stop
from tests.factories import RoomFactory, VenueFactory
from tests.sessions.conftest import release, session

NINE = datetime(2025, 3, 31, 8, tzinfo=UTC)
LONDON = Summit(time_zone="Europe/London")


def at(start: int, end: int, room: str = "Hall", *, known: bool = True) -> Any:
    """A session from one minute after nine to another."""
    times = {"starts_at": NINE + timedelta(minutes=start), "ends_at": NINE + timedelta(minutes=end)}
    return SimpleNamespace(row=SimpleNamespace(room_key=room, room_name=room, times_known=known, **times))


def drawn(*lines: Any, zone: Summit = LONDON) -> grid.Grid:
    return grid.of_day(zone, lines, grid.rooms_in_order(lines), NINE)


def spans(found: grid.Grid) -> list[list[int]]:
    """For each row the spans of its sessions, 0 for an empty cell."""
    return [[cell.span if cell.line else 0 for cell in row.cells] for row in found.rows]


def test_a_session_spans_the_rows_of_its_time() -> None:
    found = drawn(at(0, 60), at(30, 90, "Study"), at(120, 150))
    assert (found.step, [row.label for row in found.rows]) == (30, ["09:00", "", "10:00", "", "11:00"])
    assert spans(found) == [[2, 0], [2], [0], [0, 0], [1, 0]]


@pytest.mark.parametrize(("end", "step", "rows"), [(60, 30, 2), (45, 15, 3), (40, 10, 4), (35, 5, 7), (7, 5, 2)])
def test_a_row_is_as_long_as_all_times_allow(end: int, step: int, rows: int) -> None:
    found = drawn(at(0, end))
    assert (found.step, len(found.rows)) == (step, rows)


def test_rows_begin_at_full_hours_of_the_venue() -> None:
    found = drawn(at(15, 45), zone=Summit(time_zone="Asia/Kathmandu"))
    # 13:45 + 15 minutes.
    assert (found.rows[0].label, found.step) == ("14:00", 30)


def test_what_is_in_one_room_at_once_stands_side_by_side() -> None:
    found = drawn(at(0, 60), at(0, 30), at(30, 60))
    assert found.columns == [grid.Column("Hall", 2)]
    assert spans(found) == [[1, 2], [1]]


def test_rooms_are_in_the_order_of_their_first_use_and_no_room_is_last() -> None:
    lines = [at(0, 30, ""), at(0, 30, "Room 10"), at(0, 30, "Room 9"), at(-30, 0, "Study")]
    assert grid.rooms_in_order(lines) == ["Study", "Room 9", "Room 10", ""]


def test_what_has_no_announced_time_stands_apart() -> None:
    hidden = at(0, 600, known=False)
    assert drawn(hidden) == grid.Grid(0, [], [], [hidden])
    assert drawn(at(0, 30), hidden).untimed == [hidden]


@pytest.fixture
def path(summit: Summit) -> str:
    venue = VenueFactory(summit=summit)
    hall, study = (RoomFactory(venue=venue, name=name) for name in ("Hall", "Study"))
    for title, room, hours, kind in (
        ("Opening", hall, 0, "plenary"),
        ("Trade", study, 0, "roundtable"),
        ("Closing", hall, 24, "plenary"),
    ):
        start = NINE + timedelta(hours=hours)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
        session(summit, title=title, room=room, kind=kind, visibility=Visibility.PUBLIC, **times)
    release(summit)
    return f"/{summit.slug}/agenda/grid/"


def titles(path: str) -> list[str]:
    page = Client().get(path).content.decode()
    return [title for title in ("Opening", "Trade", "Closing") if f">{title}</a>" in page]


@pytest.mark.django_db
def test_the_page_shows_today_or_else_the_first_day(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert titles(path) == ["Opening", "Trade"]
    assert titles(f"{path}?day=2025-04-01") == ["Closing"]
    stop(monkeypatch, NINE + timedelta(hours=20))
    assert titles(path) == ["Closing"]


@pytest.mark.django_db
def test_days_and_views_keep_the_filters(path: str) -> None:
    page = Client().get(f"{path}?lang=fr&kind=plenary").content.decode()
    assert titles(f"{path}?kind=plenary") == ["Opening"]
    for link in (
        '?lang=fr&amp;day=2025-04-01&amp;kind=plenary"',
        '/agenda/?lang=fr&amp;day=2025-03-31&amp;kind=plenary"',
    ):
        assert link in page
    listed = Client().get(f"{path.replace('grid/', '')}?day=2025-03-31&kind=plenary").content.decode()
    assert 'href="?kind=plenary">All days' in listed


@pytest.mark.django_db
def test_a_day_without_sessions_and_no_release_say_so(path: str, summit: Summit) -> None:
    page = Client().get(f"{path}?day=2025-05-01").content.decode()
    assert "No session on this day." in page
    summit.releases.all().delete()
    assert "The agenda is not released yet." in Client().get(path).content.decode()
