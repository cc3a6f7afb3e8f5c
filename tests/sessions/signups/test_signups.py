"""Signing up for a session: places, the queue, who moves up and who is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from delegations.members import departure_listeners
from delegations.membership_changes.services import merging
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from sessions.agenda.models.releases import ReleasedSession
from sessions.conflicts.selectors.overlapping_sessions import overlaps_by_person
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from sessions.signups.messages import PLACE_FREE
from sessions.signups.services import signups
from sessions.signups.services.signups import SignUpRefused
from sessions.visibility.models import Visibility
from summit.audit.models import AuditEntry
from summit.audit.services import Link, Mailbox
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.sessions.conftest import SOON, focal, member, open_session, release, session
from tests.threads import at_once, meet_after

pytestmark = pytest.mark.django_db


def states(row: Session) -> list[tuple[str, str]]:
    return list(row.sign_ups.order_by("signed_up_at", "pk").values_list("person__name", "state"))


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland", mission_email="aland@mission.example")


class TestPlaces:
    def test_who_waits_moves_up_and_is_told_once(self, summit: Summit, party: Party) -> None:
        row = open_session(summit, title="Side event")
        release(summit)
        first, second, third = (
            member(party, name=name, email=f"{name}@x.example".lower()) for name in ("First", "Second", "Third")
        )
        for person in (first, second, third):
            signups.sign_up(session=row, person=person, by=person.user)
        assert states(row) == [("First", "place"), ("Second", "waiting"), ("Third", "waiting")]
        assert Message.objects.filter(kind=PLACE_FREE.name).count() == 0
        assert signups.cancel_sign_up(session=row, person=first, by=first.user) is True
        assert states(row) == [("Second", "place"), ("Third", "waiting")]
        assert row.sign_ups.get(person=second).moved_up_at is not None
        message = Message.objects.get(kind=PLACE_FREE.name)
        assert message.address == "second@x.example"
        mail = KINDS[message.kind].render(message)
        assert mail.subject == "You have a place: Side event"
        assert all(words in mail.text for words in ("Second", "Side event", f"/portal/agenda/{row.public_id}/"))
        assert signups.cancel_sign_up(session=row, person=third, by=third.user) is True
        assert signups.cancel_sign_up(session=row, person=third, by=third.user) is False
        assert states(row) == [("Second", "place")]
        assert KINDS[message.kind].withdrawn([message]) == {}
        signups.cancel_sign_up(session=row, person=second, by=second.user)
        assert list(KINDS[message.kind].withdrawn([message])) == [message.pk]
        actions = AuditEntry.objects.filter(action__startswith="agenda.signup").order_by("pk")
        assert list(actions.values_list("action", flat=True)) == [
            *["agenda.signup.add"] * 3,
            *("agenda.signup.remove", "agenda.signup.move_up"),
            *["agenda.signup.remove"] * 2,
        ]

    def test_as_many_places_as_the_room_has_or_no_limit(self, summit: Summit, party: Party) -> None:
        room = f.RoomFactory(venue=f.VenueFactory(summit=summit), capacity=1)
        seated, free, wider = open_session(summit, None, room=room), open_session(summit, None), open_session(summit)
        release(summit)
        people = [member(party, name=name) for name in "ABC"]
        for row in (seated, free, wider):
            for person in people:
                signups.sign_up(session=row, person=person, by=person.user)
        assert states(seated) == [("A", "place"), ("B", "waiting"), ("C", "waiting")]
        assert states(free) == [("A", "place"), ("B", "place"), ("C", "place")]
        Session.objects.filter(pk=wider.pk).update(capacity=2)
        assert states(wider)[1] == ("B", "waiting")
        release(summit)
        assert states(wider) == [("A", "place"), ("B", "place"), ("C", "waiting")]
        assert Message.objects.filter(kind=PLACE_FREE.name).count() == 1


def test_who_and_what_is_refused(summit: Summit, party: Party, organiser: User) -> None:
    person = member(party)
    closed = session(summit, visibility=Visibility.ACCREDITED, starts_at=SOON, ends_at=SOON + timedelta(hours=1))
    over = open_session(summit, starts_at=timezone.now() - timedelta(minutes=1))
    called_off, row = open_session(summit), open_session(summit)
    releases.release(summit=summit, by=organiser)
    cancel_and_move.cancel(session=called_off, by=organiser)
    releases.release(summit=summit, by=organiser)
    unreleased = open_session(summit)
    for each in (closed, over, called_off, unreleased):
        with pytest.raises(SignUpRefused, match="Sign-up for this session is closed"):
            signups.sign_up(session=each, person=person, by=organiser)
    for each in (f.PersonFactory(summit=summit), member(f.PartyFactory(summit=f.SummitFactory()))):
        with pytest.raises(SignUpRefused, match="is no longer in any delegation"):
            signups.sign_up(session=row, person=each, by=organiser)
    assert SignUp.objects.count() == 0
    signups.sign_up(session=row, person=person, by=person.user)
    refuses(SignUpRefused, signups.sign_up, session=row, person=person, by=person.user, match="already signed up")


def test_who_may(summit: Summit, party: Party) -> None:
    row = open_session(summit, None)
    release(summit)
    person, colleague = member(party), member(party)
    other = f.PartyFactory(summit=summit)
    acting, stranger = focal(party), focal(other)
    link, their_link = (Link(f.InvitationLinkFactory(invitation__party=each).public_id) for each in (party, other))
    own, another = (
        Mailbox(PortalSession.objects.create(person=each, mailbox=party.mission_email).public_id)
        for each in (person, colleague)
    )
    desk = f.UserFactory.with_role(Role.PROGRAMME, summit)
    for by in (person.user, acting.user, desk, link, own):
        signups.sign_up(session=row, person=person, by=by)
        assert signups.cancel_sign_up(session=row, person=person, by=by)
    press = f.UserFactory.with_role(Role.PRESS_OFFICER, summit)
    for by in (colleague.user, stranger.user, press, their_link, another):
        refuses(PermissionDenied, signups.sign_up, session=row, person=person, by=by)
        refuses(PermissionDenied, signups.cancel_sign_up, session=row, person=person, by=by)


def test_a_departure_frees_the_place(summit: Summit, party: Party, organiser: User) -> None:
    row = open_session(summit, 1)
    releases.release(summit=summit, by=organiser)
    gone, stays = member(party, name="Gone"), member(party, name="Stays")
    for person in (gone, stays):
        signups.sign_up(session=row, person=person, by=person.user)
    with transaction.atomic():
        departure_listeners.notify_member_left(party=party, person=gone, by=organiser)
    assert states(row) == [("Stays", "place")]


def test_what_else_is_on_is_said_by_person(summit: Summit, party: Party) -> None:
    row = open_session(summit, None)
    person, head, free = (member(party, code) for code in ("delegate", "head", "delegate"))
    during = {"starts_at": SOON + timedelta(minutes=30), "ends_at": SOON + timedelta(hours=2)}
    f.ParticipantFactory(session=session(summit, title="Own", **during), person=person)
    session(summit, party, title="Of the delegation", **during)
    hidden = session(summit, title="Hidden", visibility=Visibility.ORGANISERS, **during)
    f.ParticipantFactory(session=hidden, person=person)
    after = {"starts_at": SOON + timedelta(hours=1), "ends_at": SOON + timedelta(hours=2)}
    f.ParticipantFactory(session=session(summit, title="Afterwards", **after), person=person)
    release(summit)
    released = ReleasedSession.objects.for_desk(summit).get(session=row)
    found = overlaps_by_person(summit=summit, row=released, people=[person, head, free])
    assert {pk: [each.title for each in rows] for pk, rows in found.items()} == {
        person.pk: ["Own"],
        head.pk: ["Of the delegation"],
        free.pk: [],
    }


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def crowd(self, number: int, places: int = 1) -> tuple[Session, list[Person]]:
        """Make a released session with so many places, and so many who may sign up for it."""
        summit = f.SummitFactory()
        party = f.PartyFactory(summit=summit)
        row = open_session(summit, places)
        release(summit)
        return row, [member(party, name=f"P{each}") for each in range(number)]

    def race(self) -> tuple[list[str], Session]:
        row, people = self.crowd(4)
        made = at_once(
            *(lambda person=person: signups.sign_up(session=row, person=person, by=person.user) for person in people)
        )
        return sorted(str(each.state) for each in made), row

    def test_of_four_at_once_for_the_last_place_one_has_it(self) -> None:
        found, row = self.race()
        assert found == ["place", "waiting", "waiting", "waiting"]
        assert sorted(state for _name, state in states(row)) == found

    def unlocked(self, patch: pytest.MonkeyPatch, number: int) -> None:
        """Take the lock out, and let so many see a free place before one takes it."""
        patch.setattr(signups, "_lock", lambda session: Session.objects.select_related("summit").get(pk=session.pk))
        # Who moves up is looked for before that.
        patch.setattr(signups, "_fill", lambda session, row: None)
        meet_after(patch, signups, "places", number)

    def test_control_without_the_lock_several_have_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unlocked(monkeypatch, 4)
        found, _row = self.race()
        assert found == ["place"] * 4

    def many(self) -> Session:
        """Let 200 people sign up for 20 places, fifty at a time, and return the session."""
        row, people = self.crowd(200, places=20)

        def sign_up(some: list[Person]) -> list[str]:
            return [str(signups.sign_up(session=row, person=each, by=each.user).state) for each in some]

        outcomes = at_once(*(lambda some=people[n::50]: sign_up(some) for n in range(50)))
        assert [each for each in outcomes if isinstance(each, BaseException)] == []
        return row

    @pytest.mark.slow("200 people sign up")
    def test_of_200_at_once_for_20_places_20_have_one_and_the_others_wait_in_order(self) -> None:
        row = self.many()
        rows = list(row.sign_ups.order_by("signed_up_at", "pk").values_list("pk", "person", "state"))
        assert [state for _pk, _person, state in rows] == ["place"] * 20 + ["waiting"] * 180
        # The list is in the order in which they came through the lock, each number once.
        assert [pk for pk, _person, _state in rows] == sorted(pk for pk, _person, _state in rows)
        assert signups.waiting_numbers(row.pk) == {
            person: number for number, (_pk, person, _state) in enumerate(rows[20:], start=1)
        }

    @pytest.mark.slow("200 people sign up")
    def test_control_without_the_lock_more_than_20_have_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unlocked(monkeypatch, 50)
        assert self.many().sign_ups.filter(state="place").count() >= 50

    def test_a_place_that_is_left_twice_moves_up_one(self) -> None:
        row, people = self.crowd(3)
        for person in people:
            signups.sign_up(session=row, person=person, by=person.user)
        leave = lambda: signups.cancel_sign_up(session=row, person=people[0], by=people[0].user)  # noqa: E731
        assert sorted(at_once(leave, leave)) == [False, True]
        assert states(row) == [("P1", "place"), ("P2", "waiting")]


class TestMerging:
    """Two who are one person had a place each: the one that becomes free is theirs who wait."""

    @staticmethod
    def merged(summit: Summit, party: Party, organiser: User) -> list[tuple[str, str]]:
        row = open_session(summit, places=2, title="Side event")
        releases.release(summit=summit, by=organiser)
        people = [member(party, name=name, email=f"{name}@x.example".lower()) for name in ("Zoe", "Bob", "Third")]
        for person in people:
            signups.sign_up(session=row, person=person, by=person.user)
        Person.objects.filter(pk=people[1].pk).update(user=None)
        merging.merge(kept=people[0], gone=people[1], by=f.UserFactory.with_role(Role.PROTOCOL, summit))
        return states(row)

    def test_whoever_waits_moves_up_and_is_told(
        self, summit: Summit, party: Party, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Another session is held by no merge: it holds sessions before people.
        other = open_session(summit, places=1, title="Another")
        for name, state in (("First", "place"), ("Waiter", "waiting")):
            f.SignUpFactory(session=other, person=member(party, name=name), state=state)
        held, lock = [], signups._lock

        def noted(session: Session) -> Session:
            held.append(session.title)
            return lock(session)

        with monkeypatch.context() as patch:
            patch.setattr(signups, "_lock", noted)
            assert self.merged(summit, party, organiser) == [("Zoe", "place"), ("Third", "place")]
        # The first three are those who sign up.
        assert set(held[held.index("Side event") + 3 :]) == {"Side event"}
        assert Message.objects.get(kind=PLACE_FREE.name).address == "third@x.example"
        # The control: where a merge fills nothing they wait.
        monkeypatch.setattr(signups, "fill", lambda **_asked: None)
        party = f.PartyFactory(summit=summit, name="Bland")
        assert self.merged(summit, party, organiser) == [("Zoe", "place"), ("Third", "waiting")]
