"""The one table of decisions: each row works, and each that isn't there is refused and changes nothing."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from press.domain import deciding, lifts, texts
from press.domain.problems import DecisionRefused
from press.models import Edition, EditionState, Text
from press.models.decisions import BY_NAME, STATES, TABLE, LiftState, TextState
from press.permissions import DECISIONS
from summit.models import AuditEntry, User
from summit.permissions import RULES
from tests.factories import UserFactory
from tests.press.helpers import ago, make_text

pytestmark = pytest.mark.django_db
OF_EDITIONS, OF_LIFTS = frozenset(EditionState.values), frozenset(LiftState.values)

ACTS: dict[str, Callable[[Edition, User], object]] = {
    "submit": lambda edition, by: deciding.submit(edition=edition, by=by),
    "ask_changes": lambda edition, by: deciding.ask_changes(edition=edition, note="n", by=by),
    "approve": lambda edition, by: deciding.approve(edition=edition, by=by),
    "approve_alone": lambda edition, by: deciding.approve_alone(edition=edition, reason="r", by=by),
    "review_afterwards": lambda edition, by: deciding.review_afterwards(edition=edition, by=by),
    "hold": lambda edition, by: lifts.hold(lift=edition.version.text.lift, reason="r", by=by),
    "unhold": lambda edition, by: lifts.unhold(lift=edition.version.text.lift, by=by),
    "withdraw": lambda edition, by: texts.withdraw(text=edition.version.text, reason="r", by=by),
    "remove": lambda edition, by: texts.remove(text=edition.version.text, reason="r", by=by),
}


def stand(state: str) -> Edition:
    """Return an edition of a text of which something stands in a state."""
    edition = make_text(state=state if state in OF_EDITIONS else EditionState.DRAFT, held=state == LiftState.HELD)
    if state == EditionState.APPROVED:
        Edition.objects.filter(pk=edition.pk).update(emergency_reason="Nobody was there.")
    if state in (TextState.WITHDRAWN, TextState.REMOVED):
        gone: dict[str, Any] = {"withdrawn_at": ago(2), "withdrawn_by": UserFactory(), "withdrawal_reason": "r"}
        if state == TextState.REMOVED:
            gone |= {"removed_at": ago(1), "removed_by": UserFactory(), "removal_reason": "r"}
        Text.objects.filter(pk=edition.version.text_id).update(**gone)
    return Edition.objects.select_related("version__text__lift", "version__text__summit").get(pk=edition.pk)


def found(edition: Edition, about: str) -> str:
    """Return in which state an edition, its lift or its text is; `about` is a state of the one that is meant."""
    row = Edition.objects.select_related("version__text__lift").get(pk=edition.pk)
    text = row.version.text
    if about in OF_EDITIONS:
        return row.state
    if about in OF_LIFTS:
        return LiftState.HELD if text.lift.held_at else LiftState.FREE
    return TextState.REMOVED if text.removed_at else TextState.WITHDRAWN if text.withdrawn_at else TextState.STANDING


def test_every_row_and_every_state_is_known() -> None:
    assert set(BY_NAME) == set(ACTS)
    assert {state for row in TABLE for state in (*row.before, row.after)} == set(STATES)
    assert {row.rule for row in TABLE} <= RULES.keys()
    assert {name: DECISIONS[name] for name in BY_NAME} == {row.name: row.rule for row in TABLE}


KINDS = (EditionState.values, LiftState.values, TextState.values)
# Each state with each decision about what can be in it.
PAIRS = [
    (state, row.name) for states in KINDS for state, row in itertools.product(states, TABLE) if row.after in states
]


@pytest.mark.parametrize(("state", "name"), PAIRS)
def test_each_decision_in_each_state(state: str, name: str) -> None:
    row = BY_NAME[name]
    edition, by = stand(state), UserFactory(is_superuser=True)
    if state in row.before:
        ACTS[name](edition, by)
        assert found(edition, state) == row.after
    else:
        with pytest.raises(DecisionRefused):
            ACTS[name](edition, by)
        assert found(edition, state) == state
        assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["submit", "ask_changes", "approve", "approve_alone"])
def test_nothing_is_decided_about_words_that_were_withdrawn(name: str) -> None:
    edition = stand(TextState.WITHDRAWN)
    Edition.objects.filter(pk=edition.pk).update(state=EditionState.IN_REVIEW)
    with pytest.raises(DecisionRefused, match="has been withdrawn"):
        ACTS[name](edition, UserFactory(is_superuser=True))
    assert found(edition, EditionState.DRAFT) == EditionState.IN_REVIEW


def test_control_with_another_row_a_draft_is_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = stand(EditionState.DRAFT)
    monkeypatch.setitem(BY_NAME, "approve", replace(BY_NAME["approve"], before=frozenset({EditionState.DRAFT})))
    deciding.approve(edition=edition, by=UserFactory(is_superuser=True))
    assert found(edition, EditionState.DRAFT) == EditionState.APPROVED


@pytest.mark.parametrize("row", [row for row in TABLE if row.reason], ids=lambda row: row.name)
def test_what_needs_a_reason_is_refused_without(row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    without: dict[str, Callable[[Edition, User], object]] = {
        "ask_changes": lambda edition, by: deciding.ask_changes(edition=edition, note=" ", by=by),
        "approve_alone": lambda edition, by: deciding.approve_alone(edition=edition, reason=" ", by=by),
        "hold": lambda edition, by: lifts.hold(lift=edition.version.text.lift, reason=" ", by=by),
        "withdraw": lambda edition, by: texts.withdraw(text=edition.version.text, reason=" ", by=by),
        "remove": lambda edition, by: texts.remove(text=edition.version.text, reason=" ", by=by),
    }
    edition = stand(next(iter(row.before)))
    with pytest.raises(DecisionRefused, match="Say "):
        without[row.name](edition, UserFactory(is_superuser=True))
    assert not AuditEntry.objects.exists()


# --- approved alone, and reviewed afterwards ------------------------------------------------------------------------
def test_approved_alone_it_waits_for_a_second_person() -> None:
    edition = stand(EditionState.DRAFT)
    writer = edition.author
    User.objects.filter(pk=writer.pk).update(is_superuser=True)
    writer.refresh_from_db()
    deciding.approve_alone(edition=edition, reason=" The approver is on a plane. ", by=writer)
    edition.refresh_from_db()
    assert (edition.state, edition.decided_by, edition.emergency_reason, edition.afterwards_at) == (
        EditionState.APPROVED,
        writer,
        "The approver is on a plane.",
        None,
    )
    with pytest.raises(DecisionRefused, match="You wrote edition 1"):
        deciding.review_afterwards(edition=edition, by=writer)
    second = UserFactory(is_superuser=True)
    deciding.review_afterwards(edition=edition, by=second)
    assert edition.afterwards_by == second
    with pytest.raises(DecisionRefused, match="Nothing waits"):
        deciding.review_afterwards(edition=edition, by=UserFactory(is_superuser=True))


def test_who_approved_it_alone_does_not_review_it_afterwards() -> None:
    edition = stand(EditionState.DRAFT)
    by = UserFactory(is_superuser=True)
    deciding.approve_alone(edition=edition, reason="Nobody is there.", by=by)
    with pytest.raises(DecisionRefused, match="You approved it yourself"):
        deciding.review_afterwards(edition=edition, by=by)
    # The constraint holds without the domain's check, for the writer too.
    for one in (by, edition.author):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(afterwards_by=one, afterwards_at=ago(0))
