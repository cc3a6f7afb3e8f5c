from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from press.domain import deciding, editions, lifts, texts
from press.domain.problems import DecisionRefused, EditConflict
from press.models import Edition, EditionState, LiftMode, Text, TextKind, Wording
from press.models.visibility import public_editions, published_editions
from summit.db.clock import db_now
from summit.models import AuditEntry, Role
from tests.factories import SummitFactory, UserFactory
from tests.press import helpers
from tests.press.helpers import HOUR, ago, approver, make_lift, make_slot, make_text, move_to_now, officer, organiser

pytestmark = pytest.mark.django_db


def create(**kwargs: Any) -> Text:
    summit = kwargs.pop("summit", None) or SummitFactory()
    by = kwargs.pop("by", None) or officer(summit)
    values = {"kind": TextKind.STATEMENT, "title": "An opening address", "body": "Words.", "language": "en"}
    return texts.create_text(summit=summit, by=by, **(values | kwargs))


def only(text: Text) -> Edition:
    return Edition.objects.get(version__text=text)


def test_create_text_makes_all_that_a_text_needs() -> None:
    summit = SummitFactory()
    by = officer(summit)
    slot = make_slot(summit)
    text = create(summit=summit, by=by, kind=TextKind.TRANSCRIPT, wording=Wording.PREPARED, slot=slot, summary="Sum")
    edition = only(text)
    assert (text.slug, text.slot, text.lift.moment, text.lift.mode) == ("an-opening-address", slot, None, "moment")
    assert (edition.number, edition.state, edition.author, edition.summary) == (1, "draft", by, "Sum")
    assert (edition.version.language, edition.version.authoritative) == ("en", True)
    assert AuditEntry.objects.get().action == "press.create"


def test_slug_is_proposed_free_and_checked() -> None:
    summit = SummitFactory()
    assert create(summit=summit).slug == "an-opening-address"
    assert create(summit=summit).slug == "an-opening-address-2"
    assert create(summit=summit).slug == "an-opening-address-3"
    assert create(summit=summit, title="Allocution d’été à l’École").slug == "allocution-dete-a-lecole"
    assert create(summit=summit, title="خطاب").slug == "text"
    assert create(summit=summit, title="Feed").slug == "text-feed"
    assert create(summit=summit, slug="my-own").slug == "my-own"
    for slug in ("feed", "My Own", "my-own", "fr"):
        with pytest.raises(ValidationError):
            create(summit=summit, slug=slug)


def test_create_text_refuses() -> None:
    summit = SummitFactory()
    with pytest.raises(PermissionDenied, match="press officer"):
        create(summit=summit, by=approver(summit))
    with pytest.raises(ValidationError, match="another summit"):
        create(summit=summit, kind=TextKind.TRANSCRIPT, wording=Wording.NOTES, slot=make_slot(SummitFactory()))
    with pytest.raises(ValidationError, match="another summit"):
        create(summit=summit, lift=make_lift(SummitFactory(), None))
    with pytest.raises(ValidationError, match="A transcript is"):
        create(summit=summit, kind=TextKind.TRANSCRIPT)
    with pytest.raises(ValidationError, match="A transcript is"):
        create(summit=summit, wording=Wording.NOTES)
    with pytest.raises(ValidationError, match="control character"):
        create(summit=summit, body="Bell \x07")
    assert not Text.objects.exists()


def test_add_language() -> None:
    text = create()
    by = officer(text.summit)
    version = texts.add_language(text=text, language="fr", title="Discours", body="Mots.", by=by)
    assert (version.authoritative, version.editions.get().number) == (False, 1)
    with pytest.raises(DecisionRefused, match="has this language already"):
        texts.add_language(text=text, language="fr", title="Discours", body="Mots.", by=by)


