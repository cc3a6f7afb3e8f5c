"""Deeds at once, by threads that start together: which outcomes there may be, and no others."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from delegations.domain import answers, codes
from delegations.models import Invitation, SignInCode
from press.domain import announce, deciding, editions, lifts, subscribers
from press.domain.problems import DecisionRefused, EditConflict
from press.models import Announcement, Edition, EditionState, Lift, Subscriber
from press.models.visibility import public_editions
from sessions.domain import edits, releases
from sessions.models import ReleasedSession, Session
from summit.domain.audit import Link
from summit.models import AuditChain, AuditEntry, Summit, User
from summit.outbox.models import Message
from tests.factories import (
    InvitationLinkFactory,
    PersonFactory,
    SessionFactory,
    SubscriberFactory,
    SummitFactory,
    UserFactory,
)
from tests.press.helpers import ago, approver, make_lift, make_text, officer, organiser
from tests.threads import at_once, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
ROUNDS = 2
Deed = Callable[[], Any]


@pytest.fixture(autouse=True)
def chain(transactional_db: None) -> Iterator[None]:
    """Put back the row that a migration made and a transactional test's flush takes away."""
    AuditChain.objects.get_or_create(pk=1)
    yield
    AuditChain.objects.get_or_create(pk=1)


def race(*deeds: Deed) -> list[Any]:
    """Do all at once; return for each what it returned, or the name of what it raised."""
    return names(at_once(*deeds))


