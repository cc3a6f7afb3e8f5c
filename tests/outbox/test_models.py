"""What the outbox's table refuses."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from summit.models import Role
from summit.outbox.domain import delivery
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import TRANSITIONS
from tests.factories import MessageFactory, PersonFactory, SummitFactory, UserFactory
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db

FROZEN: dict[str, Any] = {
    "public_id": "0" * 16,
    "kind": "other",
    "subject_key": "other:1",
    "version": 9,
    "recipient_key": "other:2",
    "address": "thief@land.example",
    "language": "ar",
    "facts": {"changed": True},
    "nonce": "f" * 32,
    "message_id": "<other@test>",
    "created_at": "2020-01-01T00:00:00Z",
}


def refuse(**values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(**values)


@pytest.mark.parametrize("column", list(FROZEN))
def test_facts_are_frozen(column: str) -> None:
    MessageFactory()
    refuse(**{column: FROZEN[column]})


def test_the_summit_is_frozen() -> None:
    MessageFactory(summit=SummitFactory())
    refuse(summit=SummitFactory())


@pytest.mark.parametrize("column", list(FROZEN))
def test_control_without_the_trigger_facts_change(column: str) -> None:
    MessageFactory()
    with without_trigger("outbox_message", "outbox_message_frozen"):
        assert Message.objects.update(**{column: FROZEN[column]}) == 1


def test_a_person_may_go_and_the_state_may_change() -> None:
    person = PersonFactory()
    row = MessageFactory(person=person)
    person.delete()
    Message.objects.update(state="sent", sent_at=Now(), attempts=1, rendered=b"x", rendered_subject="y")
    row.refresh_from_db()
    assert (row.person_id, row.state, row.rendered) == (None, "sent", b"x")


def test_states() -> None:
    MessageFactory()
    refuse(state="elsewhere")
    refuse(state="sent")
    refuse(state="failed")
    refuse(state="dropped")


def test_the_table_of_states_is_complete() -> None:
    assert set(TRANSITIONS) == set(MessageState.values)
    assert set().union(*TRANSITIONS.values()) == set(MessageState.values)


@pytest.mark.parametrize("target", MessageState.values)
@pytest.mark.parametrize("state", MessageState.values)
def test_every_row_of_it_and_every_one_that_is_missing(state: str, target: str) -> None:
    summit = SummitFactory()
    row = MessageFactory(summit=summit, state=state, sent_at=Now() if state == "sent" else None, problem="why")
    if target == MessageState.PENDING:
        by = UserFactory.with_role(Role.ORGANISER, summit)
        with suppress(ValueError):
            delivery.send_again(message=row, by=by)
    else:
        delivery.mark(row, MessageState(target), problem="why")
    after = target if target in TRANSITIONS[state] else state
    assert Message.objects.get().state == after


def test_control_without_the_fence_a_sent_message_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    row = MessageFactory(state="sent", sent_at=Now())
    monkeypatch.setattr(delivery, "_held", lambda message: Message.objects.filter(pk=message.pk))
    delivery.mark(row, MessageState.FAILED, problem="why")
    assert Message.objects.get().state == "failed"


@pytest.mark.parametrize("field", ["public_id", "nonce", "message_id"])
def test_unique(field: str) -> None:
    first = MessageFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(**{field: getattr(first, field)})


def test_one_message_for_a_cause_and_a_mailbox() -> None:
    first = MessageFactory()
    key = {name: getattr(first, name) for name in ("kind", "subject_key", "version", "recipient_key", "address")}
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(**key)
    for name, other in (
        ("kind", "x"),
        ("subject_key", "x"),
        ("version", 7),
        ("recipient_key", "x"),
        ("address", "x"),
    ):
        MessageFactory(**{**key, name: other})


def test_counters_are_not_negative() -> None:
    MessageFactory()
    refuse(attempts=-1)


def test_the_date_is_when_it_was_caused() -> None:
    row = MessageFactory()
    row.refresh_from_db()
    assert row.date == row.created_at
    assert str(row) == row.address
    assert connection.vendor in ("sqlite", "postgresql")
