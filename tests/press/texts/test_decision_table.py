"""The one table of decisions: each row works, and each that isn't there is refused and changes nothing."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from press.embargoes.services import embargoes
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition, EditionState
from press.texts.models.state_machine import BY_NAME, STATES, TABLE, EmbargoState, TextState
from press.texts.models.texts import Text
from press.texts.services import decisions, texts
from summit.audit.models import AuditEntry
from summit.permissions.rules import RULES
from summit.users.models import User
from tests.factories import UserFactory
from tests.press.helpers import ago, make_text

pytestmark = pytest.mark.django_db
OF_EDITIONS, OF_EMBARGOES = frozenset(EditionState.values), frozenset(EmbargoState.values)

# Each takes the note or reason last.
ACTS: dict[str, Callable[[Edition, User, str], object]] = {
    "submit": lambda edition, by, _: decisions.submit(edition=edition, by=by),
    "ask_changes": lambda edition, by, note: decisions.ask_changes(edition=edition, note=note, by=by),
    "approve": lambda edition, by, _: decisions.approve(edition=edition, by=by),
    "approve_alone": lambda edition, by, why: decisions.approve_alone(edition=edition, reason=why, by=by),
    "review_afterwards": lambda edition, by, _: decisions.review_afterwards(edition=edition, by=by),
    "hold": lambda edition, by, why: embargoes.hold(embargo=edition.version.text.embargo, reason=why, by=by),
    "unhold": lambda edition, by, _: embargoes.unhold(embargo=edition.version.text.embargo, by=by),
    "withdraw": lambda edition, by, why: texts.withdraw(text=edition.version.text, reason=why, by=by),
    "remove": lambda edition, by, why: texts.remove(text=edition.version.text, reason=why, by=by),
}


def stand(state: str) -> Edition:
    """Return an edition of a text of which something stands in a state."""
    edition = make_text(state=state if state in OF_EDITIONS else EditionState.DRAFT, held=state == EmbargoState.HELD)
    if state == EditionState.APPROVED:
        Edition.objects.filter(pk=edition.pk).update(emergency_reason="Nobody was there.")
    if state in (TextState.WITHDRAWN, TextState.REMOVED):
        gone: dict[str, Any] = {"withdrawn_at": ago(2), "withdrawn_by": UserFactory(), "withdrawal_reason": "r"}
        if state == TextState.REMOVED:
            gone |= {"removed_at": ago(1), "removed_by": UserFactory(), "removal_reason": "r"}
        Text.objects.filter(pk=edition.version.text_id).update(**gone)
    return Edition.objects.select_related("version__text__embargo", "version__text__summit").get(pk=edition.pk)


def found(edition: Edition, about: str) -> str:
    """Return in which state an edition, its embargo or its text is; `about` is a state of the one that is meant."""
    row = Edition.objects.select_related("version__text__embargo").get(pk=edition.pk)
    text = row.version.text
    if about in OF_EDITIONS:
        return row.state
    if about in OF_EMBARGOES:
        return EmbargoState.HELD if text.embargo.held_at else EmbargoState.FREE
    return TextState.REMOVED if text.removed_at else TextState.WITHDRAWN if text.withdrawn_at else TextState.STANDING


def test_every_row_and_every_state_is_known() -> None:
    assert set(BY_NAME) == set(ACTS)
    assert {state for row in TABLE for state in (*row.before, row.after)} == set(STATES)
    assert {row.permission for row in TABLE} <= RULES.keys()


def test_each_decision_in_each_state() -> None:
    by = UserFactory(is_superuser=True)
    for states in (EditionState.values, EmbargoState.values, TextState.values):
        for state, row in ((state, row) for state in states for row in TABLE if row.after in states):
            edition, before = stand(state), AuditEntry.objects.count()
            allowed = state in row.before
            if allowed and row.reason:
                with pytest.raises(DecisionRefused, match="Enter "):
                    ACTS[row.name](edition, by, " ")
            with nullcontext() if allowed else pytest.raises(DecisionRefused):
                ACTS[row.name](edition, by, "Why.")
            assert found(edition, state) == (row.after if allowed else state), (state, row.name)
            assert AuditEntry.objects.count() - before == int(allowed), (state, row.name)


def test_nothing_is_decided_about_words_that_were_withdrawn() -> None:
    for name in ("submit", "ask_changes", "approve", "approve_alone"):
        edition = stand(TextState.WITHDRAWN)
        Edition.objects.filter(pk=edition.pk).update(state=EditionState.IN_REVIEW)
        with pytest.raises(DecisionRefused, match="has been withdrawn"):
            ACTS[name](edition, UserFactory(is_superuser=True), "Why.")
        assert found(edition, EditionState.DRAFT) == EditionState.IN_REVIEW


def test_control_with_another_row_a_draft_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = stand(EditionState.DRAFT)
    monkeypatch.setitem(BY_NAME, "approve", replace(BY_NAME["approve"], before=frozenset({EditionState.DRAFT})))
    decisions.approve(edition=edition, by=UserFactory(is_superuser=True))
    assert found(edition, EditionState.DRAFT) == EditionState.APPROVED


def test_approved_alone_it_waits_for_a_second_person() -> None:
    edition = stand(EditionState.DRAFT)
    writer = edition.author
    User.objects.filter(pk=writer.pk).update(is_superuser=True)
    writer.refresh_from_db()
    decisions.approve_alone(edition=edition, reason=" The approver is on a plane. ", by=writer)
    edition.refresh_from_db()
    assert (edition.state, edition.decided_by) == (EditionState.APPROVED, writer)
    assert (edition.emergency_reason, edition.afterwards_at) == ("The approver is on a plane.", None)
    with pytest.raises(DecisionRefused, match="You wrote edition 1"):
        decisions.review_afterwards(edition=edition, by=writer)
    second = UserFactory(is_superuser=True)
    decisions.review_afterwards(edition=edition, by=second)
    assert edition.afterwards_by == second
    with pytest.raises(DecisionRefused, match="Nothing is waiting"):
        decisions.review_afterwards(edition=edition, by=UserFactory(is_superuser=True))


def test_who_approved_it_alone_does_not_review_it_afterwards() -> None:
    edition, by = stand(EditionState.DRAFT), UserFactory(is_superuser=True)
    decisions.approve_alone(edition=edition, reason="Nobody is there.", by=by)
    with pytest.raises(DecisionRefused, match="You approved it yourself"):
        decisions.review_afterwards(edition=edition, by=by)
    # The constraint holds without the domain's check, for the writer too.
    for one in (by, edition.author):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(afterwards_by=one, afterwards_at=ago(0))
