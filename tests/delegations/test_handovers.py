"""What was a person's own waits for protocol, item by item, and nobody takes it silently."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from delegations.domain import handovers, holdings, members
from delegations.domain.handovers import TRANSITIONS, HandoverRefused
from delegations.models import Handover, HandoverState, Membership, Particulars, Party
from sessions.models import Participant
from summit.domain.audit import SYSTEM
from summit.models import AuditEntry, Person, Role, User
from tests import factories as f


@pytest.fixture
def party(db: None) -> Party:
    found: Party = f.PartyFactory(name="Italy")
    return found


@pytest.fixture
def protocol(party: Party) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, party.summit)


def entered(party: Party, **values: Any) -> Person:
    person: Person = f.PersonFactory(summit=party.summit, office="", **values)
    Particulars.objects.create(person=person, entered_for=party)
    return person


def head(party: Party, name: str = "Ada") -> Membership:
    """Make a head who has two places of their own."""
    row: Membership = f.MembershipFactory(party=party, code="head", person=entered(party, name=name))
    for _ in range(2):
        f.ParticipantFactory(session=f.SessionFactory(summit=party.summit), person=row.person)
    return row


def waits(party: Party) -> list[Handover]:
    return list(handovers.waiting(party.summit).filter(party=party))


class TestTable:
    def test_each_state_has_its_row(self) -> None:
        assert set(TRANSITIONS) == set(HandoverState.values)
        assert {source: set(following) for source, following in TRANSITIONS.items()} == {
            "open": {"passed", "dropped"},
            "passed": set(),
            "dropped": set(),
        }

    @pytest.mark.parametrize("source", HandoverState.values)
    @pytest.mark.parametrize("target", ["passed", "dropped"])
    def test_each_move_and_each_that_is_missing(self, party: Party, protocol: User, source: str, target: str) -> None:
        row, taker = f.HandoverFactory(party=party), f.MembershipFactory(party=party).person
        if source != "open":
            Handover.objects.update(state=source, decided_at=f.START, decided_by=protocol)
        work: Callable[[], None] = (
            (lambda: handovers.pass_on(handover=row, to=taker, by=protocol))
            if target == "passed"
            else (lambda: handovers.drop(handover=row, by=protocol))
        )
        if target in TRANSITIONS[source]:
            work()
        else:
            with pytest.raises(HandoverRefused, match=r"^Somebody else decided this. Look at what waits now.$"):
                work()
        row.refresh_from_db()
        assert row.state == (target if target in TRANSITIONS[source] else source)


class TestLeaving:
    def test_each_item_waits_and_stays_with_its_holder(self, party: Party) -> None:
        row = head(party)
        members.withdraw(membership=row, by=SYSTEM)
        found = waits(party)
        assert [(each.giver, each.taker, each.what) for each in found] == [(row.person, None, "place")] * 2
        assert {each.key for each in found} == {key for _what, key in holdings.held(row.person)}
        entries = AuditEntry.objects.filter(action="delegations.handover.open")
        assert [entry.detail for entry in entries] == [{"what": "place"}] * 2

    def test_a_successor_is_the_proposed_taker_and_takes_nothing(self, party: Party) -> None:
        row, successor = head(party), entered(party, name="Bea")
        members.replace(membership=row, person=successor, by=SYSTEM)
        assert {each.taker for each in waits(party)} == {successor}
        assert holdings.held(successor) == []
        assert len(holdings.held(row.person)) == 2

    def test_a_successor_who_is_replaced_too_hands_the_proposal_on(self, party: Party) -> None:
        row, second, third = head(party), entered(party, name="Bea"), entered(party, name="Cy")
        fresh = members.replace(membership=row, person=second, by=SYSTEM)
        members.replace(membership=fresh, person=third, by=SYSTEM)
        assert {(each.giver, each.taker) for each in waits(party)} == {(row.person, third)}

    def test_who_comes_back_and_leaves_again_waits_once(self, party: Party) -> None:
        row = head(party)
        members.withdraw(membership=row, by=SYSTEM)
        again = members.name(party=party, person=row.person, category=row.category, by=SYSTEM)
        members.withdraw(membership=again, by=SYSTEM)
        assert len(waits(party)) == 2

    def test_who_holds_nothing_leaves_nothing(self, party: Party) -> None:
        members.withdraw(membership=f.MembershipFactory(party=party), by=SYSTEM)
        assert waits(party) == []

    def test_what_is_not_done_lets_nothing_wait(self, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
        row = head(party)
        monkeypatch.setattr(members.audit, "record", lambda **_facts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            members.withdraw(membership=row, by=SYSTEM)
        assert Handover.objects.count() == 0


class TestPassOn:
    def test_the_taker_holds_it_then(self, party: Party, protocol: User) -> None:
        row, successor = head(party), entered(party, name="Bea")
        members.replace(membership=row, person=successor, by=SYSTEM)
        first, second = waits(party)
        handovers.pass_on(handover=first, to=successor, by=protocol)
        assert (first.state, first.taker, first.decided_by) == ("passed", successor, protocol)
        assert holdings.held(successor) == [("place", first.key)]
        assert holdings.held(row.person) == [("place", second.key)]
        assert waits(party) == [second]
        (entry,) = AuditEntry.objects.filter(action="delegations.handover.pass_on")
        assert (entry.by, entry.detail) == (protocol, {"what": "place", "person": successor.public_id})

    def test_another_member_can_be_the_taker(self, party: Party, protocol: User) -> None:
        row, other = head(party), f.MembershipFactory(party=party).person
        members.withdraw(membership=row, by=SYSTEM)
        handovers.pass_on(handover=waits(party)[0], to=other, by=protocol)
        assert len(holdings.held(other)) == 1

    def test_whoever_is_no_member_takes_nothing(self, party: Party, protocol: User) -> None:
        row = head(party)
        members.withdraw(membership=row, by=SYSTEM)
        foreign = f.MembershipFactory(party__summit=party.summit, person__name="Zoe", person__office="").person
        for person in (foreign, row.person):
            said = f"^{person.label} is not of Italy any more. Choose one of its people.$"
            with pytest.raises(HandoverRefused, match=said):
                handovers.pass_on(handover=waits(party)[0], to=person, by=protocol)
        assert len(waits(party)) == len(holdings.held(row.person)) == 2

    def test_what_somebody_else_holds_by_now_is_said(self, party: Party, protocol: User) -> None:
        row, other = head(party), f.MembershipFactory(party=party).person
        members.withdraw(membership=row, by=SYSTEM)
        item = waits(party)[0]
        Participant.objects.filter(session__public_id=item.key).delete()
        with pytest.raises(HandoverRefused) as refused:
            handovers.pass_on(handover=item, to=other, by=protocol)
        assert str(refused.value) == "It isn’t Ada’s any more: the agenda was changed. Drop it from this list."
        item.refresh_from_db()
        assert item.state == "open"
        handovers.drop(handover=item, by=protocol)
        assert item.state == "dropped"


class TestWho:
    @pytest.mark.parametrize("role", list(Role))
    def test_protocol_and_organisers_decide(self, party: Party, role: Role) -> None:
        by = f.UserFactory.with_role(role, party.summit)
        row, taker = f.HandoverFactory(party=party), f.MembershipFactory(party=party).person
        works = (
            lambda: handovers.pass_on(handover=row, to=taker, by=by),
            lambda: handovers.drop(handover=f.HandoverFactory(party=party), by=by),
        )
        for work in works:
            if role in (Role.ORGANISER, Role.PROTOCOL):
                work()
            else:
                with pytest.raises(PermissionDenied):
                    work()


class TestTold:
    def test_as_many_queries_for_many(self, party: Party, protocol: User) -> None:
        numbers = []
        for number in (2, 8):
            f.HandoverFactory.create_batch(number, party=party)
            reader = holdings.Desk(User.objects.get(pk=protocol.pk))
            with CaptureQueriesContext(connection) as queries:
                rows = handovers.waiting(party.summit)
                assert all(item.told for _row, item in handovers.told(rows, summit=party.summit, reader=reader))
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def race(self, party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Let two decide about one item from two browsers; return what each came to."""
        row, start = f.HandoverFactory(party=party), threading.Barrier(2)
        taker = f.MembershipFactory(party=party).person
        results: list[str] = []

        def run(work: Callable[[Handover], None]) -> None:
            mine = Handover.objects.select_related("party__summit", "giver__summit").get(pk=row.pk)
            start.wait(30)
            try:
                work(mine)
                results.append(mine.state)
            except HandoverRefused as refused:
                results.append(str(refused))
            finally:
                connections.close_all()

        works: list[Callable[[Handover], None]] = [
            lambda mine: handovers.pass_on(handover=mine, to=taker, by=protocol),
            lambda mine: handovers.drop(handover=mine, by=protocol),
        ]
        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(results)

    def test_two_decide_at_once_and_one_wins(
        self, party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(4):
            came = self.race(party, protocol, monkeypatch)
            assert came[0] == "Somebody else decided this. Look at what waits now."
            assert came[1] == Handover.objects.order_by("-pk")[0].state

    def test_control_without_the_table_both_would(
        self, party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        anything = frozenset({HandoverState.PASSED, HandoverState.DROPPED})
        monkeypatch.setattr(handovers, "TRANSITIONS", dict.fromkeys(HandoverState.values, anything))
        monkeypatch.setattr(
            handovers, "_kind", lambda _row: holdings.Kind("place", "", list, dict, _nothing, _nothing)
        )
        assert self.race(party, protocol, monkeypatch) == ["dropped", "passed"]


def _nothing(*_facts: Any) -> None:
    pass
