"""The outbox in the admin, on its home and in the numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from summit.admin_base import dashboard as admin_base_dashboard
from summit.admin_base import model_pages
from summit.core.database_clock import db_now
from summit.core.metrics import exposition
from summit.maintenance.models import Heartbeat
from summit.outbox import dashboard as outbox_dashboard
from summit.outbox import delivery, state_labels
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import MessageFactory, SummitFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/message/"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def summit() -> Summit:
    return SummitFactory()


@pytest.fixture
def organiser(client: Client, summit: Summit) -> User:
    user = UserFactory.with_role(Role.ORGANISER, summit)
    client.force_login(user)
    return user


def failed(summit: Summit | None, **values: Any) -> Message:
    """Make a message that has failed."""
    values = {"state": "failed", "problem": "550 no such mailbox", "attempts": 3, **values}
    message: Message = MessageFactory.create(summit=summit, **values)
    return message


def send_again(client: Client, *messages: Message) -> str:
    """Use the action of the list and return the page that follows."""
    asked = {"action": "send_again", "_selected_action": [str(message.pk) for message in messages]}
    return client.post(LIST, asked, follow=True).content.decode()


def test_the_list_shows_filters_and_searches(client: Client, organiser: User, summit: Summit) -> None:
    failed(summit, address="one@land.example", rendered_subject="An invitation")
    MessageFactory.create(summit=summit, address="two@land.example", rendered_subject="Letter of thanks")
    page = client.get(LIST).content.decode()
    assert all(said in page for said in ("one@land.example", "An invitation", 'data-state="bad">failed</span>'))
    for query in ("state__exact=pending", "q=thanks"):
        page = client.get(f"{LIST}?{query}").content.decode()
        assert ("one@land.example" in page, "two@land.example" in page) == (False, True)


def test_messages_of_no_summit_are_hidden(client: Client, organiser: User) -> None:
    message = failed(None, address="system@land.example")
    assert message.address not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}{message.pk}/send-again/").status_code == 404


def test_queries_do_not_grow_and_read_no_mail(client: Client, organiser: User, summit: Summit) -> None:
    numbers = []
    for more in (1, 3):
        for _number in range(more):
            failed(summit)
        # Once an hour it is recorded who saw the rows.
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
    assert not any('"rendered",' in query["sql"] or '"facts"' in query["sql"] for query in queries.captured_queries)


def test_a_failed_message_is_sent_again_by_its_button(client: Client, organiser: User, summit: Summit) -> None:
    message = failed(summit)
    page = client.get(f"{LIST}{message.pk}/change/").content.decode()
    assert f'formaction="{LIST}{message.pk}/send-again/"' in page
    after = client.post(f"{LIST}{message.pk}/send-again/", follow=True).content.decode()
    assert ("The message will be resent." in after, "send-again/" in after) == (True, False)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)
    assert "Message not changed." in client.post(f"{LIST}{message.pk}/send-again/", follow=True).content.decode()


def test_the_action_sends_what_failed_and_counts_the_rest(client: Client, organiser: User, summit: Summit) -> None:
    one, two = failed(summit), failed(summit)
    sent = MessageFactory.create(summit=summit, state="sent", sent_at=LATER)
    page = send_again(client, one, two, sent)
    assert "2 messages will be resent." in page
    assert "1 message not changed" in page
    assert list(Message.objects.order_by("id").values_list("state", flat=True)) == ["pending", "pending", "sent"]


def test_who_reads_may_not_send_again(client: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(UserFactory.with_role(Role.PROGRAMME, summit))
    message = failed(summit)
    assert "send-again/" not in client.get(f"{LIST}{message.pk}/change/").content.decode()
    client.post(f"{LIST}{message.pk}/send-again/")
    send_again(client, message)
    message.refresh_from_db()
    assert message.state == "failed"
    # The control.
    monkeypatch.setattr(delivery, "check_can_send_again", lambda user, message: None)
    monkeypatch.setattr(model_pages, "check", lambda *args: None)
    client.post(f"{LIST}{message.pk}/send-again/")
    message.refresh_from_db()
    assert message.state == "pending"


def test_the_next_attempt_is_told_of_what_is_to_be_sent(client: Client, organiser: User, summit: Summit) -> None:
    assert set(state_labels.SIGNS) == {"pending", "sent", "failed", "dropped"}
    sent = MessageFactory.create(summit=summit, state="sent", sent_at=LATER)
    for message, told in ((MessageFactory.create(summit=summit), True), (failed(summit), False), (sent, False)):
        page = client.get(f"{LIST}{message.pk}/change/").content.decode()
        assert (message.state, "Next attempt" in page) == (message.state, told)


def test_the_numbers_count_by_kind_and_state_and_tell_how_late_the_oldest_is(summit: Summit) -> None:
    before = exposition().decode()
    assert ("summit_outbox_oldest_due_seconds 0.0" in before, "summit_sweep_seconds{" in before) == (True, False)
    Heartbeat.objects.create(name="sweep", at=db_now() - timedelta(seconds=90))
    failed(summit)
    MessageFactory.create(summit=summit)
    MessageFactory.create(summit=summit, next_attempt_at=LATER + timedelta(days=3650))
    Message.objects.filter(state="pending", next_attempt_at__lt=LATER).update(
        next_attempt_at=Now() - timedelta(seconds=90)
    )
    lines = exposition().decode().splitlines()
    assert 'summit_outbox_messages{kind="system",state="failed"} 1.0' in lines
    assert 'summit_outbox_messages{kind="system",state="pending"} 2.0' in lines
    for name in ("summit_outbox_oldest_due_seconds ", 'summit_sweep_seconds{sweep="sweep"} '):
        [seconds] = [line.removeprefix(name) for line in lines if line.startswith(name)]
        assert 90 <= float(seconds) < 120


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
    assert outbox_dashboard.by_hour(summit) == [
        {"hour": hour - timedelta(hours=2), "n": 2, "median": 4 * SECOND, "slowest": 30 * SECOND},
        {"hour": hour - timedelta(hours=1), "n": 3, "median": 2 * SECOND, "slowest": 9 * SECOND},
    ]


def test_the_chart_says_how_many_and_how_long_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_base_dashboard, "LATELY", 60)
    summit = SummitFactory(time_zone="UTC")
    request: Any = RequestFactory().get("/admin/")
    request.user = UserFactory.with_role(Role.ORGANISER, summit)
    assert outbox_dashboard.lag(request, summit) is None
    sent(summit, db_now(), 2, 8)
    # What it shows is asked once a minute.
    assert outbox_dashboard.lag(request, summit) is None
    admin_base_dashboard.cached_on_request(request, "now", db_now)
    request.desk_found["now"] += timedelta(minutes=1)
    found = outbox_dashboard.lag(request, summit)
    assert found is not None
    assert found.title == "2 emails sent in 24 hours, the slowest after 8 seconds"
    assert [row[1:] for row in found.rows] == [["2", "2 seconds", "8 seconds"]]
    request.user = UserFactory.with_role(Role.VIEWER, summit)
    assert outbox_dashboard.lag(request, summit) is None


def test_durations_in_the_unit_that_matters() -> None:
    words = {0: "1 second", 1.6: "2 seconds", 99: "99 seconds", 120: "2 minutes", 7200: "2 hours"}
    assert {seconds: outbox_dashboard.duration(timedelta(seconds=seconds)) for seconds in words} == words
