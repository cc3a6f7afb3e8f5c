"""Workers that stall, and very long lists."""

import pytest
from django.db import transaction

from summit.core import bulk_insert
from summit.outbox import delivery, enqueue
from summit.outbox.messages import SYSTEM_MAIL
from summit.outbox.models import Message, MessageState
from summit.permissions.models import Role
from tests.factories import MessageFactory, SummitFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_stalled_worker_marks_nothing_once_the_message_was_sent_again() -> None:
    summit = SummitFactory()
    row = MessageFactory(summit=summit)
    [stalled] = delivery.claim([row.pk])
    delivery.mark(stalled, MessageState.FAILED, problem="550")
    delivery.send_again(message=row, by=UserFactory.with_role(Role.ORGANISER, summit))
    [fresh] = delivery.claim([row.pk])
    assert (stalled.attempts, fresh.attempts, stalled.claims, fresh.claims) == (1, 1, 1, 2)
    assert not delivery.mark(stalled, MessageState.FAILED, problem="late")
    assert delivery.mark(fresh, MessageState.SENT)


def test_what_is_given_back_is_claimed_under_a_new_number() -> None:
    row = MessageFactory()
    [first] = delivery.claim([row.pk])
    delivery.release([first])
    [second] = delivery.claim([row.pk])
    assert (first.attempts, second.attempts) == (1, 1)
    assert not delivery.mark(first, MessageState.SENT)
    assert delivery.mark(second, MessageState.SENT)


def test_new_messages_are_counted_over_several_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_insert, "MOST_ROWS", 2)
    rows = [
        enqueue.draft(
            summit=None,
            kind=SYSTEM_MAIL,
            subject_key="test:1",
            recipient_key=f"test:{number}",
            address="box@land.example",
            language="en",
            facts={},
        )
        for number in range(5)
    ]
    with transaction.atomic():
        assert enqueue.store(rows) == 5
        assert enqueue.store(rows[:1]) == 0
    assert Message.objects.count() == 5
