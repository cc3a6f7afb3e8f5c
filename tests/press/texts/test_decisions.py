"""How a text is entered, changed, approved, given a moment, held and withdrawn by the press office's services."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from press.embargoes.services import embargoes, joint_publication
from press.texts.errors import DecisionRefused, EditConflict
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.state_machine import BY_NAME, STATES, TABLE, EmbargoState, TextState
from press.texts.models.texts import Text, TextKind, Wording
from press.texts.models.visibility import public_editions, published_editions
from press.texts.permissions import DECISIONS
from press.texts.services import decisions, editions, texts
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.permissions.rules import RULES
from summit.summits.models import Summit
from summit.users.models import User
from tests.delegations.helpers import refuses
from tests.factories import SummitFactory, UserFactory
from tests.press import helpers as h
from tests.ratchets import hold, permissions

pytestmark = pytest.mark.django_db


def create(**kwargs: Any) -> Text:
    summit = kwargs.pop("summit", None) or SummitFactory()
    by = kwargs.pop("by", None) or h.officer(summit)
    values = {"kind": TextKind.STATEMENT, "title": "An opening address", "body": "Words.", "language": "en"}
    return texts.create_text(summit=summit, by=by, **(values | kwargs))


def test_slug_is_proposed_free_and_checked(summit: Summit) -> None:
    for given, slug in (
        ({}, "an-opening-address"),
        ({}, "an-opening-address-2"),
        ({"title": "Allocution d’été à l’École"}, "allocution-dete-a-lecole"),
        ({"title": "خطاب"}, "text"),
        ({"title": "Feed"}, "text-feed"),
        ({"slug": "my-own"}, "my-own"),
    ):
        assert create(summit=summit, **given).slug == slug
    for slug in ("feed", "My Own", "my-own", "fr"):
        refuses(ValidationError, create, summit=summit, slug=slug)


def test_create_text_refuses() -> None:
    summit, elsewhere = SummitFactory(), SummitFactory()
    for given, sentence in (
        ({"kind": "transcript", "wording": Wording.NOTES, "slot": h.make_slot(elsewhere)}, "another summit"),
        ({"embargo": h.make_embargo(elsewhere, None)}, "another summit"),
        ({"kind": TextKind.TRANSCRIPT}, "Choose a form for a transcript"),
        ({"wording": Wording.NOTES}, "Choose a form for a transcript"),
        ({"body": "Bell \x07"}, "control character"),
    ):
        refuses(ValidationError, create, summit=summit, match=sentence, **given)
    assert not Text.objects.exists()


def test_every_save_is_a_new_edition_and_the_second_editor_gets_the_first_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = create()
    version, by = text.versions.get(), h.officer(text.summit)
    first = version.editions.get()
    second = editions.draft(version=version, based_on=1, title="T", body="B", change_note="N", by=by)
    assert (second.number, second.state, second.author, second.change_note) == (2, "draft", by, "N")
    with pytest.raises(EditConflict, match="has saved edition 2 since") as caught:
        editions.draft(version=version, based_on=1, title="Mine", body="B", by=h.officer(text.summit))
    assert caught.value.newest == second
    # It is found by the constraint too.
    answers = iter([first, second])
    monkeypatch.setattr(editions, "newest", lambda _version: next(answers))
    with pytest.raises(EditConflict) as caught:
        editions.draft(version=version, based_on=1, title="Mine", body="B", by=by)
    assert caught.value.newest == second
    assert list(version.editions.values_list("number", flat=True)) == [2, 1]


def test_nobody_approves_their_own_words(summit: Summit) -> None:
    both = h.officer(summit)
    both.roles.create(summit=summit, role=Role.PRESS_APPROVER)
    create(summit=summit, by=both)
    edition = Edition.objects.get()
    decisions.submit(edition=edition, by=both)
    refuses(DecisionRefused, decisions.approve, edition=edition, by=both, match="You wrote edition 1")
    assert Edition.objects.get().state == EditionState.IN_REVIEW
    # Control: with the domain's check passed by, the constraint still holds.
    with pytest.raises(IntegrityError):
        Edition.objects.filter(pk=edition.pk).update(
            state=EditionState.APPROVED, decided_by=both, decided_at=h.ago(1)
        )


def test_only_the_newest_edition_is_submitted_and_no_older_one_approved_over_a_newer() -> None:
    first = h.make_text(state=EditionState.DRAFT)
    summit = first.version.text.summit
    second = h.add_edition(first.version, state=EditionState.DRAFT)
    refuses(DecisionRefused, decisions.submit, edition=first, by=h.officer(summit), match="Edition 2 is newer")
    Edition.objects.update(state=EditionState.IN_REVIEW)
    reader = h.approver(summit)
    newer = rf"{second.author} has saved edition 2 since edition 1\. Read it before you decide"
    # Nor over one that nobody has approved yet: what it changes may be what was wrong.
    for approved in (False, True):
        if approved:
            decisions.approve(edition=second, by=reader)
        refuses(DecisionRefused, decisions.approve, edition=first, by=reader, match=newer)


def test_a_withdrawn_text_gets_no_words_and_is_not_withdrawn_again() -> None:
    edition = h.make_text(state=EditionState.IN_REVIEW, withdrawn_at=h.ago(1))
    text = edition.version.text
    by, words = h.officer(text.summit), {"title": "T", "body": "B"}
    with pytest.raises(DecisionRefused, match="has been withdrawn"):
        editions.draft(version=edition.version, based_on=1, by=by, **words)
    refuses(DecisionRefused, texts.add_language, text=text, language="fr", by=by, match="has been withdrawn", **words)
    refuses(DecisionRefused, texts.withdraw, text=text, reason="again", by=by, match="already withdrawn")


def test_moment_is_set_moved_and_taken_back() -> None:
    embargo = h.make_text().version.text.embargo
    by = h.officer(embargo.summit)
    later = db_now() + h.HOUR
    for moment in (later, later + h.HOUR, None):
        embargoes.set_moment(embargo=embargo, moment=moment, by=by)
        assert (embargo.moment, embargo.decided_by) == (moment, by if moment else None)
    with pytest.raises(DecisionRefused, match="This time has passed"):
        embargoes.set_moment(embargo=embargo, moment=h.ago(1), by=by)


def test_published_moment_is_not_moved() -> None:
    embargo = h.make_text(moment=h.ago(1)).version.text.embargo
    by = h.officer(embargo.summit)
    for act in (
        lambda: embargoes.set_moment(embargo=embargo, moment=db_now() + h.HOUR, by=by),
        lambda: embargoes.set_moment(embargo=embargo, moment=None, by=by),
        lambda: embargoes.release_now(embargo=embargo, by=by),
        lambda: embargoes.wait_for_delivery(embargo=embargo, by=by),
    ):
        refuses(DecisionRefused, act, match=r"This is already published.* Put it on hold or withdraw the text")
    embargoes.hold(embargo=embargo, reason="r", by=by)
    with pytest.raises(DecisionRefused, match="This is already published"):
        embargoes.set_moment(embargo=embargo, moment=db_now() + h.HOUR, by=by)
    assert not public_editions().exists()
    embargoes.unhold(embargo=embargo, by=by)
    assert public_editions().get().published_at == embargo.moment < h.ago(0.5)


def test_passed_moment_of_what_was_never_read_is_moved() -> None:
    embargo = h.make_text(state=EditionState.IN_REVIEW, moment=h.ago(1)).version.text.embargo
    embargoes.set_moment(embargo=embargo, moment=db_now() + h.HOUR, by=h.officer(embargo.summit))
    assert embargo.moment > db_now()


def test_release_now_and_delivery() -> None:
    edition = h.make_text()
    embargo = edition.version.text.embargo
    by = h.officer(embargo.summit)
    embargoes.wait_for_delivery(embargo=embargo, by=by)
    assert (embargo.mode, embargo.moment) == (EmbargoMode.DELIVERED, None)
    assert not public_editions().exists()
    embargoes.deliver(embargo=embargo, by=by)
    assert public_editions().get() == edition
    refuses(DecisionRefused, embargoes.deliver, embargo=embargo, by=by, match="already marked as delivered")
    other = h.make_text(summit=embargo.summit)
    embargoes.release_now(embargo=other.version.text.embargo, by=by)
    assert set(public_editions()) == {edition, other}


def test_what_was_held_before_its_moment_comes_out_when_the_hold_is_released_unless_it_was_withdrawn(
    summit: Summit,
) -> None:
    kept, withdrawn = (h.make_text(summit=summit, moment=h.ago(1), held=True) for _number in range(2))
    Embargo.objects.update(held_at=h.ago(2))
    by, before = h.officer(summit), db_now()
    texts.withdraw(text=withdrawn.version.text, reason="r", by=by)
    for edition in (kept, withdrawn):
        embargoes.unhold(embargo=edition.version.text.embargo, by=by)
    found = public_editions().get()
    assert (found, found.published_at >= before) == (kept, True)
    refuses(DecisionRefused, embargoes.unhold, embargo=kept.version.text.embargo, by=by, match="This is not on hold")


def test_what_is_held_and_approved_is_not_read() -> None:
    edition = h.make_text(state=EditionState.IN_REVIEW)
    embargo = edition.version.text.embargo
    h.move_to_now(embargo)
    embargoes.hold(embargo=embargo, reason="r", by=h.organiser(embargo.summit))
    decisions.approve(edition=edition, by=h.approver(embargo.summit))
    assert not public_editions().exists()


def test_published_editions_leave_out_what_was_replaced_before_the_moment() -> None:
    first = h.make_text(moment=h.ago(5), decided_at=h.ago(9))
    second = h.add_edition(first.version, decided_at=h.ago(8))
    third = h.add_edition(first.version, decided_at=h.ago(2))
    h.add_edition(first.version, state=EditionState.DRAFT)
    assert list(published_editions().order_by("number")) == [second, third]
    found = public_editions().get()
    assert found == third
    assert (found.first_published_at, found.published_at) == (first.version.text.embargo.moment, third.decided_at)


def test_approving_and_publishing_keeps_what_others_planned(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    by = h.approver(summit)
    planned = [
        {"embargo": h.make_embargo(summit, h.ago(-1))},
        {"embargo": h.make_embargo(summit, None, mode=EmbargoMode.DELIVERED)},
        {"embargo": h.make_embargo(summit, None, tied=True)},
        {"held": True},
    ]
    for values in planned:
        edition = h.make_text(summit=summit, state=EditionState.IN_REVIEW, **values)
        before = Embargo.objects.filter(texts=edition.version.text).values().get()
        with pytest.raises(DecisionRefused, match="Someone has scheduled this text"):
            embargoes.approve_and_publish(edition=edition, note="", by=by)
        edition.refresh_from_db()
        assert edition.state == EditionState.IN_REVIEW
        assert Embargo.objects.filter(texts=edition.version.text).values().get() == before
    # The control: without the check the hour of the first is lost.
    monkeypatch.setattr(embargoes, "is_planned", lambda _embargo: False)
    early = Edition.objects.get(version__text__embargo=planned[0]["embargo"])
    embargoes.approve_and_publish(edition=early, note="", by=by)
    assert public_editions().get() == early


def test_approving_and_publishing_needs_a_second_person_and_is_one_step(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = h.make_text(summit=summit, state=EditionState.IN_REVIEW)
    edition.author.roles.create(summit=summit, role=Role.PRESS_APPROVER)
    with pytest.raises(DecisionRefused, match="Another press approver must approve it"):
        embargoes.approve_and_publish(edition=edition, note="", by=edition.author)
    assert not public_editions().exists()

    def fails(**_values: Any) -> None:
        raise DecisionRefused

    # What can't be published isn't approved either; the control: without the transaction it is.
    monkeypatch.setattr(embargoes, "release_now", fails)
    for block, state in ((embargoes.transaction, "in_review"), (SimpleNamespace(atomic=nullcontext), "approved")):
        monkeypatch.setattr(embargoes, "transaction", block)
        refuses(DecisionRefused, embargoes.approve_and_publish, edition=edition, note="", by=h.approver(summit))
        edition.refresh_from_db()
        assert edition.state == state


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
    edition = h.make_text(
        state=state if state in OF_EDITIONS else EditionState.DRAFT, held=state == EmbargoState.HELD
    )
    if state == EditionState.APPROVED:
        Edition.objects.filter(pk=edition.pk).update(emergency_reason="Nobody was there.")
    if state in (TextState.WITHDRAWN, TextState.REMOVED):
        gone: dict[str, Any] = {"withdrawn_at": h.ago(2), "withdrawn_by": UserFactory(), "withdrawal_reason": "r"}
        if state == TextState.REMOVED:
            gone |= {"removed_at": h.ago(1), "removed_by": UserFactory(), "removal_reason": "r"}
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
                refuses(DecisionRefused, ACTS[row.name], edition, by, " ", match="Enter ")
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
    refuses(DecisionRefused, decisions.review_afterwards, edition=edition, by=writer, match="You wrote edition 1")
    second = UserFactory(is_superuser=True)
    decisions.review_afterwards(edition=edition, by=second)
    assert edition.afterwards_by == second
    with pytest.raises(DecisionRefused, match="Nothing is waiting"):
        decisions.review_afterwards(edition=edition, by=UserFactory(is_superuser=True))


def test_who_approved_it_alone_does_not_review_it_afterwards() -> None:
    edition, by = stand(EditionState.DRAFT), UserFactory(is_superuser=True)
    decisions.approve_alone(edition=edition, reason="Nobody is there.", by=by)
    refuses(DecisionRefused, decisions.review_afterwards, edition=edition, by=by, match="You approved it yourself")
    # The constraint holds without the domain's check, for the writer too.
    for one in (by, edition.author):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(afterwards_by=one, afterwards_at=h.ago(0))


OFFICER, PRESS = {"press_officer"}, {"press_officer", "press_approver"}
EVERYBODY = {"organiser", *PRESS}
EXPECTED: dict[str, set[str]] = {
    "press.text.view": EVERYBODY,
    "press.text.change": OFFICER,
    "press.topic.view": EVERYBODY,
    "press.topic.change": OFFICER,
    "press.subscriber.view": {"organiser", *OFFICER},
    "press.subscriber.change": set(),
    "press.announcement.view": EVERYBODY,
    "press.announcement.change": set(),
    "press.speechimportfile.view": EVERYBODY,
    "press.speechimportfile.change": set(),
    "press.write": OFFICER,
    "press.schedule": PRESS,
    "press.review": {"press_approver"},
    "press.approve_alone": PRESS,
    "press.withdraw": PRESS,
    "press.hold": EVERYBODY,
    "press.remove": {"organiser", "press_approver"},
}


def test_the_table() -> None:
    hold(permissions(("press.",), EXPECTED, {}, f"{__file__} EXPECTED"))
    # What each decision about a text needs.
    assert {DECISIONS[name] for name in ("hold", "unhold")} == {"press.hold"}
    assert {DECISIONS[name] for name in ("ask_changes", "approve", "review_afterwards")} == {"press.review"}
    assert {DECISIONS[name] for name in ("set_moment", "deliver", "tie", "untie")} == {"press.schedule"}
    assert DECISIONS["submit"] == "press.write"
    alone = ("approve_alone", "withdraw", "remove")
    assert [DECISIONS[name] for name in alone] == [f"press.{name}" for name in alone]


@pytest.mark.django_db
def test_each_service_refuses_the_nearest_who_may_not(summit: Summit) -> None:
    """Who may is tried where each service is; nothing is written here."""
    edition = h.make_text(summit=summit, state=EditionState.IN_REVIEW)
    version, text, embargo = edition.version, edition.version.text, edition.version.text.embargo
    words = {"title": "T", "body": "B"}
    by_officer, by_approver, by_organiser = h.officer(summit), h.approver(summit), h.organiser(summit)
    viewer = UserFactory.with_role(Role.VIEWER, summit)
    refused = [
        lambda: texts.create_text(summit=summit, kind="statement", language="en", by=by_approver, **words),
        lambda: texts.add_language(text=text, language="fr", by=by_approver, **words),
        lambda: editions.draft(version=version, based_on=1, by=by_approver, **words),
        lambda: decisions.submit(edition=edition, by=by_approver),
        lambda: decisions.ask_changes(edition=edition, note="n", by=by_officer),
        lambda: decisions.approve(edition=edition, by=by_officer),
        lambda: decisions.approve(edition=edition, by=h.approver(SummitFactory())),
        lambda: decisions.approve_alone(edition=edition, reason="r", by=by_organiser),
        lambda: decisions.review_afterwards(edition=edition, by=by_officer),
        lambda: embargoes.set_moment(embargo=embargo, moment=None, by=by_organiser),
        lambda: embargoes.release_now(embargo=embargo, by=by_organiser),
        lambda: embargoes.approve_and_publish(edition=edition, note="", by=by_officer),
        lambda: embargoes.wait_for_delivery(embargo=embargo, by=by_organiser),
        lambda: embargoes.deliver(embargo=embargo, by=by_organiser),
        lambda: embargoes.hold(embargo=embargo, reason="r", by=viewer),
        lambda: embargoes.unhold(embargo=embargo, by=viewer),
        lambda: texts.withdraw(text=text, reason="r", by=by_organiser),
        lambda: texts.remove(text=text, reason="r", by=by_officer),
        lambda: texts.describe(text=text, by=by_approver, topics=[], people=[]),
        lambda: joint_publication.tie(text=text, to=h.make_text(summit=summit).version.text, by=by_organiser),
        lambda: joint_publication.untie(text=text, by=by_organiser),
    ]
    for act in refused:
        refuses(PermissionDenied, act, match="Roles that can do this")
    assert (Text.objects.filter(summit=summit).count(), Edition.objects.filter(version=version).count()) == (2, 1)
    assert not AuditEntry.objects.exists()
