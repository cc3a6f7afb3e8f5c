"""Claims, leases, fencing, rendering, handing out."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models.functions import Now

from summit.models import AuditEntry, Role
from summit.outbox import kinds
from summit.outbox.domain import delivery
from summit.outbox.kinds import Kind, Mail
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import TRANSITIONS, MessageQuerySet
from tests.factories import MessageFactory, SummitFactory, UserFactory

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

    monkeypatch.setitem(kinds.KINDS, "note", Kind("note", "tests.deliver", render, withdrawn))
    return told


def fresh(**kwargs: Any) -> Message:
    facts = kwargs.pop("facts", {"name": "Zoé"})
    return MessageFactory(kind="note", rendered=None, facts=facts, **kwargs)


def at_once(work: Callable[[], Any], times: int = 2) -> list[Any]:
    """Do the same in several threads that start together; return what each returned."""
    results: list[Any] = []
    start = threading.Barrier(times)

    def run() -> None:
        try:
            start.wait(5)
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == times
    return results


# --- claims ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_claim_is_exclusive() -> None:
    ids = [row.pk for row in MessageFactory.create_batch(20)]
    claimed = at_once(lambda: [row.pk for row in delivery.claim(ids)], times=4)
    assert sorted(chain.from_iterable(claimed)) == ids
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_control_without_the_condition_all_claim_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MessageQuerySet, "due", lambda self: self.filter(state=MessageState.PENDING))
    monkeypatch.setattr(delivery, "_can_skip_locked", lambda: False)
    ids = [row.pk for row in MessageFactory.create_batch(5)]
    claimed = at_once(lambda: [row.pk for row in delivery.claim(ids)])
    assert sorted(chain.from_iterable(claimed)) == sorted(ids * 2)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(note: dict[str, Any]) -> None:
    ids = [fresh().pk for _ in range(10)]
    assert sum(at_once(lambda: delivery.deliver(ids))) == 10
    assert len(mail.outbox) == 10
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["sent", "failed", "dropped"])
def test_only_pending_messages_are_claimed(state: str) -> None:
    row = MessageFactory(state=state, problem="x", sent_at=Now())
    assert delivery.claim([row.pk]) == []


@pytest.mark.django_db
def test_what_waits_is_not_claimed_before_its_time() -> None:
    row = MessageFactory(next_attempt_at=Now() + timedelta(seconds=60))
    assert delivery.claim([row.pk]) == []
    Message.objects.update(next_attempt_at=Now())
    assert [found.pk for found in delivery.claim([row.pk])] == [row.pk]


@pytest.mark.django_db
def test_an_expired_lease_is_claimed_again() -> None:
    row = MessageFactory()
    assert [found.attempts for found in delivery.claim([row.pk])] == [1]
    assert delivery.claim([row.pk]) == []
    Message.objects.update(lease_until=Now() - PAST)
    assert [found.attempts for found in delivery.claim([row.pk])] == [2]


# --- fencing --------------------------------------------------------------------------------------------------------
def overtaken() -> tuple[Message, Message]:
    """A message claimed by one whose lease ran out, and again by another."""
    row = MessageFactory()
    (slow,) = delivery.claim([row.pk])
    Message.objects.update(lease_until=Now() - PAST)
    (quick,) = delivery.claim([row.pk])
    return slow, quick


@pytest.mark.django_db
def test_whoever_was_overtaken_marks_nothing() -> None:
    slow, quick = overtaken()
    assert delivery.mark(slow, MessageState.FAILED, problem="too late") is False
    delivery.put_off(slow, "too late")
    delivery.release([slow])
    quick.refresh_from_db()
    assert (quick.state, quick.attempts, quick.problem) == ("pending", 2, "")
    assert quick.lease_until is not None
    assert delivery.mark(quick, MessageState.SENT) is True
    assert Message.objects.get().state == "sent"


@pytest.mark.django_db
def test_control_without_the_fence_the_overtaken_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_held", lambda message: Message.objects.filter(pk=message.pk))
    slow, _quick = overtaken()
    assert delivery.mark(slow, MessageState.FAILED, problem="too late") is True
    assert Message.objects.get().state == "failed"


@pytest.mark.django_db
def test_whoever_was_overtaken_does_not_replace_the_bytes(note: dict[str, Any]) -> None:
    row = fresh()
    (slow,) = delivery.claim([row.pk])
    Message.objects.update(lease_until=Now() - PAST)
    (quick,) = delivery.render_all(delivery.claim([row.pk]))
    assert delivery.render_all([slow]) == []
    row.refresh_from_db()
    assert row.rendered == quick.rendered


# --- attempts -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_waits_grow_and_end(settings: Any) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 8
    row = MessageFactory()
    waited = []
    for _attempt in range(7):
        Message.objects.update(next_attempt_at=Now())
        (held,) = delivery.claim([row.pk])
        before = Message.objects.values_list(Now(), flat=True).get()
        delivery.put_off(held, "451 later")
        row.refresh_from_db()
        waited.append(round((row.next_attempt_at - before).total_seconds()))
    assert waited == [5, 15, 60, 300, 900, 1800, 1800]
    Message.objects.update(next_attempt_at=Now())
    (held,) = delivery.claim([row.pk])
    delivery.put_off(held, "451 later")
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "451 later")


@pytest.mark.django_db
def test_a_message_that_kills_its_workers_fails_in_the_end(settings: Any) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 3
    row = MessageFactory()
    for _killed in range(3):
        delivery.claim([row.pk])
        Message.objects.update(lease_until=Now() - PAST)
    assert delivery.deliver([row.pk]) == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == ("failed", "@worn:")
    assert mail.outbox == []


@pytest.mark.django_db
def test_what_is_given_back_is_due_at_once_and_has_no_attempt_behind_it() -> None:
    row = MessageFactory(handed_until=Now() + timedelta(seconds=9))
    held = delivery.claim([row.pk])
    delivery.release(held)
    row.refresh_from_db()
    assert (row.attempts, row.lease_until, row.handed_until) == (0, None, None)
    assert Message.objects.due().count() == 1


# --- rendering ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_rendered_once_and_kept(note: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    row = fresh()
    (held,) = delivery.render_all(delivery.claim([row.pk]))
    delivery.put_off(held, "451 later")
    row.refresh_from_db()
    kept = row.rendered
    note["subject"] = "Another text by now"
    Message.objects.update(next_attempt_at=Now())
    assert delivery.deliver([row.pk]) == 1
    row.refresh_from_db()
    assert (note["called"], row.rendered, row.rendered_subject) == (1, kept, "Hello")


@pytest.mark.django_db
def test_one_that_cannot_be_rendered_does_not_stop_the_others(
    note: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    rows = [fresh(), fresh(facts={"broken": True}), fresh()]
    assert delivery.deliver([row.pk for row in rows]) == 2
    assert list(Message.objects.order_by("id").values_list("state", "problem")) == [
        ("sent", ""),
        ("failed", "@writing:KeyError"),
        ("sent", ""),
    ]
    assert [row.public_id in caplog.text for row in rows] == [False, True, False]


@pytest.mark.django_db
def test_a_kind_that_is_gone_stops_neither_sweep_nor_batch(note: dict[str, Any]) -> None:
    gone = MessageFactory(kind="gone", rendered=None)
    half = MessageFactory(kind="gone")
    good = fresh()
    assert dict(delivery.hand_out()) == {"outbox.tasks.deliver": [gone.pk, half.pk], "tests.deliver": [good.pk]}
    assert delivery.deliver([gone.pk, half.pk, good.pk]) == 1
    assert list(Message.objects.order_by("id").values_list("state", "problem")) == [
        ("failed", "@writing:KeyError"),
        ("pending", "@sending:KeyError"),
        ("sent", ""),
    ]


@pytest.mark.django_db
def test_what_no_longer_stands_is_dropped(note: dict[str, Any]) -> None:
    row, other = fresh(), fresh()
    note["withdrawn"] = {row.pk: "The invitation was revoked."}
    assert delivery.deliver([row.pk, other.pk]) == 1
    row.refresh_from_db()
    assert (row.state, row.problem, row.sent_at) == ("dropped", "The invitation was revoked.", None)
    assert len(mail.outbox) == 1


# --- handing out ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
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


@pytest.mark.django_db
def test_not_handed_again_for_fifteen_seconds() -> None:
    row = MessageFactory()
    assert list(delivery.hand_out()) == [("outbox.tasks.deliver", [row.pk])]
    assert list(delivery.hand_out()) == []
    Message.objects.update(handed_until=Now() + timedelta(milliseconds=14_000))
    assert list(delivery.hand_out()) == []
    Message.objects.update(handed_until=Now())
    assert list(delivery.hand_out()) == [("outbox.tasks.deliver", [row.pk])]
    row.refresh_from_db()
    left = row.handed_until - Message.objects.values_list(Now(), flat=True).get()
    assert 14 < left.total_seconds() <= 15


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_hand_each_message_once() -> None:
    ids = [row.pk for row in MessageFactory.create_batch(20)]
    handed = at_once(lambda: [pk for _task, batch in delivery.hand_out() for pk in batch])
    assert sorted(chain.from_iterable(handed)) == ids


@pytest.mark.django_db(transaction=True)
def test_control_without_the_mark_both_sweeps_hand_all(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.OUTBOX_HANDED = -5.0
    monkeypatch.setattr(delivery, "_can_skip_locked", lambda: False)
    ids = [row.pk for row in MessageFactory.create_batch(5)]
    handed = at_once(lambda: [pk for _task, batch in delivery.hand_out() for pk in batch])
    assert sorted(chain.from_iterable(handed)) == sorted(ids * 2)


@pytest.mark.django_db
def test_handed_out_no_more_than_the_limit_oldest_first() -> None:
    late = MessageFactory(next_attempt_at=Now() - timedelta(seconds=1))
    early = MessageFactory(next_attempt_at=Now() - timedelta(seconds=9))
    assert list(delivery.hand_out(limit=1)) == [("outbox.tasks.deliver", [early.pk])]
    assert list(delivery.hand_out(limit=1)) == [("outbox.tasks.deliver", [late.pk])]


@pytest.mark.django_db
def test_the_sweep_queues_tasks_that_expire_when_they_are_handed_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from summit.models import Heartbeat
    from summit.outbox import tasks

    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        tasks.current_app._get_current_object(),
        "send_task",
        lambda name, args, expires: sent.append((name, args, expires)),
    )
    row = MessageFactory()
    tasks.sweep()
    assert sent == [("outbox.tasks.deliver", [[row.pk]], 15)]
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["sweep"]
    tasks.deliver([row.pk])
    row.refresh_from_db()
    assert row.state == "sent"


# --- again ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_who_may_send_again(role: Role) -> None:
    summit = SummitFactory()
    row = MessageFactory(summit=summit, state="failed", problem="550", attempts=12)
    user = UserFactory.with_role(role, summit)
    if role in (Role.ORGANISER, Role.PROTOCOL):
        delivery.send_again(message=row, by=user)
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("pending", 0)
        audited = AuditEntry.objects.get()
        assert (audited.action, audited.object_key, audited.by, audited.summit) == (
            "outbox.send_again",
            row.public_id,
            user,
            summit,
        )
    else:
        with pytest.raises(PermissionDenied):
            delivery.send_again(message=row, by=user)
        row.refresh_from_db()
        assert (row.state, AuditEntry.objects.count()) == ("failed", 0)


@pytest.mark.django_db
def test_whoever_organises_another_summit_may_not_send_again() -> None:
    row = MessageFactory(summit=SummitFactory(), state="failed", problem="550")
    with pytest.raises(PermissionDenied):
        delivery.send_again(message=row, by=UserFactory.with_role(Role.ORGANISER, SummitFactory()))


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in MessageState if state != MessageState.FAILED])
def test_only_what_failed_is_sent_again(state: MessageState) -> None:
    summit = SummitFactory()
    row = MessageFactory(summit=summit, state=state, problem="x", sent_at=Now())
    with pytest.raises(ValueError, match="Only a message that failed"):
        delivery.send_again(message=row, by=UserFactory.with_role(Role.ORGANISER, summit))
    row.refresh_from_db()
    assert (row.state, AuditEntry.objects.count()) == (state, 0)


@pytest.mark.django_db
def test_sent_again_as_the_same_mail(note: dict[str, Any]) -> None:
    summit = SummitFactory()
    row = fresh(summit=summit)
    (held,) = delivery.render_all(delivery.claim([row.pk]))
    delivery.mark(held, MessageState.FAILED, problem="550 no")
    row.refresh_from_db()
    kept = bytes(row.rendered)
    delivery.send_again(message=row, by=UserFactory.with_role(Role.PROTOCOL, summit))
    assert delivery.deliver([row.pk]) == 1
    assert (note["called"], mail.outbox[0].message().as_bytes()) == (1, kept)


# --- states ---------------------------------------------------------------------------------------------------------
def test_transitions_name_every_state() -> None:
    assert set(TRANSITIONS) == set(MessageState)
    assert {state: set(after) for state, after in TRANSITIONS.items()} == {
        "pending": {"sent", "failed", "dropped"},
        "failed": {"pending"},
        "sent": set(),
        "dropped": set(),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(MessageState))
def test_every_result_of_an_attempt(state: MessageState) -> None:
    (held,) = delivery.claim([MessageFactory().pk])
    if state in TRANSITIONS[MessageState.PENDING]:
        assert delivery.mark(held, state, problem="why") is True
        assert Message.objects.get().state == state
    else:
        with pytest.raises(ValueError, match="can't become"):
            delivery.mark(held, state)


@pytest.mark.django_db
@pytest.mark.parametrize("start", [MessageState.SENT, MessageState.FAILED, MessageState.DROPPED])
@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.FAILED, MessageState.DROPPED])
def test_nothing_is_marked_twice(start: MessageState, state: MessageState) -> None:
    (held,) = delivery.claim([MessageFactory().pk])
    assert delivery.mark(held, start, problem="first")
    assert delivery.mark(held, state, problem="second") is False
    assert Message.objects.get().problem == "first"


def test_a_kind_is_registered_once() -> None:
    known = kinds.KINDS["system"]
    assert kinds.register(known) is known
    with pytest.raises(ValueError, match="two kinds"):
        kinds.register(Kind("system", "x", known.render, known.withdrawn))
    assert kinds.always_stands([Message()]) == {}
