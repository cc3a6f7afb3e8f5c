"""Sweeps: how often one begins is the database's to say, and no clock's; a clock that is wrong is told."""

import sqlite3
import time
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit import sweeps
from summit.celery import app
from summit.db.clock import db_now
from summit.domain import upkeep
from summit.models import Heartbeat, Role, Summit
from summit.sweeps import SENT_AT, sweep
from tests import factories as f
from tests.summit.conftest import desk_of
from tests.threads import at_once, meet_after

pytestmark = pytest.mark.django_db


def broken(cause: Exception, **attributes: Any) -> Exception:
    """Return a driver's error as the database made it."""
    for name, value in attributes.items():
        setattr(cause, name, value)
    return cause


@pytest.fixture(autouse=True)
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sweeps begin as often as they do, which other tests don't wait for."""
    monkeypatch.setattr(upkeep, "SHARE", 0.8)


def test_one_begins_in_most_of_an_interval_and_another_after_it() -> None:
    assert [upkeep.begins("sweep", every=60) for _each in range(3)] == [True, False, False]
    Heartbeat.objects.update(at=db_now() - timedelta(seconds=49))
    assert [upkeep.begins("other", every=60), upkeep.begins("sweep", every=60)] == [True, True]


def test_one_too_many_costs_a_query() -> None:
    upkeep.begins("sweep", every=60)
    with CaptureQueriesContext(connection) as asked:
        assert not upkeep.begins("sweep", every=60)
    assert len(asked) == 1


def test_a_worker_drops_what_has_piled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[str] = []
    monkeypatch.setattr(sweeps.usual, "default", lambda task, app, consumer: lambda body, *rest: handed.append(body))
    acked: list[int] = []
    clock = iter([100.0, 101.0, 104.7, 104.9])
    monkeypatch.setattr(sweeps.time, "monotonic", lambda: next(clock))
    take = sweeps.strategy(SimpleNamespace(every=6), None, SimpleNamespace(connection_errors=()))
    for number in range(4):
        take(f"m{number}", None, lambda *_args, number=number: acked.append(number))
    assert (handed, acked) == (["m0", "m3"], [1, 2])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_of_two_at_once_one_begins(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.create(name="sweep", at=db_now() - timedelta(seconds=90))
    meet_after(monkeypatch, upkeep, "_drift")
    if not guarded:
        # The control: whoever looks and then notes lets both begin.
        monkeypatch.setattr(upkeep.Heartbeat.objects, "filter", _whatever_it_was(upkeep.Heartbeat.objects.filter))

    begins = partial(upkeep.begins, "sweep", every=60)
    assert sorted(at_once(begins, begins)) == ([False, True] if guarded else [True, True])


def _whatever_it_was(original: Any) -> Any:
    def find(**conditions: Any) -> Any:
        conditions.pop("at__lte", None)
        return original(**conditions)

    return find


def test_a_task_does_its_work_once_and_says_when_it_was_sent() -> None:
    done: list[str] = []

    @sweep("tests.sweep", beats="tests", every=60)
    def task() -> None:
        """Do something."""
        done.append("x")

    for _each in range(2):
        task()
    assert done == ["x"]
    headers: dict[str, Any] = {}
    before_task_publish.send(sender="x", headers=headers)
    assert abs(headers[SENT_AT] - time.time()) < 5


@pytest.mark.parametrize(
    ("cause", "left"),
    [
        (broken(sqlite3.OperationalError("database is locked"), sqlite_errorcode=sqlite3.SQLITE_BUSY), True),
        (broken(sqlite3.OperationalError("database or disk is full"), sqlite_errorcode=sqlite3.SQLITE_FULL), True),
        (broken(sqlite3.OperationalError("no such table: x"), sqlite_errorcode=sqlite3.SQLITE_ERROR), False),
        (broken(Exception("deadlock detected"), sqlstate="40P01"), True),
        (broken(Exception("connection refused"), sqlstate=None), True),
        (broken(Exception("undefined column"), sqlstate="42703"), False),
    ],
    ids=str,
)
def test_what_meets_a_busy_database_is_left_to_the_next(
    cause: Exception, left: bool, caplog: pytest.LogCaptureFixture
) -> None:
    @sweep(f"tests: {cause}", beats="busy", every=60)
    def task() -> int:
        """Meet it."""
        raise OperationalError(str(cause)) from cause

    with nullcontext() if left else pytest.raises(OperationalError):
        assert task() is None
    said = [entry.getMessage() for entry in caplog.records if entry.levelname == "WARNING"]
    assert said == ([f"tests: {cause} leaves its work to the next: {cause}"] if left else [])


def test_no_task_expires_by_a_clock() -> None:
    assert [name for name, entry in app.conf.beat_schedule.items() if set(entry) != {"task", "schedule"}] == []


@pytest.mark.parametrize(
    ("own", "sent", "told"), [(0, 0, 0), (59, 0, 0), (75, 0, 75), (-75, 0, -75), (0, 90, 90), (0, -3600, 0)]
)
def test_a_clock_that_is_wrong_is_told_and_changes_nothing(
    own: int, sent: int, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    Heartbeat.objects.create(name="sweep", at=db_now() - timedelta(seconds=5))
    now = db_now().timestamp()
    monkeypatch.setattr(upkeep.time, "time", lambda: now + own)
    assert upkeep.begins("sweep", every=1, sent_at=now + sent)
    monkeypatch.undo()
    assert abs(upkeep.drifting() - told) < 5
    summit: Summit = f.SummitFactory()
    page = desk_of(summit, Role.ORGANISER).get("/admin/").content.decode()
    ready = Client().get("/readyz")
    assert (ready.status_code, "clock" in ready.content.decode()) == (200, bool(told))
    assert ("Have it set right." in page, " ahead of the database’s" in page) == (bool(told), told > 0)
    # What was noted long ago says nothing of who runs now.
    Heartbeat.objects.update(at=db_now() - timedelta(hours=1))
    assert upkeep.drifting() == 0
