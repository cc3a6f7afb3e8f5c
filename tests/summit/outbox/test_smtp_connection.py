"""The wire, against real servers on this machine."""

import socket
import threading
from contextlib import nullcontext
from email import message_from_bytes
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now

from summit.outbox import delivery, html_part, response_policy, smtp_connection
from summit.outbox.models import Message, MessageState
from tests.factories import MessageFactory
from tests.summit.outbox.mail_servers import PATIENCE, bad_server, free_port, mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.loopback]


def states() -> list[str]:
    return list(Message.objects.order_by("id").values_list("state", flat=True))


def waits(message: Message) -> float:
    """Seconds between the present and the next attempt, rounded."""
    row = Message.objects.annotate(wait=F("next_attempt_at") - Now()).get(pk=message.pk)
    return float(round(row.wait.total_seconds()))


def test_mail_arrives_as_it_was_rendered(settings: Any) -> None:
    rows = MessageFactory.create_batch(3, rendered=b"Subject: one\r\nX: y\r\n\r\nline\r\n.dot\r\n")
    with mail_server(settings) as box:
        assert delivery.deliver([row.pk for row in rows]) == 3
    assert box.taken == [([row.address], html_part.with_html(row)) for row in rows]
    assert all(b"\r\nline\r\n.dot\r\n" in content for _to, content in box.taken)
    assert states() == ["sent"] * 3
    assert Message.objects.filter(sent_at__isnull=False, lease_until=None, problem="").count() == 3


ANSWERS = [
    ("recipient", "550 no such mailbox", "failed"),
    ("recipient", "451 greylisted", "pending"),
    ("content", "554 looks like spam", "failed"),
    ("content", "452 disk full", "pending"),
    ("sender", "553 who are you", "pending"),
    ("sender", "450 busy", "pending"),
]


@pytest.mark.parametrize(("where", "answer", "state"), ANSWERS)
def test_what_a_server_answers_decides(settings: Any, where: str, answer: str, state: str) -> None:
    bad, good = MessageFactory(), MessageFactory()
    with mail_server(settings) as box:
        if where == "recipient":
            box.to_recipient[bad.address] = answer
        elif where == "content":
            box.to_content = answer
        else:
            box.to_sender = answer
        delivery.deliver([bad.pk, good.pk])
    bad.refresh_from_db()
    assert (bad.state, bad.problem, bad.attempts, bad.lease_until) == (state, answer, 1, None)
    if state == "pending":
        assert waits(bad) == 5
    if where == "recipient":
        assert [to for to, _content in box.taken] == [[good.address]]


def test_no_server_is_not_the_end(settings: Any) -> None:
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    row = MessageFactory()
    assert delivery.deliver([row.pk]) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, waits(row)) == ("pending", 1, 5)
    assert row.problem.startswith("ConnectionRefusedError")


def test_second_attempt_sends_the_same_bytes(settings: Any) -> None:
    row = MessageFactory()
    with mail_server(settings) as box:
        box.to_content = "451 later"
        delivery.deliver([row.pk])
        box.to_content = "250 taken"
        Message.objects.update(next_attempt_at=Now())
        assert delivery.deliver([row.pk]) == 1
    assert box.taken == [([row.address], html_part.with_html(row))]
    assert message_from_bytes(box.taken[0][1])["Subject"] == "test"


def watched(monkeypatch: pytest.MonkeyPatch, *, cuts: bool) -> threading.Event:
    """Return what is set when the watch cuts a connection; without `cuts` nothing is cut then."""
    called, cut = threading.Event(), smtp_connection.CuttableBackend.cut

    def noted(backend: smtp_connection.CuttableBackend) -> None:
        called.set()
        if cuts:
            cut(backend)

    monkeypatch.setattr(smtp_connection.CuttableBackend, "cut", noted)
    return called


@pytest.mark.parametrize("greeting", [b"", b"220-more to come "], ids=["hangs", "drips"])
def test_the_whole_send_has_a_deadline(settings: Any, monkeypatch: pytest.MonkeyPatch, greeting: bytes) -> None:
    # A timeout of each read would never end it.
    settings.OUTBOX_SEND_DEADLINE, settings.EMAIL_TIMEOUT = 0.1, PATIENCE
    called, row = watched(monkeypatch, cuts=True), MessageFactory()
    with bad_server(settings, greeting):
        assert delivery.deliver([row.pk]) == 0
    row.refresh_from_db()
    assert (called.is_set(), row.state, waits(row)) == (True, MessageState.PENDING, 5)
    # Or, on a busy machine, before it was open.
    assert row.problem.startswith(("SMTPServerDisconnected", "TimeoutError"))


def test_what_is_cut_before_it_is_open_is_left() -> None:
    backend = smtp_connection.CuttableBackend(host="127.0.0.1", port=1)
    for cut in (True, False):
        ours, theirs = socket.socketpair()
        with theirs:
            if cut:
                backend.cut()
            with pytest.raises(TimeoutError) if cut else nullcontext():
                backend.hold(ours)
            # The next message has a connection of its own.
            backend.drop()
            assert (ours.fileno(), backend.handle) == (-1, None)


def test_control_without_the_cut_the_answer_is_waited_for(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTBOX_SEND_DEADLINE, settings.EMAIL_TIMEOUT = 0.1, PATIENCE
    called, row = watched(monkeypatch, cuts=False), MessageFactory()
    # The end of the line comes after the deadline, and is waited for.
    with bad_server(settings, b"554 no\r\n", after=called):
        delivery.deliver([row.pk])
    row.refresh_from_db()
    assert (row.state, row.problem) == (MessageState.PENDING, "554 no")


def test_what_the_lease_no_longer_covers_is_given_back(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(delivery, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def slow(wire: smtp_connection.MailConnection, message: Message) -> None:
        now[0] += settings.OUTBOX_LEASE - settings.OUTBOX_SEND_DEADLINE + 1
        raise response_policy.NotNow("451 slow")

    monkeypatch.setattr(smtp_connection.MailConnection, "send", slow)
    rows = MessageFactory.create_batch(3)
    delivery.deliver([row.pk for row in rows])
    # What was left of the lease after the first did not cover a second send.
    found = Message.objects.order_by("id").values_list("attempts", "state")
    assert list(found) == [(1, "pending"), (0, "pending"), (0, "pending")]
    assert set(Message.objects.due().values_list("pk", flat=True)) == {rows[1].pk, rows[2].pk}


def test_an_address_that_is_none_fails_alone(settings: Any) -> None:
    bad, good = MessageFactory(address="a@b.example, c@d.example"), MessageFactory()
    with mail_server(settings) as box:
        assert delivery.deliver([bad.pk, good.pk]) == 1
    bad.refresh_from_db()
    assert (bad.state, len(box.taken)) == ("failed", 1)
    assert bad.problem.startswith("ValueError")


def test_leases_are_longer_than_sends(settings: Any) -> None:
    assert settings.OUTBOX_SEND_DEADLINE + 5 < settings.OUTBOX_LEASE
