"""Actions at once, by threads that start together: which outcomes there may be, and no others."""

from collections.abc import Callable
from typing import Any

import pytest

from delegations.imports.services import importer
from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import answers
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.models.quotas import Quota
from delegations.members.selectors import quotas as quotas_selectors
from delegations.members.services import quotas, registration
from delegations.parties.models.parties import Party
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
from summit.api_base import etags, idempotency, token_services
from summit.api_base.models.answers import IdempotencyRecord
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM, Link
from summit.imports.table_parsing import read
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f
from tests.factories import (
    InvitationLinkFactory,
    PersonFactory,
    RoomFactory,
    SubscriberFactory,
    SummitFactory,
    UserFactory,
)
from tests.press.helpers import ago, approver, make_embargo, make_text, officer, organiser
from tests.summit.api.conftest import Program
from tests.threads import at_once, meet_after, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

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
    came = race(lambda: decisions.approve(edition=edition, by=reviewer), lambda: editions.draft(**unread).number)
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


Way = Callable[[Party, User], Any]


def _page(name: str) -> Way:

    def create(party: Party, by: User) -> str:
        chosen = Category.objects.of(party.summit)["delegate"]
        values = {"name": name, "office": "Envoy", "language": "en"}
        registration.create_and_name(party=party, values=values, category=chosen, by=_link(party))
        return "named"

    return create


def _table(name: str, *, of_a_desk: bool) -> Way:
    """A focal point reads somebody in from a table, or a desk from a table of all parties."""
    rows = f"delegation,name,category\nAland,{name},delegate\n"
    table = read(filename="people.csv", content=rows.encode())

    def create(party: Party, by: User) -> str:
        whose: dict[str, Any] = {"by": SYSTEM} if of_a_desk else {"by": _link(party), "party": party}
        report = importer.read_in(summit=party.summit, table=table, **whose)
        return "named" if report.lines[0].outcome == "new" else "QuotaFull"

    return create


def lower(party: Party, by: User) -> str:
    chosen = Category.objects.of(party.summit)["delegate"]
    quotas.set_quota(party=party, category=chosen, number=0, reason="The hall is small.", by=by)
    return "lowered"


def _link(party: Party) -> Link:
    return Link(party.invitations.get().links.get().public_id)


def race_for_the_last_place(monkeypatch: pytest.MonkeyPatch, *ways: Way) -> tuple[list[Any], int, int]:
    """Go all ways at once; return what came of each, how many are named, and how many may be."""
    party = f.PartyFactory(name="Aland")
    f.InvitationLinkFactory(invitation__party=party)
    chosen = Category.objects.of(party.summit)["delegate"]
    Category.objects.filter(pk=chosen.pk).update(quota=1)
    by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
    # Each has found the place free before any takes it, unless one waits for the other.
    meet_after(monkeypatch, quotas_selectors, "meters_of")
    came = race(*(lambda way=way: way(Party.objects.get(pk=party.pk), by) for way in ways))
    own = Quota.objects.filter(party=party, category=chosen).values_list("number", flat=True).first()
    return came, Membership.objects.filter(party=party).count(), 1 if own is None else own


PAGE, OF_THE_PARTY, OF_A_DESK = (
    _page("Ada Example"),
    _table("Cai Example", of_a_desk=False),
    _table("Dee Example", of_a_desk=True),
)
PAIRS = {
    "two pages": (PAGE, _page("Bea Bright")),
    "a page and a table of the delegation": (PAGE, OF_THE_PARTY),
    "a page and a table of a desk": (PAGE, OF_A_DESK),
    "two tables": (OF_THE_PARTY, OF_A_DESK),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_exactly_one_gets_the_last_place(monkeypatch: pytest.MonkeyPatch, pair: str) -> None:
    came, named, _allowed = race_for_the_last_place(monkeypatch, *PAIRS[pair])
    assert (sorted(came), named) == (["QuotaFull", "named"], 1)


def test_a_place_is_taken_or_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    came, named, allowed = race_for_the_last_place(monkeypatch, PAGE, lower)
    assert (came, named, allowed) in ((["named", "QuotaProblem"], 1, 1), (["QuotaFull", "lowered"], 0, 0))


def _unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delegations.members.services.members._lock", lambda party: None)
    monkeypatch.setattr(importer, "lock", lambda summit, party: None)


@pytest.mark.parametrize("pair", PAIRS)
def test_control_without_the_lock_both_get_it(monkeypatch: pytest.MonkeyPatch, pair: str) -> None:
    _unlocked(monkeypatch)
    came, named, _allowed = race_for_the_last_place(monkeypatch, *PAIRS[pair])
    assert (came, named) == (["named", "named"], 2)


def test_control_without_the_lock_a_place_is_taken_that_was_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    _unlocked(monkeypatch)
    assert race_for_the_last_place(monkeypatch, PAGE, lower) == (["named", "lowered"], 1, 0)


PATH = "summits/here/desk/rooms/"


@pytest.fixture
def room() -> Room:
    return RoomFactory(venue__summit=SummitFactory(slug="here"), name="Hall")


@pytest.fixture
def asks(room: Room) -> Program:
    user = UserFactory.with_role(Role.ORGANISER, room.venue.summit)
    return Program(user, token_services.make(by=user, name="Registry", scopes=["rooms:write"]).secret)


def changes_at_once(asks: Program, room: Room) -> list[int]:
    """Two change the same room as both have read it."""
    path = f"{PATH}{room.public_id}/"
    etag = asks.get(path)["ETag"]

    def change(seats: int) -> int:
        return asks.patch(path, {"capacity": seats}, If_Match=etag).status_code

    return sorted(race(lambda: change(10), lambda: change(20)))


def add_cellar(asks: Program, room: Room) -> tuple[int, bytes]:
    """Add a room by a key that is the same each time."""
    data = {"venue": room.venue.public_id, "name": "Cellar"}
    response = asks.post(PATH, data, Idempotency_Key="k")
    return response.status_code, response.content


def test_the_same_key_at_once_has_one_effect(asks: Program, room: Room) -> None:
    came = race(*[lambda: add_cellar(asks, room)] * 3)
    done = {content for status, content in came if status == 201}
    assert {status for status, _content in came} <= {201, 409}
    assert len(done) == 1
    assert AuditEntry.objects.filter(action="summit.room.add").count() == 1


def test_control_without_the_row_of_the_key_the_second_is_refused_or_doubled(
    asks: Program, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(question: idempotency.Question) -> IdempotencyRecord:
        IdempotencyRecord.objects.all().delete()
        return IdempotencyRecord.objects.create(who=question.who, key=question.key, asked=question.asked)

    monkeypatch.setattr(idempotency, "begin", forgetful)
    assert [add_cellar(asks, room)[0] for _number in range(2)] == [201, 422]


def test_of_two_changes_at_once_one_is_refused(asks: Program, room: Room) -> None:
    assert changes_at_once(asks, room) == [200, 412]
    room.refresh_from_db()
    assert room.capacity in (10, 20)


def test_control_compared_with_nothing_both_write(asks: Program, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etags, "check_match", lambda request, state: None)
    assert changes_at_once(asks, room) == [200, 200]
