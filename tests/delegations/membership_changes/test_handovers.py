"""What was a person's own waits for protocol, item by item, and nobody takes it silently."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.members.models.members import Membership
from delegations.members.services import members
from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover, HandoverState
from delegations.membership_changes.services import handovers
from delegations.membership_changes.services.handovers import TRANSITIONS, HandoverRefused
from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Participant
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.people.models import Person
from summit.permissions.models import Role
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, said, text
from tests.threads import at_once


def entered(party: Party, name: str) -> Person:
    about = {"person__summit": party.summit, "person__name": name, "person__office": ""}
    return f.ParticularsFactory(entered_for=party, **about).person


def head(party: Party, name: str = "Ada") -> Membership:
    row = f.MembershipFactory(party=party, code="head", person=entered(party, name))
    for _ in range(2):
        f.ParticipantFactory(session__summit=party.summit, person=row.person)
    return row


def waits(party: Party) -> list[Handover]:
    return list(handovers.waiting(party.summit).filter(party=party))


class TestTable:
    def test_each_state_has_its_row(self) -> None:
        table = {"open": {"passed", "dropped"}, "passed": set(), "dropped": set()}
        assert (table, set(table)) == (TRANSITIONS, set(HandoverState.values))

    @pytest.mark.parametrize("source", HandoverState.values)
    @pytest.mark.parametrize("target", ["passed", "dropped"])
    def test_each_move_and_each_that_is_missing(self, party: Party, protocol: User, source: str, target: str) -> None:
        row, taker = f.HandoverFactory(party=party), f.MembershipFactory(party=party).person
        if source != "open":
            Handover.objects.update(state=source, decided_at=f.START, decided_by=protocol)
        work = handovers.discard if target == "dropped" else lambda **given: handovers.pass_on(to=taker, **given)
        allowed = target in TRANSITIONS[source]
        said = r"^Someone else has already decided this handover. Reload the list.$"
        with nullcontext() if allowed else pytest.raises(HandoverRefused, match=said):
            work(handover=row, by=protocol)
        row.refresh_from_db()
        assert row.state == (target if allowed else source)


class TestLeaving:
    def test_each_item_waits_and_stays_with_its_holder(self, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
        row = head(party)
        members.withdraw(membership=row, by=SYSTEM)
        found = waits(party)
        assert [(each.giver, each.taker, each.what) for each in found] == [(row.person, None, "place")] * 2
        assert {each.key for each in found} == {key for _what, key in handover_items.held(row.person)}
        entries = AuditEntry.objects.filter(action="delegations.handover.open")
        assert [entry.detail for entry in entries] == [{"what": "place"}] * 2
        again = members.name(party=party, person=row.person, category=row.category, by=SYSTEM)
        members.withdraw(membership=again, by=SYSTEM)
        members.withdraw(membership=f.MembershipFactory(party=party), by=SYSTEM)
        assert len(waits(party)) == 2
        other = head(party, "Dee")
        monkeypatch.setattr(audit, "record", lambda **_facts: 1 / 0)
        refuses(ZeroDivisionError, members.withdraw, membership=other, by=SYSTEM)
        assert Handover.objects.count() == 2

    def test_a_successor_is_the_proposed_taker_and_takes_nothing(self, party: Party) -> None:
        row, second, third = head(party), entered(party, "Bea"), entered(party, "Cy")
        fresh = members.replace(membership=row, person=second, by=SYSTEM)
        assert {each.taker for each in waits(party)} == {second}
        assert (handover_items.held(second), len(handover_items.held(row.person))) == ([], 2)
        # A successor who is replaced too hands the proposal on.
        members.replace(membership=fresh, person=third, by=SYSTEM)
        assert {(each.giver, each.taker) for each in waits(party)} == {(row.person, third)}


class TestPassOn:
    def test_the_taker_holds_it_then(self, party: Party, protocol: User) -> None:
        row, successor = head(party), entered(party, "Bea")
        members.replace(membership=row, person=successor, by=SYSTEM)
        first, second = waits(party)
        handovers.pass_on(handover=first, to=successor, by=protocol)
        assert (first.state, first.taker, first.decided_by) == ("passed", successor, protocol)
        assert handover_items.held(successor) == [("place", first.key)]
        assert handover_items.held(row.person) == [("place", second.key)]
        assert waits(party) == [second]
        (entry,) = AuditEntry.objects.filter(action="delegations.handover.pass_on")
        rows = [f"summit.person:{successor.public_id}"]
        detail = {"what": "place", "person": successor.public_id, "rows": rows}
        assert (entry.by, entry.detail) == (protocol, detail)

    def test_a_member_takes_it_and_nobody_else(self, party: Party, protocol: User) -> None:
        row, other = head(party), f.MembershipFactory(party=party).person
        members.withdraw(membership=row, by=SYSTEM)
        foreign = f.MembershipFactory(party__summit=party.summit, person__name="Zoe", person__office="").person
        item = waits(party)[0]
        for person in (foreign, row.person):
            said = f"^{person.label} is no longer in Aland. Choose another member.$"
            refuses(HandoverRefused, handovers.pass_on, handover=item, to=person, by=protocol, match=said)
        assert len(waits(party)) == len(handover_items.held(row.person)) == 2
        programme = f.UserFactory.with_role(Role.PROGRAMME, party.summit)
        for work in (handovers.discard, lambda **given: handovers.pass_on(to=other, **given)):
            refuses(PermissionDenied, work, handover=item, by=programme)
        handovers.pass_on(handover=item, to=other, by=protocol)
        assert len(handover_items.held(other)) == 1

    def test_what_somebody_else_holds_by_now_is_said(self, party: Party, protocol: User) -> None:
        row, other = head(party), f.MembershipFactory(party=party).person
        members.withdraw(membership=row, by=SYSTEM)
        item = waits(party)[0]
        Participant.objects.filter(session__public_id=item.key).delete()
        refused = refuses(HandoverRefused, handovers.pass_on, handover=item, to=other, by=protocol)
        assert str(refused) == "The agenda has changed and Ada no longer has this. Discard the handover."
        item.refresh_from_db()
        assert item.state == "open"
        handovers.discard(handover=item, by=protocol)
        assert item.state == "dropped"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def race(self, party: Party, protocol: User) -> list[str]:
        """Let two decide about one item from two browsers; return what each came to."""
        row, taker = f.HandoverFactory(party=party), f.MembershipFactory(party=party).person

        def decide(work: Callable[..., None], **values: Any) -> str:
            mine = Handover.objects.select_related("party__summit", "giver__summit").get(pk=row.pk)
            work(handover=mine, by=protocol, **values)
            return mine.state

        came = at_once(lambda: decide(handovers.pass_on, to=taker), lambda: decide(handovers.discard))
        return sorted(map(str, came))

    def test_two_decide_at_once_and_one_wins(self, party: Party, protocol: User) -> None:
        for _ in range(2):
            came = self.race(party, protocol)
            assert came[0] == "Someone else has already decided this handover. Reload the list."
            assert came[1] == Handover.objects.order_by("-pk")[0].state

    def test_control_without_the_table_both_would(
        self, party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        anything = frozenset({HandoverState.PASSED, HandoverState.DROPPED})
        monkeypatch.setattr(handovers, "TRANSITIONS", dict.fromkeys(HandoverState.values, anything))
        nothing = [lambda *_facts: None] * 2
        kind = handover_items.HandoverKind("place", "", list, dict, *nothing)
        monkeypatch.setattr(handovers, "_kind", lambda _row: kind)
        assert self.race(party, protocol) == ["dropped", "passed"]


HANDOVERS = "/admin/delegations/handover/"


@pytest.fixture
def successor(party: Party) -> Person:
    return f.MembershipFactory(party=party, person__name="Bea", person__office="").person


@pytest.fixture
def item(party: Party, successor: Person) -> Handover:
    return f.HandoverFactory(party=party, giver__name="Ada", giver__office="", taker=successor)


def decide(item: Handover) -> str:
    return f"{HANDOVERS}{item.pk}/decide/"


def test_another_member_is_chosen(party: Party, item: Handover, desk: Client) -> None:
    other = f.MembershipFactory(party=party, code="adviser", person__name="Cy", person__office="").person
    page = text(desk.get(decide(item)))
    assert f'<option value="{item.taker_id}" selected>Bea (delegate)</option>' in page
    for wrong in ("x", "987654"):
        assert said(desk.post(decide(item), {"to": wrong}))[-1] == "Choose a member of the delegation."
    assert Handover.objects.get().state == "open"
    desk.post(decide(item), {"to": other.pk})
    assert Participant.objects.get().person == other