def records(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def test_two_links_answer_at_once_and_the_answer_is_whole() -> None:
    for _ in range(ROUNDS):
        first = InvitationLinkFactory()
        second = InvitationLinkFactory(invitation=first.invitation)
        row = first.invitation
        before = records("delegations.answer")

        def give(link: Any, value: str, name: str, row: Invitation = row) -> None:
            fresh = Invitation.objects.select_related("party__summit").get(pk=row.pk)
            answers.answer(invitation=fresh, answer=value, note=name, name=name, by=Link(link.public_id))

        came = race(
            lambda first=first, give=give: give(first, "attending", "Ada"),
            lambda second=second, give=give: give(second, "regrets", "Bo"),
        )
        assert came == [None, None]
        row.refresh_from_db()
        assert (row.state, row.answer, row.answered_by, row.note) in (
            ("answered", "attending", "Ada", "Ada"),
            ("answered", "regrets", "Bo", "Bo"),
        )
        assert records("delegations.answer") - before == 2
        last = AuditEntry.objects.filter(action="delegations.answer").order_by("-pk")[0]
        assert last.detail == {"answer": row.answer, "channel": "link"}


def test_approving_while_a_new_edition_is_saved_approves_what_was_read_or_nothing() -> None:
    for _ in range(ROUNDS):
        summit = SummitFactory()
        edition = make_text(summit=summit, state=EditionState.IN_REVIEW, moment=ago(1), title="Read", body="Read.")
        writer, reviewer = officer(summit), approver(summit)
        came = race(
            lambda edition=edition, by=reviewer: deciding.approve(edition=edition, by=by),
            lambda edition=edition, by=writer: (
                editions.draft(version=edition.version, based_on=1, title="Unread", body="Unread.", by=by).number
            ),
        )
        # Whoever comes second to a newer edition is told of it, and approves nothing.
        assert came in ([None, 2], [DecisionRefused.__name__, 2])
        first = came[0] is None
        rows = Edition.objects.filter(version=edition.version).order_by("number")
        assert list(rows.values_list("number", "state", "body")) == [
            (1, "approved" if first else "in_review", "Read."),
            (2, "draft", "Unread."),
        ]
        assert [row.body for row in public_editions().filter(version=edition.version)] == ["Read."] * first


def test_two_save_upon_the_same_edition_and_one_is_told() -> None:
    summit = SummitFactory()
    edition = make_text(summit=summit, state=EditionState.DRAFT)

    def save(by: User) -> int:
        return editions.draft(version=edition.version, based_on=1, title="T", body=f"By {by.pk}.", by=by).number

    came = race(*(lambda by=by: save(by) for by in (officer(summit), officer(summit))))
    assert sorted(map(str, came)) == ["2", EditConflict.__name__]
    assert Edition.objects.filter(version=edition.version).count() == 2


def test_two_decide_at_once_and_the_first_wins() -> None:
    for _ in range(ROUNDS):
        summit = SummitFactory()
        edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
        one, other = approver(summit), approver(summit)
        came = race(
            lambda edition=edition, by=one: deciding.approve(edition=edition, by=by),
            lambda edition=edition, by=other: deciding.ask_changes(edition=edition, note="Shorter.", by=by),
        )
        edition.refresh_from_db()
        refused = DecisionRefused.__name__
        assert (came, edition.state) in (([None, refused], "approved"), ([refused, None], "changes_asked"))


def later(lift: Lift, by: User) -> Deed:
    moment = ago(-2)
    return lambda: lifts.set_moment(lift=Lift.objects.get(pk=lift.pk), moment=moment, by=by)


def test_moving_holding_and_announcing_what_is_just_due() -> None:
    """What is published is moved no more; a hold comes before the news or after, never between."""
    for _ in range(ROUNDS):
        summit = SummitFactory()
        SubscriberFactory.create_batch(2, summit=summit)
        edition = make_text(summit=summit, lift=make_lift(summit, ago(0.001)))
        lift, by, holder = edition.version.text.lift, officer(summit), organiser(summit)
        came = race(
            later(lift, by),
            lambda lift=lift, by=holder: lifts.hold(lift=Lift.objects.get(pk=lift.pk), reason="Wait.", by=by),
            announce.announce_due,
        )
        told = Message.objects.filter(kind="publication", subject_key=f"press.edition:{edition.public_id}").count()
        announced = Announcement.objects.filter(edition=edition).count()
        assert (announced, told) in ((0, 0), (1, 2))
        assert came[1] is None
        assert came[2] == announced
        lift.refresh_from_db()
        assert lift.held_at is not None
        assert not public_editions().filter(pk=edition.pk).exists()
        # Its moment had passed before it was held, so that nobody moves it any more, whoever came first.
        assert came[0] == DecisionRefused.__name__
        assert lift.moment < ago(0)
        assert announce.announce_due() == 0


def test_moving_and_announcing_what_is_just_due() -> None:
    summit = SummitFactory()
    SubscriberFactory.create_batch(2, summit=summit)
    edition = make_text(summit=summit, lift=make_lift(summit, ago(0.001)))
    came = race(later(edition.version.text.lift, officer(summit)), announce.announce_due, announce.announce_due)
    assert came[0] == DecisionRefused.__name__
    assert sorted(came[1:]) == [0, 1]
    assert Message.objects.filter(subject_key=f"press.edition:{edition.public_id}").count() == 2


def test_moving_and_announcing_what_is_still_to_come() -> None:
    summit = SummitFactory()
    SubscriberFactory(summit=summit)
    edition = make_text(summit=summit, lift=make_lift(summit, ago(-0.5)))
    assert race(later(edition.version.text.lift, officer(summit)), announce.announce_due) == [None, 0]
    assert not Announcement.objects.filter(edition=edition).exists()


def test_a_release_has_an_edit_whole_or_not_at_all() -> None:
    for _ in range(ROUNDS):
        summit = SummitFactory()
        by = organiser(summit)
        row = SessionFactory(summit=summit, visibility="public")
        old = (row.starts_at, row.ends_at)
        new = (row.starts_at + timedelta(hours=3), row.ends_at + timedelta(hours=5))
        came = race(
            lambda summit=summit, by=by: releases.release(summit=summit, by=by).number,
            lambda row=row, by=by, new=new: (
                edits.move(
                    session=Session.objects.get(pk=row.pk), starts_at=new[0], ends_at=new[1], room=None, by=by
                ).pk
            ),
        )
        assert came == [1, row.pk]
        released = ReleasedSession.objects.get(session=row)
        assert (released.starts_at, released.ends_at) in (old, new)
        row.refresh_from_db()
        assert (row.starts_at, row.ends_at) == new
        assert len(releases.standing(summit=summit).changes) == int(released.starts_at == old[0])


def test_what_was_previewed_is_what_is_released_or_nothing() -> None:
    for _ in range(ROUNDS):
        summit = SummitFactory()
        by = organiser(summit)
        row = SessionFactory(summit=summit, visibility="public")
        digest = releases.preview(summit=summit).digest
        came = race(
            lambda summit=summit, by=by, digest=digest: (
                releases.release(summit=summit, by=by, expected=digest).number
            ),
            lambda row=row, by=by: edits.cancel(session=Session.objects.get(pk=row.pk), by=by),
        )
        assert came in ([1, True], ["DraftChanged", True], ["NothingToRelease", True])
        assert ReleasedSession.objects.filter(session=row).count() == int(came[0] == 1)


def test_one_address_asked_for_by_many_gets_one_mail() -> None:
    summit = SummitFactory()
    came = race(*[lambda: subscribers.ask(summit=summit, address="a@paper.example", language="en")] * 6)
    assert sorted(came) == [False] * 5 + [True]
    assert Subscriber.objects.filter(summit=summit).count() == 1
    assert Message.objects.filter(summit=summit).count() == 1


def test_many_addresses_at_once_keep_to_the_limit() -> None:
    summit: Summit = SummitFactory()
    SubscriberFactory.create_batch(18, summit=summit, confirmed_at=None)
    deeds = [
        lambda n=n: subscribers.ask(summit=summit, address=f"a{n}@paper.example", language="en") for n in range(8)
    ]
    assert sorted(race(*deeds)) == [False] * 6 + [True] * 2
    assert Message.objects.count() == 2


def test_confirmed_twice_at_once_is_confirmed_once() -> None:
    row = SubscriberFactory(confirmed_at=None)
    claim = subscribers.Claim(row, subscribers.CONFIRM)
    assert race(*[lambda: subscribers.confirm(claim)] * 4) == [True] * 4
    assert Subscriber.objects.active().filter(pk=row.pk).exists()
    assert records("press.subscription_confirmed") == 1


def test_confirming_and_ending_at_once_end_it() -> None:
    for _ in range(ROUNDS):
        row = SubscriberFactory()
        came = race(
            lambda row=row: subscribers.confirm(subscribers.Claim(row, subscribers.CONFIRM)),
            lambda row=row: subscribers.end(subscribers.Claim(row, subscribers.END)),
        )
        assert came in ([True, True], [False, True])
        assert not Subscriber.objects.active().filter(pk=row.pk).exists()


def test_accounts_of_others_stay_out() -> None:
    """What one may not do isn't done either while somebody who may does the same."""
    summit = SummitFactory()
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    stranger, reviewer = UserFactory(), approver(summit)
    came = race(
        lambda: deciding.approve(edition=edition, by=stranger), lambda: deciding.approve(edition=edition, by=reviewer)
    )
    edition.refresh_from_db()
    assert (came, edition.decided_by) == (["PermissionDenied", None], reviewer)


def test_guesses_at_once_are_all_counted_and_a_code_opens_once() -> None:
    PersonFactory(email="embassy@land.example")
    row = codes.ask(mailbox="embassy@land.example", language="en")
    right = codes.code_of(row.nonce)
    wrong = f"{(int(right) + 1) % 10**8:08}"
    came = race(*[lambda: codes.prove(public_id=row.public_id, code=wrong)] * 3)
    assert (came, SignInCode.objects.get(pk=row.pk).attempts) == (["CodeProblem"] * 3, 3)
    came = race(*[lambda: codes.prove(public_id=row.public_id, code=right)] * 2)
    assert sorted(map(str, came)) == sorted(["CodeProblem", str(row)])
