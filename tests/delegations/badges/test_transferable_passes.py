"""Transferable passes: how many a party has, kept in line with its people; handed out, passed on, given back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.services import transferable_passes
from delegations.badges.services.transferable_passes import TransferablePassRefused, allowed, settle_summit, shares
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.services import members
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.audit.services import SYSTEM, Link
from summit.people.models import Person
from summit.permissions.models import Role
from tests import factories as f
from tests.delegations.helpers import link, protocol, refuses, sign_in, text
from tests.threads import at_once, names

pytestmark = pytest.mark.django_db


def make(people: int = 0, **rule: Any) -> tuple[Party, TransferablePassRule]:
    """Make a party of so many people in a summit with a kind of transferable pass, one for every two people."""
    party = f.PartyFactory(name="Aland")
    row = f.TransferablePassRuleFactory(**{"summit": party.summit, "name": "Leaders’ floor", "people": 2, **rule})
    for number in range(people):
        f.MembershipFactory(party=party, person__name=f"P{number}", person__office="")
    settle_summit(summit=party.summit, by=SYSTEM)
    return party, row


def who(party: Party, name: str) -> Person:
    return Person.objects.get(membership__party=party, name=name)


def carried(party: Party) -> dict[int, str | None]:
    """Return who carries which number."""
    return dict(
        TransferablePass.objects.filter(party=party).order_by("number").values_list("number", "holder__person__name")
    )


def pass_of(party: Party, number: int = 1) -> TransferablePass:
    return TransferablePass.objects.select_related("party__summit", "rule").get(party=party, number=number)


def pass_on(party: Party, before: str, now: str, by: Any, number: int = 1) -> None:
    """Let whoever carries a pass give it to another; "" is the desk."""
    seen, taker = (who(party, name) if name else None for name in (before, now))
    transferable_passes.pass_on(transferable_pass=pass_of(party, number), seen=seen, taker=taker, by=by)


def hand(party: Party, name: str, number: int = 1) -> None:
    pass_on(party, "", name, protocol(party), number)


def withdraw(party: Party, *names: str) -> None:
    for name in names:
        members.withdraw(membership=who(party, name).membership, by=protocol(party))


def test_how_many() -> None:
    for rule, numbers in (
        ({"people": 5, "passes": 1}, {0: 0, 4: 0, 5: 1, 9: 1, 10: 2}),
        ({"people": 5, "passes": 2}, {4: 0, 5: 2, 11: 4}),
        ({"people": 1, "passes": 1, "most": 3}, {0: 0, 2: 2, 3: 3, 100: 3}),
        ({"people": 2, "passes": 1, "most": 0}, {100: 0}),
    ):
        assert {people: allowed(TransferablePassRule(**rule), people) for people in numbers} == numbers


class TestInLine:
    def test_naming_people_makes_them(self) -> None:
        party, rule = make()
        category = Category.objects.of(party.summit)["delegate"]
        by = protocol(party)
        for number in range(4):
            person = f.PersonFactory(summit=party.summit)
            members.name(party=party, person=person, category=category, by=by)
            assert TransferablePass.objects.filter(rule=rule, party=party).count() == (number + 1) // 2
        told = AuditEntry.objects.filter(action="delegations.transferablepass.count").order_by("pk")
        assert [(row.detail["before"], row.detail["now"], row.by) for row in told] == [(0, 1, by), (1, 2, by)]

    def test_what_nobody_carries_goes_first(self) -> None:
        party, _rule = make(6)
        hand(party, "P0", number=2)
        withdraw(party, "P5", "P4")
        assert carried(party) == {1: None, 2: "P0"}
        withdraw(party, "P3", "P2")
        assert carried(party) == {2: "P0"}

    def test_one_that_is_carried_is_over_until_it_comes_back(self) -> None:
        party, _rule = make(4)
        hand(party, "P0", 1)
        hand(party, "P1", 2)
        withdraw(party, "P3")
        (share,) = shares(party)
        assert (share.allowed, share.carried, share.over) == (1, 2, 1)
        pass_on(party, "P0", "", protocol(party))
        assert carried(party) == {2: "P1"}
        assert shares(party)[0].over == 0

    def test_a_number_that_is_free_is_given_again_and_another_rule_brings_all_in_line(self) -> None:
        party, rule = make(4)
        hand(party, "P0", 2)
        withdraw(party, "P3")
        f.MembershipFactory(party=party)
        settle_summit(summit=party.summit, by=SYSTEM)
        assert carried(party) == {1: None, 2: "P0"}
        other, nobody = f.MembershipFactory(party__summit=party.summit).party, f.PartyFactory(summit=party.summit)
        TransferablePassRule.objects.filter(pk=rule.pk).update(people=1)
        settle_summit(summit=party.summit, by=SYSTEM)
        assert [len(carried(each)) for each in (party, other, nobody)] == [4, 1, 0]


class TestPassOn:
    def test_handed_out_passed_on_and_taken_back(self) -> None:
        party, _rule = make(2)
        by = protocol(party)
        for before, now in (("", "P0"), ("P0", "P1"), ("P1", "")):
            pass_on(party, before, now, by)
            assert carried(party) == {1: now or None}
        told = AuditEntry.objects.filter(action__startswith="delegations.transferablepass.", by=by).order_by("pk")
        assert [(entry.action.rpartition(".")[2], entry.fields) for entry in told] == [
            *(("hand", ["holder"]), ("pass_on", ["holder"]), ("take_back", ["holder"])),
        ]
        people = who(party, "P0"), who(party, "P1")
        assert (told[1].detail["before"], told[1].detail["now"]) == tuple(row.public_id for row in people)
        (line,) = render([told[1]])
        assert line.what == f"handed over a transferable pass from {people[0].label} to {people[1].label}"

    def test_whoever_saw_another_carry_it_is_told(self) -> None:
        party, _rule = make(4)
        hand(party, "P0")
        said = r"^The pass has just changed hands\. Check who has it"
        for before in ("", "P1"):
            refuses(TransferablePassRefused, pass_on, party, before, "P2", protocol(party), match=said)
        assert carried(party)[1] == "P0"
        # One of a kind for each.
        refused = refuses(TransferablePassRefused, hand, party, "P0", 2)
        assert str(refused) == "P0 already has a pass of type “Leaders’ floor”. Choose someone else."

    def test_members_alone_carry_them(self) -> None:
        party, _rule = make(2)
        other = f.MembershipFactory(party__summit=party.summit, person__name="Zed", person__office="")
        given = {"transferable_pass": pass_of(party), "seen": None, "by": protocol(party)}
        gone, same = r"^Zed is no longer in Aland\.", "This person already has the pass"
        for taker, said in ((other.person, gone), (None, same)):
            refuses(TransferablePassRefused, transferable_passes.pass_on, match=said, taker=taker, **given)

    def test_who_may(self) -> None:
        party, _rule = make(2)
        delegate = f.UserFactory()
        Person.objects.filter(pk=who(party, "P0").pk).update(user=delegate)
        for by in (delegate, f.UserFactory.with_role(Role.VETTING, party.summit), Link("nothing")):
            refuses(PermissionDenied, pass_on, party, "", "P0", by)
        pass_on(party, "", "P0", link(party))
        pass_on(party, "P0", "P1", f.UserFactory.with_role(Role.ACCREDITATION, party.summit))

    def test_whoever_leaves_gives_it_back(self) -> None:
        party, _rule = make(4)
        hand(party, "P0")
        hand(party, "P1", 2)
        by = protocol(party)
        members.replace(membership=who(party, "P0").membership, person=f.PersonFactory(summit=party.summit), by=by)
        assert carried(party) == {1: None, 2: "P1"}
        entry = AuditEntry.objects.get(action="delegations.transferablepass.take_back")
        assert (entry.by, entry.detail["now"]) == (by, None)
        withdraw(party, "P1")
        assert set(carried(party).values()) == {None}

    def test_a_refused_departure_gives_nothing_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        party, _rule = make(2)
        hand(party, "P0")
        monkeypatch.setattr(transferable_passes, "settle_party", lambda **kwargs: 1 / 0)
        refuses(ZeroDivisionError, withdraw, party, "P0")
        assert carried(party) == {1: "P0"}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def race(self) -> list[str]:
        """Let two pass the same pass on at once, each to somebody else."""
        party, _rule = make(4)
        hand(party, "P0")
        by = protocol(party)
        came = at_once(*(lambda name=name: pass_on(party, "P0", name, by) for name in ("P1", "P2")))
        assert carried(party)[1] in ("P1", "P2")
        return sorted(map(str, names(came)))

    def test_of_two_who_pass_it_on_one_does(self) -> None:
        assert self.race() == ["None", "TransferablePassRefused"]

    def test_control_without_what_was_seen_both_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def blind(transferable_pass: TransferablePass, before: Any, member: Membership | None) -> bool:
            return bool(TransferablePass.objects.filter(pk=transferable_pass.pk).update(holder=member))

        monkeypatch.setattr(transferable_passes, "_move", blind)
        assert self.race() == ["None", "None"]


def test_who_carries_which_is_listed_and_noted() -> None:
    party, _rule = make(4)
    hand(party, "P0")
    client, address = sign_in(party.summit, Role.ACCREDITATION), "/admin/delegations/transferablepass/"
    shown = text(client.get(address))
    assert all(words in shown for words in ("Leaders’ floor", "Aland", "P0"))
    narrowed = client.get(f"{address}?carried=no").context["cl"]
    assert [row.number for row in narrowed.result_list] == [2]
    assert "P0" in text(client.get(f"{address}{pass_of(party).pk}/change/"))
