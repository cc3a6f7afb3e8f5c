"""Badges: who gets one, when it is dead, and what a number says at a door."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.badges.models.badges import Badge
from delegations.badges.selectors import badge_check
from delegations.badges.selectors import badges as badges_selectors
from delegations.badges.services import badges
from delegations.invitations.models.invitations import InvitationState
from delegations.members import departure_listeners
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.services import members
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.threads import at_once, meet_after, names


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

    def test_who_has_none_is_told_in_the_order_of_parties(self, party: Party, desk: User) -> None:
        first, second = member(party), member(party)
        other = member(f.PartyFactory(summit=party.summit, name="Albania"))
        member(f.PartyFactory())
        issue(second, by=desk)
        assert list(badges_selectors.without(party.summit)) == [first, other]

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
