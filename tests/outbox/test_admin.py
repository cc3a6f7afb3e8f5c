"""The outbox in the admin, on its home and in the numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from summit.db.clock import db_now
from summit.metrics import exposition
from summit.models import AuditEntry, Heartbeat, Role, Summit, User
from summit.outbox import admin as desk
from summit.outbox import panels
from summit.outbox.domain import delivery
from summit.outbox.models import Message
from tests.factories import MessageFactory, SummitFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/message/"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def summit() -> Summit:
    found: Summit = SummitFactory.create()
    return found


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


def test_the_list_shows_mailbox_subject_state_and_problem(client: Client, organiser: User, summit: Summit) -> None:
    failed(summit, address="mission@land.example", rendered_subject="An invitation")
    page = client.get(LIST).content.decode()
    for said in ("mission@land.example", "An invitation", "550 no such mailbox"):
        assert said in page
    assert '<span class="state" data-state="bad">failed</span>' in page


def test_the_list_is_filtered_and_searched(client: Client, organiser: User, summit: Summit) -> None:
    failed(summit, address="one@land.example")
    MessageFactory.create(summit=summit, address="two@land.example", rendered_subject="Letter of thanks")
    waiting = client.get(f"{LIST}?state__exact=pending").content.decode()
    assert ("one@land.example" in waiting, "two@land.example" in waiting) == (False, True)
    searched = client.get(f"{LIST}?q=thanks").content.decode()
    assert ("one@land.example" in searched, "two@land.example" in searched) == (False, True)


def test_other_summits_messages_and_mail_of_the_system_are_not_there(
    client: Client, organiser: User, summit: Summit
) -> None:
    elsewhere = failed(SummitFactory.create(), address="elsewhere@land.example")
    system = failed(None, address="system@land.example")
    page = client.get(LIST).content.decode()
    for message in (elsewhere, system):
        assert message.address not in page
        assert client.get(f"{LIST}{message.pk}/change/").status_code == 404
        assert client.post(f"{LIST}{message.pk}/send-again/").status_code == 404
        message.refresh_from_db()
        assert message.state == "failed"


def test_the_query_count_is_constant_and_the_bytes_stay_where_they_are(
    client: Client, organiser: User, summit: Summit
) -> None:
    failed(summit)
    client.get(LIST)
    with counted() as few:
        client.get(LIST)
    for _number in range(20):
        failed(summit)
    # Once an hour it is recorded who saw the rows.
    client.get(LIST)
    with counted() as many:
        client.get(LIST)
    assert len(few) == len(many)
    assert not any('"rendered",' in query["sql"] or '"facts"' in query["sql"] for query in many.captured_queries)


def counted() -> CaptureQueriesContext:
    """Capture the queries inside."""
    return CaptureQueriesContext(connection)


def test_a_failed_message_is_sent_again_by_its_button(client: Client, organiser: User, summit: Summit) -> None:
    message = failed(summit)
    page = client.get(f"{LIST}{message.pk}/change/").content.decode()
    assert f'formaction="{LIST}{message.pk}/send-again/"' in page
    assert client.get(f"{LIST}{message.pk}/send-again/").status_code == 405
    after = client.post(f"{LIST}{message.pk}/send-again/", follow=True).content.decode()
    assert "The message will be sent again." in after
    assert "send-again/" not in after
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)
    entry = AuditEntry.objects.get(action="outbox.send_again")
    assert (entry.by, entry.object_key, entry.summit) == (organiser, message.public_id, summit)
    assert "was left as it is" in client.post(f"{LIST}{message.pk}/send-again/", follow=True).content.decode()


def test_the_action_sends_the_failed_ones_and_counts_the_others(
    client: Client, organiser: User, summit: Summit
) -> None:
    one, two = failed(summit), failed(summit)
    sent = MessageFactory.create(summit=summit, state="sent", sent_at=LATER)
    page = send_again(client, one, two, sent)
    assert "2 messages will be sent again." in page
    assert "1 message was left as it is" in page
    assert list(Message.objects.order_by("id").values_list("state", flat=True)) == ["pending", "pending", "sent"]


@pytest.mark.parametrize(("role", "may"), [(role, role in (Role.ORGANISER, Role.PROTOCOL)) for role in Role])
def test_organisers_and_protocol_alone_send_again(client: Client, summit: Summit, role: Role, may: bool) -> None:
    client.force_login(UserFactory.with_role(role, summit))
    message = failed(summit)
    assert ("send-again/" in client.get(f"{LIST}{message.pk}/change/").content.decode()) is may
    client.post(f"{LIST}{message.pk}/send-again/")
    send_again(client, message)
    message.refresh_from_db()
    assert (message.state == "pending") is may


def test_without_the_check_a_reader_would_send_again(
    client: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (delivery, desk):
        monkeypatch.setattr(module, "check_can_send_again", lambda user, message: None)
    client.force_login(UserFactory.with_role(Role.PROGRAMME, summit))
    message = failed(summit)
    client.post(f"{LIST}{message.pk}/send-again/")
    message.refresh_from_db()
    assert message.state == "pending"


def test_messages_are_only_read(client: Client, summit: Summit) -> None:
    client.force_login(UserFactory.create(is_superuser=True))
    message = failed(summit)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{message.pk}/change/", {"address": "x@y.example"}).status_code == 403
    assert client.get(f"{LIST}{message.pk}/delete/").status_code == 403
    assert b"test\r\n" not in client.get(f"{LIST}{message.pk}/change/").content


def test_the_next_attempt_is_told_of_what_is_to_be_sent(client: Client, organiser: User, summit: Summit) -> None:
    client.force_login(organiser)
    sent = MessageFactory.create(summit=summit, state="sent", sent_at=LATER)
    for message, told in ((MessageFactory.create(summit=summit), True), (failed(summit), False), (sent, False)):
        page = client.get(f"{LIST}{message.pk}/change/").content.decode()
        assert (message.state, "Next attempt" in page) == (message.state, told)


def test_the_panel_counts_what_waits_failed_and_went_out(
    rf: RequestFactory, organiser: User, summit: Summit, django_assert_num_queries: Any
) -> None:
    request = rf.get("/admin/")
    request.user = organiser
    failed(summit)
    failed(SummitFactory.create())
    first = MessageFactory.create(summit=summit)
    MessageFactory.create(summit=summit)
    MessageFactory.create(summit=summit, state="sent", sent_at=LATER)
    first.refresh_from_db()
    panels.allows(organiser, "outbox.message.view", summit)
    with django_assert_num_queries(1):
        found = panels.outbox(request, summit)
    assert found == (
        "admin/panels/outbox.html",
        {"pending": 2, "failed": 1, "sent": 1, "dropped": 0, "oldest": first.created_at},
    )


def test_the_panel_stands_on_the_home_and_opens_the_rows(client: Client, organiser: User, summit: Summit) -> None:
    failed(summit)
    page = client.get("/admin/").content.decode()
    assert "1 message failed" in page
    link = f"{LIST}?summit__id__exact={summit.pk}&amp;state__exact=failed"
    assert link in page
    assert "550 no such mailbox" in client.get(link.replace("&amp;", "&")).content.decode()


def test_the_panel_is_for_those_who_may_see_the_outbox(rf: RequestFactory, summit: Summit) -> None:
    request = rf.get("/admin/")
    request.user = UserFactory.create()
    assert panels.outbox(request, summit) is None


def test_the_numbers_count_by_kind_and_state_and_tell_how_late_the_oldest_is(summit: Summit) -> None:
    assert "summit_outbox_oldest_due_seconds 0.0" in exposition().decode()
    failed(summit)
    MessageFactory.create(summit=summit)
    MessageFactory.create(summit=summit, next_attempt_at=LATER + timedelta(days=3650))
    Message.objects.filter(state="pending", next_attempt_at__lt=LATER).update(
        next_attempt_at=Now() - timedelta(seconds=90)
    )
    lines = exposition().decode().splitlines()
    assert 'summit_outbox_messages{kind="system",state="failed"} 1.0' in lines
    assert 'summit_outbox_messages{kind="system",state="pending"} 2.0' in lines
    late = next(line for line in lines if line.startswith("summit_outbox_oldest_due_seconds "))
    assert 90 <= float(late.split()[1]) < 120


def test_every_state_has_a_sign() -> None:
    assert set(desk.SIGNS) == {"pending", "sent", "failed", "dropped"}


def test_metrics_tell_when_a_sweep_last_ran() -> None:
    assert "summit_sweep_seconds{" not in exposition().decode()
    Heartbeat.objects.create(name="sweep", at=db_now() - timedelta(seconds=90))
    [line] = [line for line in exposition().decode().splitlines() if line.startswith("summit_sweep_seconds{")]
    name, seconds = line.split(" ")
    assert name == 'summit_sweep_seconds{sweep="sweep"}'
    assert 90 <= float(seconds) < 100