def test_every_save_is_a_new_edition() -> None:
    text = create()
    version, by = text.versions.get(), officer(text.summit)
    second = editions.draft(version=version, based_on=1, title="T", body="B", change_note="N", by=by)
    assert (second.number, second.state, second.author, second.change_note) == (2, "draft", by, "N")
    assert list(version.editions.values_list("number", flat=True)) == [2, 1]


def test_second_of_two_editors_gets_the_first_ones_edition() -> None:
    text = create()
    version, first, second = text.versions.get(), officer(text.summit), officer(text.summit)
    theirs = editions.draft(version=version, based_on=1, title="Theirs", body="B", by=first)
    with pytest.raises(EditConflict, match="saved edition 2 meanwhile") as caught:
        editions.draft(version=version, based_on=1, title="Mine", body="B", by=second)
    assert caught.value.newest == theirs
    assert version.editions.count() == 2


def test_conflict_is_found_by_the_constraint_too(monkeypatch: pytest.MonkeyPatch) -> None:
    text = create()
    version, by = text.versions.get(), officer(text.summit)
    first = version.editions.get()
    theirs = editions.draft(version=version, based_on=1, title="Theirs", body="B", by=by)
    answers = iter([first, theirs])
    monkeypatch.setattr(editions, "newest", lambda _version: next(answers))
    with pytest.raises(EditConflict) as caught:
        editions.draft(version=version, based_on=1, title="Mine", body="B", by=by)
    assert caught.value.newest == theirs


def test_the_way_of_a_text() -> None:
    text = create()
    version, writer, reader = text.versions.get(), officer(text.summit), approver(text.summit)
    edition = only(text)
    deciding.submit(edition=edition, by=writer)
    assert edition.state == EditionState.IN_REVIEW
    deciding.ask_changes(edition=edition, note="Shorter", by=reader)
    assert (edition.state, edition.decision_note, edition.decided_by) == ("changes_asked", "Shorter", reader)
    second = editions.draft(version=version, based_on=1, title="T", body="B", by=writer)
    deciding.submit(edition=second, by=writer)
    deciding.approve(edition=second, by=reader)
    assert (second.state, second.decided_by) == ("approved", reader)
    said = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert said == [
        "press.create", "press.submit", "press.ask_changes", "press.draft", "press.submit", "press.approve",
    ]  # fmt: skip


def test_nobody_approves_their_own_words() -> None:
    summit = SummitFactory()
    both = officer(summit)
    both.roles.create(summit=summit, role=Role.PRESS_APPROVER)
    edition = only(create(summit=summit, by=both))
    deciding.submit(edition=edition, by=both)
    with pytest.raises(DecisionRefused, match="You wrote edition 1"):
        deciding.approve(edition=edition, by=both)
    assert Edition.objects.get().state == EditionState.IN_REVIEW
    # Control: with the domain's check passed by, the constraint still holds.
    with pytest.raises(IntegrityError):
        Edition.objects.filter(pk=edition.pk).update(state=EditionState.APPROVED, decided_by=both, decided_at=ago(1))


def test_roles_decide() -> None:
    summit = SummitFactory()
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    lift = edition.version.text.lift
    people = {"officer": officer(summit), "approver": approver(summit), "organiser": organiser(summit)}
    people["viewer"] = UserFactory.with_role(Role.VIEWER, summit)
    people["elsewhere"] = approver(SummitFactory())

    def may(act: Any) -> set[str]:
        found = set()
        for name, user in people.items():
            try:
                act(user)
            except PermissionDenied:
                continue
            except DecisionRefused:
                pass
            found.add(name)
        return found

    assert may(lambda u: deciding.submit(edition=edition, by=u)) == {"officer"}
    version = edition.version
    assert may(lambda u: editions.draft(version=version, based_on=9, title="t", body="b", by=u)) == {"officer"}
    assert may(lambda u: deciding.ask_changes(edition=edition, note="", by=u)) == {"approver"}
    assert may(lambda u: deciding.approve(edition=edition, by=u)) == {"approver"}
    assert may(lambda u: lifts.set_moment(lift=lift, moment=ago(9), by=u)) == {"officer"}
    assert may(lambda u: lifts.release_now(lift=make_lift(summit, None), by=u)) == {"officer"}
    assert may(lambda u: lifts.deliver(lift=lift, by=u)) == {"officer"}
    assert may(lambda u: lifts.hold(lift=lift, reason="r", by=u)) == {"officer", "approver", "organiser"}
    assert may(lambda u: lifts.unhold(lift=lift, by=u)) == {"officer", "approver", "organiser"}
    assert may(lambda u: texts.withdraw(text=edition.version.text, reason="r", by=u)) == {"officer", "approver"}


