"""The wire, against real servers on this machine."""

import time
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import override_settings

from summit.outbox.domain import delivery, transport
from summit.outbox.models import Message, MessageState
from tests.factories import MessageFactory
from tests.outbox.servers import bad_server, free_port, mail_server

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
    assert box.taken == [([row.address], bytes(row.rendered)) for row in rows]
    assert states() == ["sent"] * 3
    assert Message.objects.filter(sent_at__isnull=False, lease_until=None, problem="").count() == 3


@pytest.mark.parametrize(
    ("where", "answer", "state", "problem"),
    [
        ("recipient", "550 no such mailbox", "failed", "550 no such mailbox"),
        ("recipient", "451 greylisted", "pending", "451 greylisted"),
        ("content", "554 looks like spam", "failed", "554 looks like spam"),
        ("content", "452 disk full", "pending", "452 disk full"),
        ("sender", "553 who are you", "pending", "553 who are you"),
        ("sender", "450 busy", "pending", "450 busy"),
    ],
)
def test_what_a_server_answers_decides(settings: Any, where: str, answer: str, state: str, problem: str) -> None:
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
    assert (bad.state, bad.problem, bad.attempts, bad.lease_until) == (state, problem, 1, None)
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
    assert box.taken == [([row.address], bytes(row.rendered))]
    assert message_from_bytes(box.taken[0][1])["Subject"] == "test"


def send_to_bad_server(settings: Any, **kwargs: Any) -> tuple[float, Message]:
    settings.OUTBOX_SEND_DEADLINE, settings.EMAIL_TIMEOUT = 0.4, 2.0
    row = MessageFactory()
    with bad_server(settings, **kwargs):
        started = time.monotonic()
        assert delivery.deliver([row.pk]) == 0
        took = time.monotonic() - started
    row.refresh_from_db()
    assert row.state == MessageState.PENDING
    assert row.problem.startswith("SMTPServerDisconnected")
    return took, row


@pytest.mark.parametrize("greeting", [b"", b"220-more to come "], ids=["hangs", "drips"])
def test_the_whole_send_has_a_deadline(settings: Any, greeting: bytes) -> None:
    took, row = send_to_bad_server(settings, greeting=greeting, every=0.05)
    assert 0.3 < took < 1.5
    assert waits(row) == 5


def test_control_without_the_cut_a_dripping_server_holds_the_worker(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport.CuttableBackend, "cut", lambda self: None)
    settings.OUTBOX_SEND_DEADLINE, settings.EMAIL_TIMEOUT = 0.4, 0.3
    row = MessageFactory()
    # Each byte comes within the socket's timeout; the line's end, which would end it, comes after three seconds.
    with bad_server(settings, greeting=b"554" + b" " * 26 + b"\r\n", every=0.1):
        started = time.monotonic()
        delivery.deliver([row.pk])
        assert time.monotonic() - started > 2.5


@override_settings(OUTBOX_LEASE=1.0, OUTBOX_SEND_DEADLINE=0.6)
def test_what_the_lease_no_longer_covers_is_given_back(settings: Any) -> None:
    rows = MessageFactory.create_batch(3)
    with bad_server(settings, greeting=b"", every=0):
        delivery.deliver([row.pk for row in rows])
    # The first took the deadline; what was left of the lease did not cover a second send.
    assert list(Message.objects.order_by("id").values_list("attempts", "state")) == [
        (1, "pending"),
        (0, "pending"),
        (0, "pending"),
    ]
    assert set(Message.objects.due().values_list("pk", flat=True)) == {rows[1].pk, rows[2].pk}


def test_an_address_that_is_none_fails_alone(settings: Any) -> None:
    bad, good = MessageFactory(address="a@b.example, c@d.example"), MessageFactory()
    with mail_server(settings) as box:
        assert delivery.deliver([bad.pk, good.pk]) == 1
    bad.refresh_from_db()
    assert (bad.state, len(box.taken)) == ("failed", 1)
    assert bad.problem.startswith("ValueError")


def test_leases_are_longer_than_sends(settings: Any) -> None:
    assert settings.OUTBOX_SEND_DEADLINE + timedelta(seconds=5).total_seconds() < settings.OUTBOX_LEASE
