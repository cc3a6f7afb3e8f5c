"""Actions at once, by threads that start together: which outcomes there may be, and no others."""

from collections.abc import Callable
from typing import Any

import pytest

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import answers
from delegations.portal_access.models import SignInCode
from delegations.portal_access.services import sign_in_codes
from press.embargoes.services import embargoes
from press.subscriptions import links as subscription_links
from press.subscriptions.models import Announcement, Subscriber
from press.subscriptions.services import announcements, subscribers
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.visibility import public_editions
from press.texts.services import decisions, editions
from summit.audit.models import AuditEntry
from summit.audit.services import Link
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import InvitationLinkFactory, PersonFactory, SubscriberFactory, SummitFactory
from tests.press.helpers import ago, approver, make_embargo, make_text, officer, organiser
from tests.threads import at_once, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql, pytest.mark.usefixtures("chain")]
# Two turns, since each may come out either way.
twice = pytest.mark.parametrize("turn", [1, 2])
Attempt = Callable[[], Any]


def race(*actions: Attempt) -> list[Any]:
    """Do all at once; return for each what it returned, or the name of what it raised."""
    return names(at_once(*actions))


def records(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


@twice
def test_two_links_answer_at_once_and_the_answer_is_whole(turn: int) -> None:
    first = InvitationLinkFactory()
    row, second = first.invitation, InvitationLinkFactory(invitation=first.invitation)

    def give(link: Any, value: str, name: str) -> None:
        fresh = Invitation.objects.select_related("party__summit").get(pk=row.pk)
        answers.answer(invitation=fresh, answer=value, note=name, name=name, by=Link(link.public_id))

    came = race(lambda: give(first, "attending", "Ada"), lambda: give(second, "regrets", "Bo"))
    assert came == [None, None]
    row.refresh_from_db()
    assert (row.state, row.answer, row.answered_by, row.note) in (
        ("answered", "attending", "Ada", "Ada"),
        ("answered", "regrets", "Bo", "Bo"),
    )
    assert records("delegations.answer") == 2
    last = AuditEntry.objects.filter(action="delegations.answer").order_by("-pk")[0]
    assert last.detail == {"answer": row.answer, "channel": "link"}


@twice
def test_approving_while_a_new_edition_is_saved_approves_what_was_read_or_nothing(turn: int) -> None:
    summit = SummitFactory()
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW, moment=ago(1), title="Read", body="Read.")
    writer, reviewer = officer(summit), approver(summit)
    unread = {"version": edition.version, "based_on": 1, "title": "Unread", "body": "Unread.", "by": writer}
    came = race(
        lambda: decisions.approve(edition=edition, by=reviewer),
        lambda: editions.draft(**unread).number,
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


def later(embargo: Embargo, by: User) -> Attempt:
    moment = ago(-2)
    return lambda: embargoes.set_moment(embargo=Embargo.objects.get(pk=embargo.pk), moment=moment, by=by)


@twice
def test_moving_holding_and_announcing_what_is_just_due(turn: int) -> None:
    """What is published is moved no more; a hold comes before the news or after, never between."""
    summit = SummitFactory()
    SubscriberFactory.create_batch(2, summit=summit)
    edition = make_text(summit=summit, embargo=make_embargo(summit, ago(0.001)))
    embargo, holder = edition.version.text.embargo, organiser(summit)
    came = race(
        later(embargo, officer(summit)),
        lambda: embargoes.hold(embargo=Embargo.objects.get(pk=embargo.pk), reason="Wait.", by=holder),
        announcements.announce_due,
    )
    told = Message.objects.filter(kind="publication", subject_key=f"press.edition:{edition.public_id}").count()
    announced = Announcement.objects.filter(edition=edition).count()
    assert (announced, told) in ((0, 0), (1, 2))
    # Its moment had passed before it was held, so that nobody moves it any more, whoever came first.
    assert came == [DecisionRefused.__name__, None, announced]
    embargo.refresh_from_db()
    assert embargo.held_at is not None
    assert embargo.moment < ago(0)
    assert not public_editions().filter(pk=edition.pk).exists()
    assert announcements.announce_due() == 0


def test_moving_and_announcing_what_is_still_to_come() -> None:
    summit = SummitFactory()
    SubscriberFactory(summit=summit)
    edition = make_text(summit=summit, embargo=make_embargo(summit, ago(-0.5)))
    assert race(later(edition.version.text.embargo, officer(summit)), announcements.announce_due) == [None, 0]
    assert not Announcement.objects.filter(edition=edition).exists()


def test_one_address_asked_for_by_many_gets_one_mail() -> None:
    summit = SummitFactory()
    came = race(*[lambda: subscribers.ask(summit=summit, address="a@paper.example", language="en")] * 6)
    assert sorted(came) == [False] * 5 + [True]
    assert Subscriber.objects.filter(summit=summit).count() == 1
    assert Message.objects.filter(summit=summit).count() == 1


def test_many_addresses_at_once_keep_to_the_limit() -> None:
    summit: Summit = SummitFactory()
    SubscriberFactory.create_batch(18, summit=summit, confirmed_at=None)
    actions = [
        lambda n=n: subscribers.ask(summit=summit, address=f"a{n}@paper.example", language="en") for n in range(8)
    ]
    assert sorted(race(*actions)) == [False] * 6 + [True] * 2
    assert Message.objects.count() == 2


def test_confirmed_twice_at_once_is_confirmed_once() -> None:
    row = SubscriberFactory(confirmed_at=None)
    claim = subscription_links.Claim(row, subscription_links.CONFIRM)
    assert race(*[lambda: subscribers.confirm(claim)] * 4) == [True] * 4
    assert Subscriber.objects.active().filter(pk=row.pk).exists()
    assert records("press.subscription_confirmed") == 1


@twice
def test_confirming_and_ending_at_once_end_it(turn: int) -> None:
    row = SubscriberFactory()
    came = race(
        lambda: subscribers.confirm(subscription_links.Claim(row, subscription_links.CONFIRM)),
        lambda: subscribers.end(subscription_links.Claim(row, subscription_links.END)),
    )
    assert came in ([True, True], [False, True])
    assert not Subscriber.objects.active().filter(pk=row.pk).exists()


def test_guesses_at_once_are_all_counted_and_a_code_opens_once() -> None:
    PersonFactory(email="embassy@land.example")
    row = sign_in_codes.ask(mailbox="embassy@land.example", language="en")
    right = sign_in_codes.code_of(row.nonce)
    wrong = f"{(int(right) + 1) % 10**8:08}"
    came = race(*[lambda: sign_in_codes.prove(public_id=row.public_id, code=wrong)] * 3)
    assert (came, SignInCode.objects.get(pk=row.pk).attempts) == (["CodeProblem"] * 3, 3)
    came = race(*[lambda: sign_in_codes.prove(public_id=row.public_id, code=right)] * 2)
    assert sorted(map(str, came)) == sorted(["CodeProblem", str(row)])