def test_only_the_newest_edition_is_submitted_and_no_older_one_approved_over_a_newer() -> None:
    first = make_text(state=EditionState.DRAFT)
    summit, version = first.version.text.summit, first.version
    second = helpers.add_edition(version, state=EditionState.DRAFT)
    with pytest.raises(DecisionRefused, match="Edition 2 is newer"):
        deciding.submit(edition=first, by=officer(summit))
    Edition.objects.update(state=EditionState.IN_REVIEW)
    reader, newer = (
        approver(summit),
        rf"{second.author} saved edition 2 since edition 1\. Read that one before you decide",
    )
    # Nor over one that nobody has approved yet: what it changes may be what was wrong.
    with pytest.raises(DecisionRefused, match=newer):
        deciding.approve(edition=first, by=reader)
    deciding.approve(edition=second, by=reader)
    with pytest.raises(DecisionRefused, match=newer):
        deciding.approve(edition=first, by=reader)


def test_notes_and_reasons_are_needed() -> None:
    edition = make_text(state=EditionState.IN_REVIEW)
    summit = edition.version.text.summit
    reader = approver(summit)
    with pytest.raises(DecisionRefused, match="Say what to change"):
        deciding.ask_changes(edition=edition, note="  ", by=reader)
    with pytest.raises(DecisionRefused, match="Say why it is held"):
        lifts.hold(lift=edition.version.text.lift, reason="", by=reader)
    with pytest.raises(DecisionRefused, match="Say why the text is withdrawn"):
        texts.withdraw(text=edition.version.text, reason="", by=reader)


def test_withdrawn_text_takes_no_more_decisions() -> None:
    edition = make_text(state=EditionState.IN_REVIEW, withdrawn_at=ago(1))
    text = edition.version.text
    writer, reader = officer(text.summit), approver(text.summit)
    with pytest.raises(DecisionRefused, match="has been withdrawn"):
        deciding.approve(edition=edition, by=reader)
    with pytest.raises(DecisionRefused, match="has been withdrawn"):
        editions.draft(version=edition.version, based_on=1, title="T", body="B", by=writer)
    with pytest.raises(DecisionRefused, match="has been withdrawn"):
        texts.add_language(text=text, language="fr", title="T", body="B", by=writer)
    with pytest.raises(DecisionRefused, match="withdrawn already"):
        texts.withdraw(text=text, reason="again", by=reader)


def test_moment_is_set_moved_and_taken_back() -> None:
    lift = make_text().version.text.lift
    by = officer(lift.summit)
    later = db_now() + HOUR
    lifts.set_moment(lift=lift, moment=later, by=by)
    assert (lift.moment, lift.decided_by) == (later, by)
    lifts.set_moment(lift=lift, moment=later + HOUR, by=by)
    assert lift.moment == later + HOUR
    lifts.set_moment(lift=lift, moment=None, by=by)
    assert (lift.moment, lift.decided_by) == (None, None)
    with pytest.raises(DecisionRefused, match="This moment has passed"):
        lifts.set_moment(lift=lift, moment=ago(1), by=by)


