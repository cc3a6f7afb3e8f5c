"""Sweeps: how often one begins is the database's to say, and no clock's; a clock that is wrong is told."""

import sqlite3
import time
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit import tasks
from summit.celery import app
from summit.core.database_clock import db_now
from summit.maintenance import heartbeats, sweeps
from summit.maintenance import models as maintenance_models
from summit.maintenance.models import Heartbeat
from summit.maintenance.sweeps import SENT_AT, Sweep, sweep
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.summit.conftest import desk_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def broken(cause: Exception, **attributes: Any) -> Exception:
    for name, value in attributes.items():
        setattr(cause, name, value)
    return cause


@pytest.fixture(autouse=True)
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sweeps begin as often as they do, which other tests don't wait for."""
    monkeypatch.setattr(heartbeats, "SHARE", 0.8)


def test_one_begins_in_most_of_an_interval_and_another_after_it() -> None:
    assert [heartbeats.begin("sweep", every=60) for _each in range(3)] == [True, False, False]
    Heartbeat.objects.update(at=db_now() - timedelta(seconds=49))
    assert [heartbeats.begin("other", every=60), heartbeats.begin("sweep", every=60)] == [True, True]


def test_what_waits_longest_comes_first_in_one_query() -> None:
    assert heartbeats.due({"a": 60, "b": 60})[0] == ["a", "b"]
    ago = {"a": 48, "b": 49, "c": 47, "d": 3000}
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=db_now() - timedelta(seconds=each)) for name, each in ago.items()]
    )
    with CaptureQueriesContext(connection) as asked:
        names, now = heartbeats.due({"a": 60, "b": 60, "c": 60, "never": 60})
    assert (names, len(asked)) == (["never", "b", "a"], 1)
    assert abs(now - db_now()) < timedelta(seconds=5)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_of_two_at_once_one_begins(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.create(name="sweep", at=db_now() - timedelta(seconds=90))
    if not guarded:
        # The control: whoever doesn't look lets both begin.
        monkeypatch.setattr(
            maintenance_models.Heartbeat.objects,
            "filter",
            _whatever_it_was(maintenance_models.Heartbeat.objects.filter),
        )

    begin = partial(heartbeats.begin, "sweep", every=60)
    assert sorted(at_once(begin, begin)) == ([False, True] if guarded else [True, True])


def _whatever_it_was(original: Any) -> Any:
    def find(**conditions: Any) -> Any:
        conditions.pop("at__lte", None)
        return original(**conditions)

    return find


@pytest.fixture
def none_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "SWEEPS", {})


@pytest.mark.usefixtures("none_yet")
def test_each_does_its_work_once_and_one_that_fails_keeps_no_other(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    @sweep("bad", every=60)
    def bad() -> int:
        """Fail."""
        raise ValueError("no")

    @sweep("good", every=60)
    def good() -> int:
        """Do something."""
        done.append("x")
        return 1

    with caplog.at_level("INFO", logger="summit.maintenance.sweeps"):
        for _each in range(2):
            tasks.sweep()
    assert done == ["x"]
    assert [entry.getMessage() for entry in caplog.records] == ["The sweep bad failed.", "The sweep good did 1."]
    assert caplog.records[0].exc_info
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"bad", "good"}


def test_a_task_says_when_it_was_sent() -> None:
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
    cause: Exception, left: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meet_it() -> int:
        raise OperationalError(str(cause)) from cause

    Sweep("busy", 60, meet_it).run()
    said = [(entry.levelname, entry.getMessage()) for entry in caplog.records]
    left_it = ("WARNING", f"The sweep busy leaves its work to the next: django.db.utils.OperationalError: {cause}")
    assert said == [left_it if left else ("ERROR", "The sweep busy failed.")]
    # Nor does it matter where it meets it: before it knows what is due.
    caplog.clear()
    monkeypatch.setattr(heartbeats, "due", lambda _intervals: meet_it())
    with nullcontext() if left else pytest.raises(OperationalError):
        tasks.sweep()
    said = [(entry.levelname, entry.getMessage()) for entry in caplog.records]
    assert said == (
        [("WARNING", f"The sweeps leave their work to the next: django.db.utils.OperationalError: {cause}")]
        if left
        else []
    )


def test_no_task_expires_by_a_clock() -> None:
    assert [name for name, entry in app.conf.beat_schedule.items() if set(entry) != {"task", "schedule"}] == []


@pytest.mark.parametrize(
    ("own", "sent", "told"), [(0, 0, 0), (59, 0, 0), (75, 0, 75), (-75, 0, -75), (0, 90, 90), (0, -3600, 0)]
)
def test_a_clock_that_is_wrong_is_told(own: int, sent: int, told: int, monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.create(name="sweep", at=db_now() - timedelta(seconds=5))
    now = db_now()
    monkeypatch.setattr(heartbeats.time, "time", lambda: now.timestamp() + own)
    assert heartbeats.begin("sweep", every=1, drift=heartbeats.drift(now, now.timestamp() + sent))
    monkeypatch.undo()
    assert abs(heartbeats.drifting() - told) < 5
    summit: Summit = f.SummitFactory()
    page = desk_of(summit, Role.ORGANISER).get("/admin/").content.decode()
    ready = Client().get("/readyz")
    assert (ready.status_code, "clock" in ready.content.decode()) == (200, bool(told))
    assert ("Ask the system administrator to correct it." in page, " ahead of the database" in page) == (
        bool(told),
        told > 0,
    )
    # What was noted long ago says nothing of who runs now.
    Heartbeat.objects.update(at=db_now() - timedelta(hours=1))
    assert heartbeats.drifting() == 0
