"""Badges: who gets one, when it is dead, what a number says at a door; and passes, which change hands."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.badges.models.badges import Badge
from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.badges.selectors import badge_check
from delegations.badges.selectors import badges as badges_selectors
from delegations.badges.services import badges, transferable_passes
from delegations.badges.services.transferable_passes import TransferablePassRefused, allowed, settle_summit, shares
from delegations.invitations.models.invitations import InvitationState
from delegations.members import departure_listeners
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.services import members
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.audit.services import SYSTEM, Link
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import link, protocol, refuses
from tests.threads import at_once, meet_after, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ACCREDITATION, summit)


def member(party: Party, **values: Any) -> Membership:
    found: Membership = f.MembershipFactory(party=party, **values)
    return found


def issue(*rows: Membership, by: User) -> tuple[list[Badge], list[str]]:
    """Issue badges to members; return them, and why others got none."""
    issued = badges.issue(members=list(rows), by=by)
    return issued.done, [why for _row, why in issued.skipped]


class TestIssue:
    def test_each_gets_one_and_it_is_recorded(self, party: Party, desk: User) -> None:
        rows = [member(party), member(party, person__name="Ada", person__office="")]
        refuses(PermissionDenied, issue, *rows, by=f.UserFactory.with_role(Role.VETTING, party.summit))
        made, skipped = issue(*rows, by=desk)
        assert ([badge.person for badge in made], skipped) == ([row.person for row in rows], [])
        assert [badge.issued_by for badge in Badge.objects.live()] == [desk] * 2
        entries = AuditEntry.objects.filter(action="delegations.badge.issue", by=desk).order_by("pk")
        assert [(entry.object_key, entry.part_of) for entry in entries] == [
            (badge.public_id, f"summit.person:{badge.person.public_id}") for badge in made
        ]
        # Who has one gets no other.
        assert issue(rows[1], by=desk) == ([], ["Ada already has a badge."])
        assert Badge.objects.count() == 2

    def test_whose_category_has_a_deadline_is_confirmed_first(self, party: Party, desk: User) -> None:
        row = member(party, person__name="Ada", person__office="")
        Category.objects.filter(pk=row.category_id).update(confirm_by=f.START)
        row.category.refresh_from_db()
        said = "Ada is not confirmed yet. The delegation or protocol must confirm them first."
        assert issue(row, by=desk) == ([], [said])
        members.confirm(party=party, people=[row.pk], by=SYSTEM)
        assert len(issue(row, by=desk)[0]) == 1
        # A party that left the summit gets none.
        f.InvitationFactory(party=party, state=InvitationState.REVOKED)
        said = "The invitation to Aland was revoked. Protocol can invite the delegation again."
        assert issue(member(party), by=desk) == ([], [said])
        assert list(badges_selectors.without(party.summit)) == []

    @pytest.mark.parametrize("deadline", ["summit", "category", "none"])
    def test_they_are_parted_by_what_stops_them(self, party: Party, deadline: str) -> None:
        late, sure = member(party), member(party, confirmed_at=f.START)
        policy = f.PolicyFactory(summit=party.summit, confirm_by=f.START if deadline == "summit" else None)
        if deadline == "category":
            Category.objects.filter(pk=late.category_id).update(confirm_by=f.START)
        able = list(badges_selectors.able(party.summit, policy))
        waiting = list(badges_selectors.waiting(party.summit, policy))
        assert (able, waiting) == (([late, sure], []) if deadline == "none" else ([sure], [late]))
        assert not any(badges_selectors.why_not(row, policy) for row in able)
        assert all(badges_selectors.why_not(row, policy) for row in waiting)


def test_a_badge_that_is_ended_says_why_and_is_never_alive_again(party: Party, desk: User) -> None:
    row = member(party)
    [badge], _skipped = issue(row, by=desk)
    for reason, said in (
        (" ", "Enter a reason. The guard who checks the badge sees it."),
        ("x" * 201, "Shorten this text to 200 characters. It has 201."),
    ):
        refuses(badges.BadgeProblem, badges.end, badges=[badge], reason=reason, by=desk, match=f"^{said}$")
    other = f.UserFactory.with_role(Role.PROGRAMME, party.summit)
    refuses(PermissionDenied, badges.end, badges=[badge], reason="Why.", by=other)
    assert Badge.objects.live().get() == badge
    ended = [badges.end(badges=[badge], reason=why, by=desk) for why in ("  Seen at  the wrong door. ", "Again.")]
    badge.refresh_from_db()
    assert (ended, badge.ended_at is None, badge.why) == ([1, 0], False, "Seen at the wrong door.")
    entry = AuditEntry.objects.get(action="delegations.badge.end")
    assert (entry.fields, entry.detail) == (["ended_at", "why"], {})
    # Another can be issued.
    assert len(issue(row, by=desk)[0]) == 1


class TestReissue:
    def test_the_lost_one_is_dead_and_another_lives(self, party: Party, desk: User) -> None:
        [lost], _skipped = issue(member(party), by=desk)
        fresh = badges.reissue(badge=lost, by=desk)
        lost.refresh_from_db()
        assert (lost.why, badges_selectors.end_reason(lost)) == ("lost", "The badge was lost and replaced.")
        assert Badge.objects.live().get() == fresh
        assert fresh.public_id != lost.public_id
        refuses(badges.BadgeRefused, badges.reissue, match="already cancelled", badge=lost, by=desk)
        assert Badge.objects.count() == 2

    def test_who_can_have_no_other_keeps_the_one_and_is_told(self, party: Party, desk: User) -> None:
        row = member(party, person__name="Ada", person__office="")
        badge = f.BadgeFactory(party=party, person=row.person)
        f.PolicyFactory(summit=party.summit, confirm_by=f.START)
        refused = refuses(badges.BadgeRefused, badges.reissue, badge=badge, by=desk)
        assert str(refused) == (
            "Ada is not confirmed yet. The delegation or protocol must confirm them first. To issue a new badge, "
            "cancel this one and give a reason."
        )
        assert Badge.objects.live().get() == badge


def test_whoever_leaves_has_a_dead_badge(party: Party, desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [member(party) for _ in range(3)]
    (gone, stays, other), _skipped = issue(*rows, by=desk)
    members.withdraw(membership=rows[0], by=SYSTEM)
    gone.refresh_from_db()
    assert (gone.why, gone.ended_at is None) == ("left", False)
    assert badges_selectors.end_reason(gone) == "The person has left the delegation."
    assert set(Badge.objects.live()) == {stays, other}
    found = badge_check.check_badge(typed=gone.public_id, by=desk)
    assert (found.badge, found.opens, found.zones, found.since) == (gone, False, (), gone.ended_at)
    assert (found.why, found.category) == ("The person has left the delegation.", rows[0].category)
    # What is not done leaves the badge alive.
    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", lambda **_facts: 1 / 0)
        refuses(ZeroDivisionError, members.withdraw, membership=rows[1], by=SYSTEM)
    assert set(Badge.objects.live()) == {stays, other}
    # Control: without what follows it would live.
    monkeypatch.setattr(departure_listeners, "_following", [])
    members.withdraw(membership=rows[1], by=SYSTEM)
    assert set(Badge.objects.live()) == {stays, other}


class TestCheck:
    def test_a_live_one_opens_the_zones_of_the_category(self, party: Party, desk: User) -> None:
        row = member(party)
        zones = [f.ZoneFactory(summit=party.summit, code=code) for code in "AB"]
        row.category.zones.set(zones)
        [badge], _skipped = issue(row, by=desk)
        found = badge_check.check_badge(typed=badge.public_id, by=desk)
        assert (found.badge, found.opens, found.why, found.category) == (badge, True, "", row.category)
        assert (found.zones, found.since) == (tuple(zones), Badge.objects.get().issued_at)
        f.InvitationFactory(party=party, state=InvitationState.REVOKED)
        found = badge_check.check_badge(typed=badge.public_id, by=desk)
        assert (found.opens, found.why) == (False, "The delegation’s invitation was revoked.")

    def test_it_is_found_however_it_is_typed(self, party: Party, desk: User) -> None:
        badge = f.BadgeFactory(party=party, public_id="0a1bcdefghjkmnpq")
        for typed in ("0A1B CDEF GHJK MNPQ", "oaib-cdef-ghjk-mnpq", " 0a1bcdefghjkmnpq\n", "Oalbcdefghjkmnpq"):
            assert badge_check.check_badge(typed=typed, by=desk).badge == badge
        assert badge_check.spaced(badge.public_id) == "0a1b cdef ghjk mnpq"

    def test_another_summits_is_no_badge(self, party: Party, desk: User) -> None:
        nothing = "No badge has this number. Type the number exactly as printed on the badge."
        for number in (f.BadgeFactory().public_id, "nothing"):
            found = badge_check.check_badge(typed=number, by=desk)
            assert (found.badge, found.opens, found.why) == (None, False, nothing)
        viewer = f.UserFactory.with_role(Role.VIEWER, party.summit)
        refuses(PermissionDenied, badge_check.check_badge, typed="x", by=viewer)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def issued_twice(self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Let two issue a badge to one person, who both look first whether there is one; return what came of each."""
        row = member(party)
        meet_after(monkeypatch, badges, "_holders")
        came = at_once(*[lambda: len(issue(row, by=desk)[0])] * 2)
        assert Badge.objects.live().count() == 1
        return sorted(map(str, names(came)))

    def test_issued_twice_at_once_it_is_one(self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.issued_twice(party, desk, monkeypatch) == ["0", "1"]

    def test_control_without_the_lock_the_constraint_refuses(
        self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(badges, "_lock", lambda keys: {row.pk: row for row in Party.objects.filter(pk__in=keys)})
        assert self.issued_twice(party, desk, monkeypatch) == ["1", "IntegrityError"]

    def test_nobody_gets_one_while_they_leave(self, party: Party, desk: User) -> None:
        for _ in range(2):
            row = member(party)
            issued, left = at_once(
                lambda row=row: len(issue(row, by=desk)[0]),
                lambda row=row: members.withdraw(membership=row, by=SYSTEM).why,
            )
            assert (issued in (0, 1), left) == (True, "withdrawn")
            assert Membership.objects.filter(pk=row.pk).count() == Badge.objects.live().count() == 0


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
