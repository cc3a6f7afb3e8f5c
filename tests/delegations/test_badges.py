"""Badges: who gets one, when it is dead, and what a number says at a door."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from delegations.domain import badge_check, badges, departures, members
from delegations.models import Badge, Category, InvitationState, Membership, Party, Zone
from summit.domain.audit import SYSTEM
from summit.models import AuditEntry, Role, User
from tests import factories as f


@pytest.fixture
def party(db: None) -> Party:
    found: Party = f.PartyFactory(name="Italy")
    return found


@pytest.fixture
def desk(party: Party) -> User:
    return f.UserFactory.with_role(Role.ACCREDITATION, party.summit)


def member(party: Party, **values: Any) -> Membership:
    found: Membership = f.MembershipFactory(party=party, **values)
    return found


def entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk"))


class TestIssue:
    def test_each_gets_one_and_it_is_recorded(self, party: Party, desk: User) -> None:
        rows = [member(party), member(party)]
        issued = badges.issue(members=rows, by=desk)
        assert issued.skipped == []
        assert [badge.person for badge in issued.done] == [row.person for row in rows]
        assert {badge.issued_by for badge in Badge.objects.live()} == {desk}
        assert [(entry.object_key, entry.by, entry.part_of) for entry in entries("delegations.badge.issue")] == [
            (badge.public_id, desk, f"summit.person:{badge.person.public_id}") for badge in issued.done
        ]

    def test_who_has_one_gets_no_other(self, party: Party, desk: User) -> None:
        row = member(party, person__name="Ada", person__office="")
        badges.issue(members=[row], by=desk)
        issued = badges.issue(members=[row], by=desk)
        assert (issued.done, [why for _row, why in issued.skipped]) == ([], ["Ada has a badge already."])
        assert Badge.objects.count() == 1

    def test_whose_category_has_a_deadline_is_confirmed_first(self, party: Party, desk: User) -> None:
        row = member(party, person__name="Ada", person__office="")
        row.category.confirm_by = f.START
        row.category.save()
        issued = badges.issue(members=[row], by=desk)
        said = "Ada is not confirmed yet. The delegation or protocol confirms who comes."
        assert (issued.done, [why for _row, why in issued.skipped]) == ([], [said])
        members.confirm(party=party, people=[row.pk], by=SYSTEM)
        assert len(badges.issue(members=[row], by=desk).done) == 1

    def test_the_summits_own_deadline_asks_for_it_too(self, party: Party, desk: User) -> None:
        f.PolicyFactory(summit=party.summit, confirm_by=f.START)
        assert badges.issue(members=[member(party)], by=desk).done == []

    def test_a_party_that_left_the_summit_gets_none(self, party: Party, desk: User) -> None:
        row = member(party)
        f.InvitationFactory(party=party, state=InvitationState.REVOKED)
        issued = badges.issue(members=[row], by=desk)
        said = "Italy has left the summit: its invitation was revoked. Protocol can invite it anew."
        assert (issued.done, [why for _row, why in issued.skipped]) == ([], [said])
        assert list(badges.without(party.summit)) == []

    @pytest.mark.parametrize("role", list(Role))
    def test_who_may(self, party: Party, role: Role) -> None:
        by, row = f.UserFactory.with_role(role, party.summit), member(party)
        if role in (Role.ORGANISER, Role.ACCREDITATION):
            assert len(badges.issue(members=[row], by=by).done) == 1
        else:
            with pytest.raises(PermissionDenied):
                badges.issue(members=[row], by=by)
            assert Badge.objects.count() == 0

    def test_many_take_as_many_queries_as_two(self, party: Party, desk: User) -> None:
        numbers = []
        badges.issue(members=[member(party)], by=desk)
        for number in (2, 12):
            rows = [member(party) for _ in range(number)]
            with CaptureQueriesContext(connection) as queries:
                assert len(badges.issue(members=rows, by=desk).done) == number
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]

    def test_who_has_none_is_told_in_the_order_of_parties(self, party: Party, desk: User) -> None:
        first, second = member(party), member(party)
        other = member(f.PartyFactory(summit=party.summit, name="Albania", sort_key="Albania"))
        member(f.PartyFactory())
        badges.issue(members=[second], by=desk)
        assert list(badges.without(party.summit)) == [other, first]

    @pytest.mark.parametrize("deadline", ["summit", "category", "none"])
    def test_they_are_parted_by_what_stops_them(self, party: Party, deadline: str) -> None:
        late, sure = member(party), member(party, confirmed_at=f.START)
        policy = f.PolicyFactory(summit=party.summit, confirm_by=f.START if deadline == "summit" else None)
        if deadline == "category":
            Category.objects.filter(pk=late.category_id).update(confirm_by=f.START)
        able, waiting = list(badges.able(party.summit, policy)), list(badges.waiting(party.summit, policy))
        assert (able, waiting) == (([late, sure], []) if deadline == "none" else ([sure], [late]))
        assert not any(badges.why_not(row, policy) for row in able)
        assert all(badges.why_not(row, policy) for row in waiting)


class TestEnd:
    def test_it_says_why_and_is_never_alive_again(self, party: Party, desk: User) -> None:
        row = member(party)
        (badge,) = badges.issue(members=[row], by=desk).done
        assert badges.end(badges=[badge], reason="  Seen at  the wrong door. ", by=desk) == 1
        badge.refresh_from_db()
        assert (badge.ended_at is None, badge.why) == (False, "Seen at the wrong door.")
        assert badges.end(badges=[badge], reason="Again.", by=desk) == 0
        badge.refresh_from_db()
        assert badge.why == "Seen at the wrong door."
        (entry,) = entries("delegations.badge.end")
        assert (entry.fields, entry.detail) == (["ended_at", "why"], {})
        # Another can be issued.
        assert len(badges.issue(members=[row], by=desk).done) == 1

    @pytest.mark.parametrize(
        ("reason", "said"),
        [
            (" ", "Write why. Whoever checks the badge reads it."),
            ("x" * 201, "This has 201 characters. Shorten it to 200."),
        ],
    )
    def test_a_reason_is_needed(self, party: Party, desk: User, reason: str, said: str) -> None:
        badge = f.BadgeFactory(party=party)
        with pytest.raises(badges.BadgeProblem, match=f"^{said}$"):
            badges.end(badges=[badge], reason=reason, by=desk)
        assert Badge.objects.live().get() == badge

    @pytest.mark.parametrize("role", list(Role))
    def test_who_may(self, party: Party, role: Role) -> None:
        by, badge = f.UserFactory.with_role(role, party.summit), f.BadgeFactory(party=party)
        if role in (Role.ORGANISER, Role.PROTOCOL, Role.ACCREDITATION, Role.VETTING):
            assert badges.end(badges=[badge], reason="Why.", by=by) == 1
        else:
            with pytest.raises(PermissionDenied):
                badges.end(badges=[badge], reason="Why.", by=by)
            assert Badge.objects.live().count() == 1


class TestReissue:
    def test_the_lost_one_is_dead_and_another_lives(self, party: Party, desk: User) -> None:
        (lost,) = badges.issue(members=[member(party)], by=desk).done
        fresh = badges.reissue(badge=lost, by=desk)
        lost.refresh_from_db()
        assert (lost.why, badges.why_words(lost)) == (
            "lost",
            "It was lost, and another was issued in its place.",
        )
        assert Badge.objects.live().get() == fresh
        assert fresh.public_id != lost.public_id
        with pytest.raises(badges.BadgeRefused, match="dead already"):
            badges.reissue(badge=lost, by=desk)
        assert Badge.objects.count() == 2

    def test_who_can_have_no_other_keeps_the_one_and_is_told(self, party: Party, desk: User) -> None:
        row = member(party, person__name="Ada", person__office="")
        badge = f.BadgeFactory(party=party, person=row.person)
        f.PolicyFactory(summit=party.summit, confirm_by=f.START)
        with pytest.raises(badges.BadgeRefused) as refused:
            badges.reissue(badge=badge, by=desk)
        assert str(refused.value) == (
            "Ada is not confirmed yet. The delegation or protocol confirms who comes."
            " No other badge can be issued: end this one, with the reason."
        )
        assert Badge.objects.live().get() == badge


class TestDeparture:
    def test_whoever_leaves_has_a_dead_badge_at_once(self, party: Party, desk: User) -> None:
        rows = [member(party), member(party)]
        gone, stays = badges.issue(members=rows, by=desk).done
        members.withdraw(membership=rows[0], by=SYSTEM)
        gone.refresh_from_db()
        assert (gone.why, gone.ended_at is None) == ("left", False)
        assert badges.why_words(gone) == "The person left the delegation."
        assert Badge.objects.live().get() == stays

    def test_what_is_not_done_leaves_the_badge_alive(
        self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = member(party)
        badges.issue(members=[row], by=desk)
        monkeypatch.setattr(members.audit, "record", lambda **_facts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            members.withdraw(membership=row, by=SYSTEM)
        assert Badge.objects.live().count() == Membership.objects.count() == 1

    def test_control_without_what_follows_it_would_live(
        self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = member(party)
        badges.issue(members=[row], by=desk)
        monkeypatch.setattr(departures, "_following", [])
        members.withdraw(membership=row, by=SYSTEM)
        assert Badge.objects.live().count() == 1


class TestCheck:
    def test_a_live_one_opens_the_zones_of_the_category(self, party: Party, desk: User) -> None:
        row = member(party)
        zones = [Zone.objects.create(summit=party.summit, code=code, name=code) for code in "AB"]
        row.category.zones.set(zones)
        (badge,) = badges.issue(members=[row], by=desk).done
        found = badge_check.look(typed=badge.public_id, by=desk)
        assert (found.badge, found.opens, found.why, found.category) == (badge, True, "", row.category)
        assert (found.zones, found.since) == (tuple(zones), Badge.objects.get().issued_at)

    def test_it_is_found_however_it_is_typed(self, party: Party, desk: User) -> None:
        badge = f.BadgeFactory(party=party, public_id="0a1bcdefghjkmnpq")
        for typed in ("0A1B CDEF GHJK MNPQ", "oaib-cdef-ghjk-mnpq", " 0a1bcdefghjkmnpq\n", "Oalbcdefghjkmnpq"):
            assert badge_check.look(typed=typed, by=desk).badge == badge
        assert badge_check.spaced(badge.public_id) == "0a1b cdef ghjk mnpq"

    def test_a_dead_one_says_since_when_and_why(self, party: Party, desk: User) -> None:
        row = member(party)
        (badge,) = badges.issue(members=[row], by=desk).done
        members.withdraw(membership=row, by=SYSTEM)
        found = badge_check.look(typed=badge.public_id, by=desk)
        assert (found.badge, found.opens, found.zones) == (badge, False, ())
        assert (found.why, found.category) == ("The person left the delegation.", row.category)
        assert found.since == Badge.objects.get().ended_at

    def test_a_party_that_left_opens_nothing(self, party: Party, desk: User) -> None:
        badge = f.BadgeFactory(party=party)
        f.InvitationFactory(party=party, state=InvitationState.REVOKED)
        found = badge_check.look(typed=badge.public_id, by=desk)
        assert (found.opens, found.why) == (False, "Its party has left the summit: the invitation was revoked.")

    def test_another_summits_is_no_badge(self, party: Party, desk: User) -> None:
        nothing = "No badge has this number. Type it as it stands on the badge."
        for number in (f.BadgeFactory().public_id, "nothing"):
            found = badge_check.look(typed=number, by=desk)
            assert (found.badge, found.opens, found.why) == (None, False, nothing)

    def test_who_sees_no_badges_checks_none(self, party: Party) -> None:
        with pytest.raises(PermissionDenied):
            badge_check.look(typed="x", by=f.UserFactory.with_role(Role.VIEWER, party.summit))


@contextmanager
def meeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let two who issue meet after they have looked who has a badge, or go on where the other can't come."""
    meet, holders = threading.Barrier(2), badges._holders

    def looked(rows: Any) -> set[int]:
        found = holders(rows)
        with suppress(threading.BrokenBarrierError):
            meet.wait(2)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(badges, "_holders", looked)
        yield


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def together(self, *works: Callable[[], Any]) -> list[Any]:
        start, results = threading.Barrier(len(works)), []

        def run(work: Callable[[], Any]) -> None:
            try:
                start.wait(30)
                results.append(work())
            except Exception as problem:
                results.append(type(problem).__name__)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    def test_issued_twice_at_once_it_is_one(self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
        row = member(party)
        with meeting(monkeypatch):
            came = self.together(*[lambda: len(badges.issue(members=[row], by=desk).done)] * 2)
        assert sorted(came) == [0, 1]
        assert Badge.objects.live().count() == 1

    @pytest.mark.postgresql
    def test_control_without_the_lock_the_constraint_refuses(
        self, party: Party, desk: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = member(party)
        monkeypatch.setattr(badges, "_lock", lambda keys: {row.pk: row for row in Party.objects.filter(pk__in=keys)})
        with meeting(monkeypatch):
            came = self.together(*[lambda: len(badges.issue(members=[row], by=desk).done)] * 2)
        assert sorted(map(str, came)) == ["1", "IntegrityError"]
        assert Badge.objects.live().count() == 1

    def test_nobody_gets_one_while_they_leave(self, party: Party, desk: User) -> None:
        for _ in range(4):
            row = member(party)
            self.together(
                lambda row=row: badges.issue(members=[row], by=desk),
                lambda row=row: members.withdraw(membership=row, by=SYSTEM),
            )
            assert Membership.objects.filter(pk=row.pk).count() == Badge.objects.live().count() == 0
