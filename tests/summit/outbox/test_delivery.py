"""Claims, leases, fencing, rendering, handing out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now

from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.outbox import delivery, html_part, message_kinds, tasks
from summit.outbox.message_kinds import Mail
from summit.outbox.messages import SYSTEM_MAIL
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import MessageQuerySet
from summit.outbox.smtp_connection import MailConnection
from summit.permissions.models import Role
from tests.factories import MessageFactory, SummitFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

PAST = timedelta(seconds=1)


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A kind of message of its own; `called` counts renderings, `withdrawn` names what no longer stands."""
    told: dict[str, Any] = {"called": 0, "withdrawn": {}, "subject": "Hello"}

    def render(message: Message) -> Mail:
        told["called"] += 1
        if message.facts.get("broken"):
            raise KeyError("a name that is nobody's business")
        return Mail(subject=told["subject"], text=f"For {message.facts['name']}\n")

    def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
        return {row.pk: told["withdrawn"][row.pk] for row in messages if row.pk in told["withdrawn"]}

    kind = replace(SYSTEM_MAIL, name="note", task="tests.deliver", compose=render, withdrawn=withdrawn)
    monkeypatch.setitem(message_kinds.KINDS, "note", kind)
    return told


def fresh(**kwargs: Any) -> Message:
    facts = kwargs.pop("facts", {"name": "Zoé"})
    return MessageFactory(kind="note", rendered=None, facts=facts, **kwargs)


