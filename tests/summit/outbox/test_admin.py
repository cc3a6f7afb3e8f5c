"""The outbox in the admin, on its home and in the numbers."""

import runpy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit import urls
from summit.admin_base import model_pages
from summit.core.database_clock import db_now
from summit.core.metrics import exposition
from summit.maintenance.models import Heartbeat
from summit.outbox import dashboard as outbox_dashboard
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits import emblem
from summit.summits.models import Summit
from tests.factories import MessageFactory, SummitFactory, UserFactory
from tests.summit.summits.test_emblem import drawn

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/message/"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def failed(summit: Summit | None, **values: Any) -> Message:
    values = {"state": "failed", "problem": "550 no such mailbox", "attempts": 3, **values}
    return MessageFactory.create(summit=summit, **values)


def send_again(client: Client, *messages: Message) -> str:
    asked = {"action": "send_again", "_selected_action": [str(message.pk) for message in messages]}
    return client.post(LIST, asked, follow=True).content.decode()


def test_the_list_shows_filters_and_searches(desk: Client, summit: Summit) -> None:
    foreign = failed(None, address="system@land.example")
    failed(summit, address="one@land.example", rendered_subject="An invitation")
    MessageFactory.create(summit=summit, address="two@land.example", rendered_subject="Letter of thanks")
    page = desk.get(LIST).content.decode()
    assert all(said in page for said in ("one@land.example", "An invitation", 'data-state="bad">failed</span>'))
    # Messages of no summit are hidden.
    assert foreign.address not in page
    assert desk.post(f"{LIST}{foreign.pk}/send-again/").status_code == 404
    for query in ("state__exact=pending", "q=thanks"):
        page = desk.get(f"{LIST}?{query}").content.decode()
        assert ("one@land.example" in page, "two@land.example" in page) == (False, True)


def test_the_list_reads_no_mail(desk: Client, summit: Summit) -> None:
    failed(summit)
    with CaptureQueriesContext(connection) as queries:
        desk.get(LIST)
    assert not any('"rendered",' in query["sql"] or '"facts"' in query["sql"] for query in queries.captured_queries)


def test_a_failed_message_is_sent_again_by_its_button(desk: Client, summit: Summit) -> None:
    message = failed(summit)
    page = desk.get(f"{LIST}{message.pk}/change/").content.decode()
    assert f'formaction="{LIST}{message.pk}/send-again/"' in page
    after = desk.post(f"{LIST}{message.pk}/send-again/", follow=True).content.decode()
    assert ("The message will be resent." in after, "send-again/" in after) == (True, False)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)
    assert "Message not changed." in desk.post(f"{LIST}{message.pk}/send-again/", follow=True).content.decode()


def test_the_action_sends_what_failed_and_counts_the_rest(desk: Client, summit: Summit) -> None:
    one, two = failed(summit), failed(summit)
    sent = MessageFactory.create(summit=summit, state="sent", sent_at=LATER)
    page = send_again(desk, one, two, sent)
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


def test_the_numbers_count_by_kind_and_state_and_tell_how_late_the_oldest_is(summit: Summit) -> None:
    MigrationRecorder.Migration.objects.update(applied=Now() - timedelta(hours=2))
    before = exposition().decode().splitlines()
    assert "summit_outbox_oldest_due_seconds 0.0" in before
    # What has never happened is as old as the installation.
    for name in ("summit_backup_seconds ", 'summit_sweep_seconds{sweep="sweep"} '):
        [seconds] = [line.removeprefix(name) for line in before if line.startswith(name)]
        assert 7200 <= float(seconds) < 7230
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


def test_durations_in_the_unit_that_matters() -> None:
    words = {0: "1 second", 1.6: "2 seconds", 99: "99 seconds", 120: "2 minutes", 7200: "2 hours"}
    assert {seconds: outbox_dashboard.duration(timedelta(seconds=seconds)) for seconds in words} == words


# --- the development mailbox ----------------------------------------------------------------------------------------
def test_the_html_stands_in_a_frame_that_runs_and_loads_nothing(client: Client) -> None:
    summit = SummitFactory()
    emblem.store(summit=summit, content=drawn(), by=UserFactory.with_role(Role.ORGANISER, summit))
    message = MessageFactory.create(rendered=b"Subject: x\r\n\r\n<script>alert(1)</script>\r\n", summit=summit)
    path = f"/dev/mail/{message.public_id}/page/"
    shown = client.get(f"/dev/mail/{message.public_id}/").content.decode()
    assert f'<iframe class="mail-page" src="{path}" sandbox ' in shown
    answer = client.get(path)
    page = answer.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert ('src="data:image/png;base64,' in page, "cid:" in page) == (True, False)
    policy = answer["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "img-src data:", "frame-ancestors 'self'"} <= set(policy)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    bare = MessageFactory.create(rendered=b"Subject: x\r\nContent-Type: application/pdf\r\n\r\n")
    assert client.get(f"/dev/mail/{bare.public_id}/page/").status_code == 404


def test_the_mailbox_is_in_development_alone(settings: Any) -> None:
    """The addresses of a production are made anew, beside those of the tests."""
    for production, expected in ((False, 1), (True, 0)):
        settings.PRODUCTION = production
        patterns = runpy.run_path(urls.__file__)["urlpatterns"]
        assert [getattr(entry, "namespace", None) for entry in patterns].count("dev") == expected
        assert "healthz" in [getattr(entry, "name", None) for entry in patterns]
