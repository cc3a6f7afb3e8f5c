"""Every constraint of answers, their scans and calls: breaking it fails in the database."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from delegations.models import CallNote, Invitation, Reply, ReplyScan
from tests import factories as f

pytestmark = pytest.mark.django_db


def answered(**fields: object) -> Invitation:
    whole = {
        "state": "answered",
        "sent_at": f.START,
        "answered_at": f.START,
        "answer": "attending",
        "answered_by": "A",
    }
    return f.InvitationFactory.create(**(whole | fields))


BREAKS: dict[str, Callable[[], object]] = {
    "reply_answer_known": lambda: f.ReplyFactory(answer="maybe"),
    "reply_level_known": lambda: f.ReplyFactory(level="king"),
    "reply_channel_known": lambda: f.ReplyFactory(channel="pigeon"),
    "reply_names_somebody": lambda: f.ReplyFactory(name=""),
    "call_outcome_known": lambda: f.CallNoteFactory(outcome="shouted at"),
    "invitation_answer_known": lambda: answered(answer="maybe"),
    "invitation_level_known": lambda: answered(level="king"),
    "invitation_answered_whole": lambda: answered(answered_by=""),
}


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_constraint_fails(name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BREAKS[name]()


@pytest.mark.parametrize("fields", [{"answer": ""}, {"answered_by": ""}, {"answered_at": None}])
def test_an_answered_invitation_is_whole(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="invitation_answered_whole"), transaction.atomic():
        answered(**fields)
    answered()


def test_an_answer_has_one_scan() -> None:
    scan = f.ReplyScanFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        f.ReplyScanFactory(reply=scan.reply)


def test_every_constraint_is_tried() -> None:
    found = {constraint.name for model in (Reply, ReplyScan, CallNote) for constraint in model._meta.constraints}
    assert found <= set(BREAKS)