# --- claims ---------------------------------------------------------------------------------------------------------
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_a_claim_is_exclusive(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: without the condition all claim all."""
    if not guarded:
        monkeypatch.setattr(MessageQuerySet, "due", lambda self: self.filter(state=MessageState.PENDING))
        monkeypatch.setattr(delivery, "_can_skip_locked", lambda: False)
    ids = [row.pk for row in MessageFactory.create_batch(20)]
    claimed = at_once(*[lambda: [row.pk for row in delivery.claim(ids)]] * 4)
    times = 1 if guarded else 4
    assert sorted(chain.from_iterable(claimed)) == sorted(ids * times)
    assert set(Message.objects.values_list("attempts", flat=True)) == {times}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_claim_passes_by_what_another_holds() -> None:
    row = MessageFactory()
    with transaction.atomic():
        Message.objects.select_for_update().get(pk=row.pk)
        assert at_once(lambda: delivery.claim([row.pk])) == [[]]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(note: dict[str, Any]) -> None:
    ids = [fresh().pk for _ in range(10)]
    assert sum(at_once(*[lambda: delivery.deliver(ids)] * 2)) == 10
    assert len(mail.outbox) == 10
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_what_is_claimed_when() -> None:
    """What is to be sent, not before its time, and again when its lease has expired."""
    for state in ("sent", "failed", "dropped"):
        assert delivery.claim([MessageFactory(state=state, problem="x", sent_at=Now()).pk]) == []
    Message.objects.all().delete()
    row = MessageFactory(next_attempt_at=Now() + timedelta(seconds=60))
    assert delivery.claim([row.pk]) == []
    Message.objects.update(next_attempt_at=Now())
    assert [found.attempts for found in delivery.claim([row.pk])] == [1]
    assert delivery.claim([row.pk]) == []
    Message.objects.update(lease_until=Now() - PAST)
    assert [found.attempts for found in delivery.claim([row.pk])] == [2]


# --- fencing --------------------------------------------------------------------------------------------------------
def overtaken(row: Message) -> tuple[Message, Message]:
    """A message claimed by one whose lease ran out, and again by another."""
    (slow,) = delivery.claim([row.pk])
    Message.objects.update(lease_until=Now() - PAST)
    (quick,) = delivery.claim([row.pk])
    return slow, quick


def test_whoever_was_overtaken_changes_nothing(note: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick = overtaken(fresh())
    assert (delivery.render(quick), delivery.render(slow)) == (True, False)
    assert Message.objects.get().rendered == quick.rendered
    assert delivery.mark(slow, MessageState.FAILED, problem="too late") is False
    delivery.schedule_retry(slow, "too late")
    delivery.release([slow])
    quick.refresh_from_db()
    assert (quick.state, quick.attempts, quick.problem) == ("pending", 2, "")
    assert quick.lease_until is not None
    assert delivery.mark(quick, MessageState.SENT) is True
    assert Message.objects.get().state == "sent"
    # The control: without the fence they do.
    monkeypatch.setattr(delivery, "_claimed_rows", lambda message: Message.objects.filter(pk=message.pk))
    assert delivery.mark(slow, MessageState.FAILED, problem="too late") is True
    assert Message.objects.get().state == "failed"


# --- attempts -------------------------------------------------------------------------------------------------------
def test_waits_grow_and_end(settings: Any) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 8
    row = MessageFactory()
    for wait in (5, 15, 60, 300, 900, 1800, 1800, None):
        Message.objects.update(next_attempt_at=Now())
        (held,) = delivery.claim([row.pk])
        before = db_now()
        delivery.schedule_retry(held, "451 later")
        row.refresh_from_db()
        assert (row.state, row.problem) == ("pending" if wait else "failed", "451 later")
        assert wait is None or before <= row.next_attempt_at - timedelta(seconds=wait) <= db_now()


def test_a_message_that_kills_its_workers_fails_in_the_end(settings: Any) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 3
    row = MessageFactory()
    for _killed in range(3):
        delivery.claim([row.pk])
        Message.objects.update(lease_until=Now() - PAST)
    assert (delivery.deliver([row.pk]), mail.outbox) == (0, [])
    assert Message.objects.values_list("state", "problem").get() == ("failed", "@worn:")


def test_what_is_given_back_is_due_at_once_and_has_no_attempt_behind_it() -> None:
    row = MessageFactory(handed_until=Now() + timedelta(seconds=9))
    held = delivery.claim([row.pk])
    delivery.release(held)
    row.refresh_from_db()
    assert (row.attempts, row.lease_until, row.handed_until) == (0, None, None)
    assert Message.objects.due().count() == 1


@pytest.mark.parametrize("sent_again", [False, True])
def test_a_stalled_worker_marks_nothing_though_attempts_begin_anew(sent_again: bool) -> None:
    row = MessageFactory(summit=SummitFactory())
    (stalled,) = delivery.claim([row.pk])
    if sent_again:
        delivery.mark(stalled, MessageState.FAILED, problem="550")
        delivery.send_again(message=row, by=UserFactory.with_role(Role.ORGANISER, row.summit))
    else:
        delivery.release([stalled])
    (anew,) = delivery.claim([row.pk])
    assert (stalled.attempts, anew.attempts, stalled.claims, anew.claims) == (1, 1, 1, 2)
    assert not delivery.mark(stalled, MessageState.FAILED, problem="late")
    assert delivery.mark(anew, MessageState.SENT)


# --- rendering ------------------------------------------------------------------------------------------------------
def test_rendered_once_and_kept(note: dict[str, Any]) -> None:
    """Whether it is tried again by itself, or sent again by somebody."""
    row = fresh(summit=SummitFactory())
    (held,) = delivery.claim([row.pk])
    assert delivery.render(held)
    delivery.schedule_retry(held, "451 later")
    note["subject"] = "Another text by now"
    Message.objects.update(next_attempt_at=Now())
    (held,) = delivery.claim([row.pk])
    assert delivery.render(held)
    delivery.mark(held, MessageState.FAILED, problem="550 no")
    delivery.send_again(message=row, by=UserFactory.with_role(Role.PROTOCOL, row.summit))
    assert delivery.deliver([row.pk]) == 1
    assert (note["called"], Message.objects.get().rendered_subject) == (1, "Hello")
    assert mail.outbox[0].message().as_bytes() == html_part.with_html(held)


def test_the_first_leaves_before_the_second_is_written(note: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """To write a batch of 25 takes a second."""
    sent, written = MailConnection.send, []

    def send(connection: MailConnection, message: Message) -> None:
        written.append(note["called"])
        sent(connection, message)

    monkeypatch.setattr(MailConnection, "send", send)
    assert (delivery.deliver([fresh().pk, fresh().pk]), written) == (2, [1, 2])


def test_what_nobody_can_read_stops_neither_sweep_nor_batch(
    note: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A mail that breaks, and one of a kind that is gone: before it was written, and after."""
    broken, gone = fresh(facts={"broken": True}), MessageFactory(kind="gone", rendered=None)
    half, good = MessageFactory(kind="gone"), fresh()
    ours = [gone.pk, half.pk]
    assert dict(delivery.hand_out()) == {"outbox.tasks.deliver": ours, "tests.deliver": [broken.pk, good.pk]}
    assert delivery.deliver([broken.pk, *ours, good.pk]) == 1
    assert list(Message.objects.order_by("id").values_list("state", "problem")) == [
        ("failed", "@writing:KeyError"),
        ("failed", "@writing:KeyError"),
        ("pending", "@sending:KeyError"),
        ("sent", ""),
    ]
    assert [row.public_id in caplog.text for row in (broken, gone, half, good)] == [True, True, True, False]


def test_what_no_longer_stands_is_dropped(note: dict[str, Any]) -> None:
    row, other = fresh(), fresh()
    note["withdrawn"] = {row.pk: "The invitation was revoked."}
    assert delivery.deliver([row.pk, other.pk]) == 1
    row.refresh_from_db()
    assert (row.state, row.problem, row.sent_at) == ("dropped", "The invitation was revoked.", None)
    assert len(mail.outbox) == 1


# --- handing out ----------------------------------------------------------------------------------------------------
def test_handed_out_in_batches_by_task(note: dict[str, Any], settings: Any) -> None:
    settings.OUTBOX_BATCH = 2
    notes = [fresh().pk for _ in range(3)]
    system = [MessageFactory().pk for _ in range(2)]
    MessageFactory(next_attempt_at=Now() + timedelta(seconds=60))
    MessageFactory(lease_until=Now() + timedelta(seconds=60))
    MessageFactory(state="failed", problem="x")
    assert sorted(delivery.hand_out()) == [
        ("outbox.tasks.deliver", system),
        ("tests.deliver", notes[:2]),
        ("tests.deliver", notes[2:]),
    ]


def test_not_handed_again_for_fifteen_seconds() -> None:
    late, row = (MessageFactory(next_attempt_at=Now() - timedelta(seconds=each)) for each in (1, 9))
    # No more than the limit, the oldest first.
    for each in (row, late):
        assert list(delivery.hand_out(limit=1)) == [("outbox.tasks.deliver", [each.pk])]
    assert list(delivery.hand_out()) == []
    late.delete()
    Message.objects.update(handed_until=Now())
    before = db_now()
    assert list(delivery.hand_out()) == [("outbox.tasks.deliver", [row.pk])]
    row.refresh_from_db()
    assert before <= row.handed_until - timedelta(seconds=15) <= db_now()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_sweeps_hand_each_message_once(guarded: bool, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Control: without the mark both hand out all."""
    if not guarded:
        settings.OUTBOX_HANDED = -5.0
        monkeypatch.setattr(delivery, "_can_skip_locked", lambda: False)
    ids = [row.pk for row in MessageFactory.create_batch(20)]
    handed = at_once(*[lambda: [pk for _task, batch in delivery.hand_out() for pk in batch]] * 2)
    assert sorted(chain.from_iterable(handed)) == sorted(ids if guarded else ids * 2)


def test_the_sweep_queues_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []
    app = tasks.current_app._get_current_object()
    monkeypatch.setattr(app, "send_task", lambda name, args: sent.append((name, args)))
    row = MessageFactory()
    tasks.sweep()
    assert sent == [("outbox.tasks.deliver", [[row.pk]])]
    tasks.deliver([row.pk])
    row.refresh_from_db()
    assert row.state == "sent"


# --- again ----------------------------------------------------------------------------------------------------------
def test_who_may_send_again() -> None:
    summit = SummitFactory()
    row = MessageFactory(summit=summit, state="failed", problem="550", attempts=12)
    elsewhere = UserFactory.with_role(Role.ORGANISER, SummitFactory())
    for other in (UserFactory.with_role(Role.PROGRAMME, summit), elsewhere):
        with pytest.raises(PermissionDenied, match="Roles that can do this: organiser, protocol"):
            delivery.send_again(message=row, by=other)
    row.refresh_from_db()
    assert (row.state, AuditEntry.objects.count()) == ("failed", 0)
    user = UserFactory.with_role(Role.PROTOCOL, summit)
    delivery.send_again(message=row, by=user)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 0)
    found = AuditEntry.objects.values_list("action", "object_key", "by", "summit").get()
    assert found == ("outbox.send_again", row.public_id, user.pk, summit.pk)
    with pytest.raises(ValueError, match="Only failed messages"):
        delivery.send_again(message=row, by=user)


# --- states ---------------------------------------------------------------------------------------------------------
def test_an_attempt_has_one_result() -> None:
    (held,) = delivery.claim([MessageFactory().pk])
    with pytest.raises(ValueError, match="can't become"):
        delivery.mark(held, MessageState.PENDING)
    assert delivery.mark(held, MessageState.SENT, problem="first") is True
    for state in (MessageState.SENT, MessageState.FAILED, MessageState.DROPPED):
        assert delivery.mark(held, state, problem="second") is False
    assert Message.objects.values_list("state", "problem").get() == ("sent", "first")


def test_a_kind_is_registered_once() -> None:
    assert message_kinds.register(SYSTEM_MAIL) is SYSTEM_MAIL
    with pytest.raises(ValueError, match="two kinds"):
        message_kinds.register(replace(SYSTEM_MAIL, task="x"))
    assert message_kinds.never_withdrawn([Message()]) == {}
