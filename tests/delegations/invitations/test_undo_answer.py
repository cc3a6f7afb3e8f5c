"""Undoing an answer that a desk has recorded: the earlier one holds again, unless somebody was told of this one."""

import pytest
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation, Reply
from delegations.invitations.services.answers import AnswerReceipt, answer
from summit.core.database_clock import db_now
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from summit.undo.models import UndoOffer
from summit.users.models import User
from summit.webhooks.models.deliveries import Delivery
from tests import factories as f
from tests.delegations.helpers import refuses, said, sign_in
from tests.delegations.invitations.test_answers import desk, in_state

pytestmark = pytest.mark.django_db
FIELDS = ("state", "answer", "level", "note", "answered_by")


def record(row: Invitation, by: User, given: str) -> str:
    """Record an answer that came by telephone, and return the public id of that act."""
    with undo.grouped() as act:
        way = AnswerReceipt("telephone")
        answer(invitation=row, by=by, answer=given, note=f"n {given}", name=f"Embassy {given}", way=way)
    assert act.offer is not None
    return act.offer.public_id


def stored(row: Invitation) -> tuple[str, ...]:
    return Invitation.objects.values_list(*FIELDS).get(pk=row.pk)


def test_the_first_answer_leaves_the_invitation_unanswered() -> None:
    row = in_state("sent")
    by = desk(row)
    result = undo.undo(public_id=record(row, by, "regrets"), by=by)
    assert (result.done, result.notes) == (["1 answer undone."], ["The invitation is unanswered again."])
    assert stored(row) == ("sent", "", "", "", "")
    assert Invitation.objects.get(pk=row.pk).answered_at is None
    assert not Reply.objects.exists()


def test_the_earlier_answer_holds_again() -> None:
    row = in_state("sent")
    by = desk(row)
    record(row, by, "attending")
    before = stored(row)
    result = undo.undo(public_id=record(row, by, "regrets"), by=by)
    assert result.notes == ["The earlier answer applies again: attending."]
    assert stored(row) == before == ("answered", "attending", "", "n attending", "Embassy attending")
    assert Reply.objects.get().answer == "attending"


def test_a_newer_answer_stands() -> None:
    row = in_state("sent")
    by = desk(row)
    act = record(row, by, "attending")
    record(row, by, "regrets")
    refused = str(refuses(UndoRefused, undo.undo, public_id=act, by=by))
    assert refused.startswith("This has since changed: ")
    assert stored(row)[1] == "regrets"


def test_what_a_webhook_has_told_isnt_taken_back() -> None:
    row = in_state("sent")
    by = desk(row)
    f.EndpointFactory(summit=row.party.summit, events=["invitation.answered"])
    # One that waits goes with the answer.
    undo.undo(public_id=record(row, by, "attending"), by=by)
    assert not Delivery.objects.exists()
    act = record(row, by, "attending")
    Delivery.objects.update(state="sent", attempts=1, ended_at=db_now())
    assert str(refuses(UndoRefused, undo.undo, public_id=act, by=by)) == (
        "Another system has been notified of this answer. Record the valid answer."
    )
    assert stored(row)[1] == "attending"


def test_an_answer_by_the_link_isnt_offered() -> None:
    row = in_state("sent")
    answer(invitation=row, by=desk(row), answer="attending", note="", name="Head")
    assert not UndoOffer.objects.exists()


def test_the_desk_offers_it_beside_the_message() -> None:
    row = in_state("sent")
    client = sign_in(row.party.summit)
    address = reverse("admin:delegations_invitation_answer", args=[row.pk])
    values = {"answer": "attending", "level": "unsaid", "name": "Embassy", "channel": "telephone", "newest": ""}
    page = client.post(address, values, follow=True).content.decode()
    act = UndoOffer.objects.get().public_id
    assert f'name="act" value="{act}"' in page
    assert said(client.post("/admin/undo/", {"act": act})) == [
        *("1 answer undone.", "The invitation is unanswered again."),
    ]
