"""How long mails took, by the hour, as the database counts it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from summit.db.clock import db_now
from summit.models import Role, Summit
from summit.outbox import todo
from tests.factories import MessageFactory, SummitFactory, UserFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def sent(summit: Summit, at: Any, *seconds: int) -> None:
    for number in seconds:
        MessageFactory(summit=summit, state="sent", sent_at=at, created_at=at - number * SECOND)


def test_median_and_slowest_of_each_hour() -> None:
    summit = SummitFactory(time_zone="UTC")
    hour = db_now().replace(minute=0, second=0, microsecond=0)
    sent(summit, hour - timedelta(minutes=50), 9, 1, 2)
    sent(summit, hour - timedelta(minutes=110), 4, 30)
    sent(summit, hour - timedelta(hours=30), 500)
    MessageFactory(summit=summit)
    sent(SummitFactory(), hour - timedelta(minutes=50), 100)
    assert todo.by_hour(summit) == [
        {"hour": hour - timedelta(hours=2), "n": 2, "median": 4 * SECOND, "slowest": 30 * SECOND},
        {"hour": hour - timedelta(hours=1), "n": 3, "median": 2 * SECOND, "slowest": 9 * SECOND},
    ]


def test_the_chart_says_how_many_and_how_long_at_most() -> None:
    summit = SummitFactory(time_zone="UTC")
    request: Any = RequestFactory().get("/admin/")
    request.user = UserFactory.with_role(Role.ORGANISER, summit)
    assert todo.lag(request, summit) is None
    sent(summit, db_now(), 2, 8)
    found = todo.lag(request, summit)
    assert found is not None
    assert found.title == "2 mails went out in 24 hours, the slowest after 8 seconds"
    assert [row[1:] for row in found.rows] == [["2", "2 seconds", "8 seconds"]]
    request.user = UserFactory.with_role(Role.VIEWER, summit)
    assert todo.lag(request, summit) is None


def test_durations_in_the_unit_that_matters() -> None:
    words = {0: "1 second", 1.6: "2 seconds", 99: "99 seconds", 120: "2 minutes", 7200: "2 hours"}
    assert {seconds: todo.duration(timedelta(seconds=seconds)) for seconds in words} == words
