"""What the outbox's table refuses."""

from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from summit.outbox import delivery
from summit.outbox.models import Message, MessageState
from summit.outbox.models.messages import TRANSITIONS
from summit.permissions.models import Role
from summit.privacy.registry import Subject, portions
from tests.factories import START, MessageFactory, PersonFactory, SummitFactory, UserFactory
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


def test_facts_are_frozen_and_control_without_the_trigger() -> None:
    MessageFactory(summit=SummitFactory())
    for column, value in {**FROZEN, "summit": SummitFactory()}.items():
        refuse(**{column: value})
    with without_trigger("outbox_message", "outbox_message_frozen"):
        assert Message.objects.update(**FROZEN) == 1


def test_a_person_may_go_and_the_state_may_change() -> None:
    person = PersonFactory()
    row = MessageFactory(person=person)
    person.delete()
    Message.objects.update(state="sent", sent_at=Now(), attempts=1, rendered=b"x", rendered_subject="y")
    row.refresh_from_db()
    assert (row.person_id, row.state, row.rendered) == (None, "sent", b"x")


def test_states() -> None:
    MessageFactory()
    for state in ("elsewhere", "sent", "failed", "dropped"):
        refuse(state=state)
    refuse(attempts=-1)
    after = {state: set(states) for state, states in TRANSITIONS.items() if states}
    assert after == {"pending": {"sent", "failed", "dropped"}, "failed": {"pending"}}
    assert set(TRANSITIONS) == set(MessageState.values)


def test_every_row_of_it_and_every_one_that_is_missing() -> None:
    summit = SummitFactory()
    by = UserFactory.with_role(Role.ORGANISER, summit)
    for state, target in product(MessageState, MessageState):
        row = MessageFactory(summit=summit, state=state, sent_at=Now() if state == "sent" else None, problem="why")
        if target == MessageState.PENDING:
            with suppress(ValueError):
                delivery.send_again(message=row, by=by)
        else:
            delivery.mark(row, target, problem="why")
        row.refresh_from_db()
        assert (state, target, row.state) == (state, target, target if target in TRANSITIONS[state] else state)


def test_what_there_is_one_of() -> None:
    """One message for a cause and a mailbox, and keys of each message's own."""
    first = MessageFactory()
    for field in ("public_id", "nonce", "message_id"):
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageFactory(**{field: getattr(first, field)})
    others = {"kind": "x", "subject_key": "x", "version": 7, "recipient_key": "x", "address": "x"}
    key = {name: getattr(first, name) for name in others}
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(**key)
    for name, other in others.items():
        MessageFactory(**{**key, name: other})


def test_the_date_is_when_it_was_caused() -> None:
    row = MessageFactory()
    row.refresh_from_db()
    assert (row.date, str(row)) == (row.created_at, row.address)


def test_mail_to_the_person_goes_and_mail_that_names_them_once_it_is_out() -> None:
    person = PersonFactory(name="Ada Alander", email="ada@land.example")
    about = {"summit": person.summit, "facts": {"label": "Ada Alander"}}
    waits = MessageFactory(**about)
    MessageFactory(**about, state="sent", sent_at=START)
    # Nothing but the mailbox says whose it is.
    MessageFactory(summit=person.summit, address="Ada@Land.example")
    erase = [each.erase for each in portions() if each.model is Message and each.erase is not None]
    assert [act(Subject(person)) for act in erase] == [1, 1]
    assert list(Message.objects.all()) == [waits]