def test_published_moment_is_not_moved() -> None:
    edition = make_text(moment=ago(1))
    lift = edition.version.text.lift
    by = officer(lift.summit)
    for act in (
        lambda: lifts.set_moment(lift=lift, moment=db_now() + HOUR, by=by),
        lambda: lifts.set_moment(lift=lift, moment=None, by=by),
        lambda: lifts.release_now(lift=lift, by=by),
        lambda: lifts.wait_for_delivery(lift=lift, by=by),
    ):
        with pytest.raises(DecisionRefused, match=r"This has been published.* Hold it, or withdraw the text"):
            act()
    lifts.hold(lift=lift, reason="r", by=by)
    with pytest.raises(DecisionRefused, match="This has been published"):
        lifts.set_moment(lift=lift, moment=db_now() + HOUR, by=by)
    assert not public_editions().exists()
    lifts.unhold(lift=lift, by=by)
    assert public_editions().get().published_at == lift.moment < ago(0.5)


def test_passed_moment_of_what_was_never_read_is_moved() -> None:
    lift = make_text(state=EditionState.IN_REVIEW, moment=ago(1)).version.text.lift
    lifts.set_moment(lift=lift, moment=db_now() + HOUR, by=officer(lift.summit))
    assert lift.moment > db_now()


def test_release_now_and_delivery() -> None:
    edition = make_text()
    lift = edition.version.text.lift
    by = officer(lift.summit)
    lifts.wait_for_delivery(lift=lift, by=by)
    assert (lift.mode, lift.moment) == (LiftMode.DELIVERED, None)
    assert not public_editions().exists()
    lifts.deliver(lift=lift, by=by)
    assert public_editions().get() == edition
    with pytest.raises(DecisionRefused, match="has been marked as given"):
        lifts.deliver(lift=lift, by=by)
    other = make_text(summit=lift.summit)
    lifts.release_now(lift=other.version.text.lift, by=by)
    assert set(public_editions()) == {edition, other}


def test_unhold_after_the_moment_publishes_then_and_says_so() -> None:
    edition = make_text(moment=ago(1))
    lift = edition.version.text.lift
    lift.held_at, lift.held_by, lift.hold_reason = ago(2), UserFactory(), "wait"
    lift.save()
    before = db_now()
    lifts.unhold(lift=lift, by=officer(lift.summit))
    assert public_editions().get().published_at >= before
    with pytest.raises(DecisionRefused, match="This isn't held"):
        lifts.unhold(lift=lift, by=officer(lift.summit))


def test_withdrawn_while_held_before_its_moment_never_comes_out() -> None:
    edition = make_text(moment=ago(1))
    text = edition.version.text
    lift = text.lift
    lift.held_at, lift.held_by, lift.hold_reason = ago(2), UserFactory(), "wait"
    lift.save()
    texts.withdraw(text=text, reason="r", by=officer(text.summit))
    lifts.unhold(lift=lift, by=officer(text.summit))
    assert not public_editions().exists()


def test_of_hold_and_approval_at_once_both_stand_and_nothing_is_read() -> None:
    edition = make_text(state=EditionState.IN_REVIEW)
    lift = edition.version.text.lift
    move_to_now(lift)
    lifts.hold(lift=lift, reason="r", by=organiser(lift.summit))
    deciding.approve(edition=edition, by=approver(lift.summit))
    assert not public_editions().exists()


def test_published_editions_leave_out_what_was_replaced_before_the_moment() -> None:
    first = make_text(moment=ago(5), decided_at=ago(9))
    second = helpers.add_edition(first.version, decided_at=ago(8))
    third = helpers.add_edition(first.version, decided_at=ago(2))
    helpers.add_edition(first.version, state=EditionState.DRAFT)
    assert list(published_editions().order_by("number")) == [second, third]
    assert list(public_editions()) == [third]
    found = public_editions().get()
    lift = first.version.text.lift
    assert (found.first_published_at, found.published_at) == (lift.moment, third.decided_at)
