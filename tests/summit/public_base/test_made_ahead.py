"""Pages are made before the first reader asks: at the start of a process, and after a change."""

import runpy
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from summit.core.database_clock import db_now
from summit.public_base import made_ahead
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests import factories as f
from tests.database_clock import stop
from tests.sources import ROOT

pytestmark = pytest.mark.django_db
PATHS = ("/here/", "/here/agenda/", "/here/press/")


@pytest.fixture
def ahead(summit: Summit) -> Summit:
    summit.starts_on, summit.ends_on = date(2099, 3, 1), date(2099, 3, 2)
    summit.save()
    return summit


def test_the_first_reader_gets_the_page_that_was_made(
    ahead: Summit, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stop(monkeypatch, db_now())
    asked = [Client().get(path) for path in PATHS]
    PAGES.clear()
    made_ahead.make({})
    for path, response in zip(PATHS, asked, strict=True):
        with django_assert_num_queries(1):
            found = Client().get(path)
        assert (found.content, dict(found.headers)) == (response.content, dict(response.headers))


def test_a_change_is_made_once_and_not_each_second(
    ahead: Summit, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    paths: list[str] = []
    monkeypatch.setattr(made_ahead, "_make", paths.append)
    made = made_ahead.make({})
    with django_assert_num_queries(1):
        made = made_ahead.make(made)
    assert sorted(paths) == sorted(PATHS)
    f.PartyFactory(summit=ahead)
    made = made_ahead.make(made)
    assert len(paths) == len(PATHS)
    later = {slug: (version, at - made_ahead.PAUSE) for slug, (version, at) in made.items()}
    made_ahead.make(made_ahead.make(later))
    assert sorted(paths) == sorted(PATHS * 2)


@pytest.mark.parametrize("values", [{"public": False}, {"ends_on": date(2025, 4, 1), "starts_on": date(2025, 4, 1)}])
def test_what_nobody_asks_for_is_not_made(ahead: Summit, values: dict[str, Any]) -> None:
    Summit.objects.filter(pk=ahead.pk).update(**values)
    assert made_ahead.make({}) == {}


def test_the_last_day_of_a_venue_in_the_west_is_no_past(ahead: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    now = db_now()
    stop(monkeypatch, now)
    yesterday = now.date() - timedelta(days=1)
    Summit.objects.filter(pk=ahead.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert list(made_ahead.make({})) == ["here"]


@pytest.mark.parametrize(("error", "goes_on"), [(OperationalError("gone"), True), (ValueError("a fault"), False)])
def test_the_database_may_be_away_and_a_fault_is_told_once(
    error: Exception, goes_on: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(made: made_ahead.Made) -> made_ahead.Made:
        raise error

    monkeypatch.setattr(made_ahead, "make", fails)
    assert made_ahead._look() is goes_on
    assert len(caplog.records) == (0 if goes_on else 1)


@pytest.mark.parametrize("preload", [True, False])
def test_gunicorn_makes_them_once_before_it_forks_and_in_each_worker(
    preload: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    for name in ("make_before_fork", "start"):
        monkeypatch.setattr(made_ahead, name, lambda name=name: called.append(name))
    hooks = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    hooks["on_starting"](SimpleNamespace(cfg=SimpleNamespace(preload_app=preload)))
    hooks["post_worker_init"](None)
    assert called == ["make_before_fork"] * preload + ["start"]
