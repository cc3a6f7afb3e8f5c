"""Naming, confirming, moving, withdrawing and replacing people, undoing it, and withdrawing many as long work."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.badges.models.badges import Badge
from delegations.badges.services import transferable_passes
from delegations.members import bulk_withdrawal_job, departure_listeners
from delegations.members.models.categories import Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import Particulars
from delegations.members.selectors.naming_rules import NamingRefused
from delegations.members.selectors.quotas import QuotaFull
from delegations.members.services import bulk_changes, members
from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.jobs import runner
from summit.jobs import services as jobs_services
from summit.jobs.models.jobs import Job
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from summit.undo.models import UndoOffer
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import category, link, queries, refuses, said, text
from tests.threads import at_once, meet_after


@pytest.fixture
def party(summit: Summit) -> Party:
    return of_name("Italy", summit=summit)


def of_name(name: str, **values: Any) -> Party:
    found: Party = f.PartyFactory(name=name, **values)
    Category.objects.of(found.summit)
    return found


def entered(party: Party, **values: Any) -> Person:
    return f.ParticularsFactory(person__summit=party.summit, entered_for=party, **values).person


def refusal(work: Callable[[], Any]) -> str:
    refused = refuses((NamingRefused, QuotaFull), work)
    return str(refused)


class TestName:
    def test_it_is_stored_and_recorded_without_personal_values(self, party: Party, protocol: User) -> None:
        person, by = entered(party, person__name="Ada Example"), link(party)
        row = members.name(party=party, person=person, category=category(party), by=by)
        assert (row.party, row.person, row.capacity, row.position) == (party, person, "delegate", 0)
        assert members.name(party=party, person=entered(party), category=category(party), by=by).position == 1
        entry = AuditEntry.objects.earliest("pk")
        assert (entry.action, entry.by_label) == ("delegations.name", str(by))
        assert entry.detail["category"] == "delegate"
        assert Person.objects.get(public_id=entry.detail["person"]).summit == party.summit
        given = {"party": party, "person": entered(party), "category": category(party)}
        # A focal point of another party is nobody here.
        for role in (Role.ACCREDITATION, Role.FOCAL_POINT):
            refuses(PermissionDenied, members.name, **given, by=f.UserFactory.with_role(role, party.summit))
        assert Membership.objects.filter(party=party).count() == 2
        assert members.name(**given, by=protocol).pk

    def test_nobody_goes_over_a_quota_or_the_total(self, party: Party) -> None:
        by = link(party)
        Category.objects.filter(code="delegate").update(quota=1)
        members.name(party=party, person=entered(party), category=category(party), by=by)
        late = entered(party)
        name = lambda code, by=SYSTEM: members.name(party=party, person=late, category=category(party, code), by=by)  # noqa: E731
        said = refusal(lambda: name("delegate", by))
        assert said.startswith("The quota of Italy for “delegate” is 1, and 1 are named.")
        Policy.objects.create(summit=party.summit, total=1)
        # Not even the system.
        assert refusal(lambda: name("adviser")).startswith("Italy can name 1 person in total")
        # Who does not count is named beyond the total.
        assert name("spouse").capacity == "spouse"
        assert Membership.objects.count() == 2

    def test_a_second_head_is_told_to_replace(self, party: Party) -> None:
        head, by = category(party, "head"), SYSTEM
        members.name(party=party, person=entered(party), category=head, by=by)
        said = refusal(lambda: members.name(party=party, person=entered(party), category=head, by=by))
        assert said == "Italy already has a head of delegation. Replace that person instead."
        by, person = link(party), entered(party)
        Category.objects.filter(code="liaison").update(offered=False)
        foreign = Category.objects.of(f.SummitFactory())["delegate"]
        for chosen, said in (
            (category(party, "guest"), "Italy cannot name people as “guest”. Choose another category."),
            (category(party, "liaison"), "Only protocol can name people as “liaison officer”. Write to protocol@"),
            (foreign, "Italy cannot name people as “delegate”. Choose another category."),
        ):
            work = lambda chosen=chosen: members.name(party=party, person=person, category=chosen, by=by)  # noqa: E731
            assert refusal(work).startswith(said)

    def test_after_the_time_protocol_still_can(self, party: Party, protocol: User) -> None:
        Category.objects.filter(code="delegate").update(name_by=datetime(2025, 3, 1, 12, tzinfo=UTC))
        person = entered(party)
        said = refusal(lambda: members.name(party=party, person=person, category=category(party), by=link(party)))
        assert said == (
            "The deadline for “delegate” was Saturday 1 March 2025, 12:00 London time. Protocol can still name "
            "people: protocol@host.example."
        )
        assert members.name(party=party, person=person, category=category(party), by=protocol).pk

    def test_whom_a_party_may_not_name(self, party: Party) -> None:
        by, here = link(party), category(party)
        other = of_name("Malta", summit=party.summit)
        theirs = entered(other, person__name="B", person__office="")

        def said(person: Person) -> str:
            return refusal(lambda: members.name(party=party, person=person, category=here, by=by))

        for person in (theirs, f.PersonFactory(summit=party.summit), entered(of_name("Elsewhere"))):
            assert said(person) == "This person is not in your delegation’s list. Add them first."
        twice = entered(party, person__name="C", person__office="")
        members.name(party=party, person=twice, category=here, by=by)
        assert said(twice) == "C is already in Italy. Withdraw them there first."
        members.name(party=other, person=theirs, category=here, by=SYSTEM)
        Particulars.objects.filter(person=theirs).update(entered_for=party)
        # Where somebody belongs is none of another party's business.
        assert said(theirs) == "B is named in another delegation. For help, contact protocol: protocol@host.example."


class TestMany:
    def test_those_who_fit_are_named_once_in_their_order(self, party: Party) -> None:
        Category.objects.filter(code="delegate").update(quota=2)
        people = [entered(party) for _number in range(4)]
        chosen = zip(people, ["delegate", "adviser", "delegate", "delegate"], strict=True)
        rows = [(person, category(party, code)) for person, code in chosen]
        found = members.name_many(party=party, people=[*rows, (people[1], category(party))], by=link(party))
        assert [type(problem) for _row, problem in found] == [type(None)] * 3 + [QuotaFull, NamingRefused]
        places = [(person.pk, number) for number, person in enumerate(people[:3])]
        assert list(Membership.objects.values_list("person_id", "position")) == places
        assert AuditEntry.objects.filter(action="delegations.name").count() == 3


class TestConfirmMoveReorder:
    def test_confirming_is_done_once(self, party: Party) -> None:
        one, two = f.MembershipFactory.create_batch(2, party=party)
        foreign = f.MembershipFactory()
        by = link(party)
        assert members.confirm(party=party, people=[one.pk, foreign.pk], by=by) == 1
        assert members.confirm(party=party, people=[one.pk, two.pk], by=by) == 1
        assert set(Membership.objects.filter(confirmed_at=None)) == {foreign}
        assert AuditEntry.objects.filter(action="delegations.confirm").count() == 2
        rows = [one, two, f.MembershipFactory(party=party)]
        members.reorder(party=party, order=[rows[2].pk, rows[0].pk], by=link(party))
        assert list(party.memberships.order_by("position")) == [rows[2], rows[0], rows[1]]
        members.reorder(party=party, order=[rows[2].pk, rows[0].pk], by=link(party))
        assert AuditEntry.objects.filter(action="delegations.reorder").count() == 1

    def test_moving_looks_at_the_quota_of_where_one_goes(self, party: Party) -> None:
        row = f.MembershipFactory(party=party)
        Policy.objects.create(summit=party.summit, total=1)
        Category.objects.filter(code="adviser").update(quota=0)
        said = refusal(lambda: members.move(membership=row, category=category(party, "adviser"), by=SYSTEM))
        assert said.startswith("The quota of Italy for “adviser” is 0")
        # The total is full with this one in it: moving takes no place of it.
        members.move(membership=row, category=category(party, "interpreter"), by=SYSTEM)
        row.refresh_from_db()
        assert (row.category.code, row.capacity) == ("interpreter", "interpreter")
        assert AuditEntry.objects.get().detail["before"] == "delegate"

        # Who stands beside the total takes one.
        beside = f.MembershipFactory(party=party, code="spouse")
        said = refusal(lambda: members.move(membership=beside, category=category(party), by=SYSTEM))
        assert said.startswith("Italy can name 1 person in total")


class TestLeave:
    def test_withdrawing_remembers_and_makes_room(self, party: Party) -> None:
        Category.objects.filter(code="delegate").update(quota=1)
        row = members.name(party=party, person=entered(party), category=category(party), by=SYSTEM)
        former = members.withdraw(membership=row, by=link(party))
        assert (former.person, former.why, former.successor) == (row.person, "withdrawn", None)
        assert not Membership.objects.exists()
        members.name(party=party, person=entered(party), category=category(party), by=link(party))
        said = refusal(lambda: members.withdraw(membership=row, by=SYSTEM))
        assert said == "This person has just been removed. Reload the list."
        row, by = f.MembershipFactory(party=party), link(of_name("Malta"))
        one, all_of_them = {"membership": row, "by": by}, {"party": party, "by": by}
        refuses(PermissionDenied, members.withdraw, **one)
        refuses(PermissionDenied, members.replace, person=entered(party), **one)
        refuses(PermissionDenied, members.move, category=category(party, "adviser"), **one)
        refuses(PermissionDenied, members.confirm, people=[row.pk], **all_of_them)
        refuses(PermissionDenied, members.reorder, order=[row.pk], **all_of_them)
        assert Membership.objects.get(pk=row.pk).confirmed_at is None

    def test_replacing_keeps_the_place_whatever_the_hour(self, party: Party) -> None:
        Category.objects.filter(code="head").update(name_by=db_now() - timedelta(days=1))
        f.MembershipFactory(party=party)
        head = f.MembershipFactory(party=party, code="head", position=7)
        fresh = members.replace(membership=head, person=entered(party), by=link(party))
        assert (fresh.capacity, fresh.position, fresh.confirmed_at) == ("head", 7, None)
        former = FormerMember.objects.get()
        assert (former.person, former.why, former.successor) == (head.person, "replaced", fresh.person)
        assert Membership.objects.filter(capacity="head").get() == fresh

    def test_a_member_in_another_category_takes_the_place_and_leaves_their_own(self, party: Party) -> None:
        Category.objects.filter(code="head").update(name_by=db_now() - timedelta(days=1))
        head = f.MembershipFactory(party=party, code="head", position=1)
        deputy = f.MembershipFactory(party=party, code="alternate", position=2, confirmed_at=db_now())
        badge = f.BadgeFactory(party=party, person=deputy.person)
        rule = f.TransferablePassRuleFactory(summit=party.summit, people=2)
        transferable_passes.settle_summit(summit=party.summit, by=SYSTEM)
        fresh = members.replace(membership=head, person=deputy.person, by=link(party))
        row = Membership.objects.get()
        assert (row.pk, row.person, row.capacity, row.position) == (deputy.pk, deputy.person, "head", 1)
        assert (fresh, row.confirmed_at) == (row, deputy.confirmed_at)
        badge.refresh_from_db()
        assert badge.ended_at is None
        former = FormerMember.objects.get()
        assert (former.person, former.why, former.successor) == (head.person, "replaced", deputy.person)
        entry = AuditEntry.objects.get(action="delegations.replace")
        assert (entry.fields, entry.detail["left"]) == (["category", "position"], "alternate")
        assert not rule.passes_given.filter(party=party).exists()

    def test_a_member_in_the_same_category_does_not(self, party: Party) -> None:
        row, other = f.MembershipFactory(party=party), f.MembershipFactory(party=party, person__name="Bea")
        for person in (other.person, row.person):
            said = refusal(lambda person=person: members.replace(membership=row, person=person, by=link(party)))
            assert said == f"{person.label} is already in “delegate”. Choose someone else."
        assert Membership.objects.count() == 2

    def test_what_follows_is_in_the_same_transaction(self, party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(departure_listeners, "notify_member_left", lambda **values: 1 / 0)
        row, other = f.MembershipFactory(party=party), entered(party)
        for work, given in ((members.withdraw, {}), (members.replace, {"person": other})):
            refuses(ZeroDivisionError, work, membership=row, by=SYSTEM, **given)
        assert (Membership.objects.get(), FormerMember.objects.count()) == (row, 0)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_of_two_who_are_named_at_once_one_gets_the_last_place(locked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: without the lock both get it."""
    party = of_name("Italy")
    Category.objects.filter(code="delegate").update(quota=1)
    given: dict[str, Any] = {"party": party, "category": category(party), "by": SYSTEM}
    both = [entered(party), entered(party)]
    # Each has found the place free before either takes it, unless one waits for the other.
    meet_after(monkeypatch, members, "count_member")
    if not locked:
        monkeypatch.setattr(members, "_lock", lambda party: None)
    came = at_once(*(lambda who=who: members.name(person=who, **given) for who in both))
    other = "QuotaFull" if locked else "Membership"
    assert sorted(type(found).__name__ for found in came) == ["Membership", other]
    assert Membership.objects.count() == (1 if locked else 2)


def values(row: Membership) -> dict[str, Any]:
    return Membership.objects.filter(pk=row.pk).values().get()


def withdrawn(*rows: Membership, by: User) -> str:
    with undo.grouped() as act:
        bulk_changes.withdraw(memberships=rows, by=by)
    assert act.offer is not None
    return act.offer.public_id


def test_a_withdrawn_member_is_as_before(party: Party, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = f.MembershipFactory(party=party, position=3, confirmed_at=db_now())
    before = values(row)
    result = undo.undo(public_id=withdrawn(row, by=organiser), by=organiser)
    assert (result.done, result.notes) == (["1 person is a member again."], [])
    assert values(row) == before
    assert not FormerMember.objects.exists()
    told = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["delegations.withdraw", "delegations.reinstate"]
    # Nor does anything wait for protocol any more.
    monkeypatch.setattr(handover_items, "held", lambda person: [("agenda.participant", "1")])
    act = withdrawn(row, by=organiser)
    assert Handover.objects.count() == 1
    undo.undo(public_id=act, by=organiser)
    assert not Handover.objects.exists()


def test_a_revoked_badge_never_lives_again(party: Party, organiser: User, protocol: User) -> None:
    row = f.MembershipFactory(party=party, confirmed_at=db_now())
    f.PhotoFactory(person=row.person)
    revoked = f.BadgeFactory(party=party, person=row.person)
    f.VisaLetterFactory(party=party, person=row.person)
    result = undo.undo(public_id=withdrawn(row, by=organiser), by=organiser)
    assert result.notes == ["Not restored: 1 visa support letter. Enter these again if you still need them."]
    revoked.refresh_from_db()
    fresh = Badge.objects.live().get(person=row.person)
    assert (revoked.ended_at is None, fresh.pk == revoked.pk, fresh.issued_by) == (False, False, organiser)

    # Who may issue no badges hears that there is none.
    act = withdrawn(Membership.objects.get(), by=organiser)
    notes = undo.undo(public_id=act, by=protocol).notes
    assert notes == ["Not restored: 1 badge. Enter these again if you still need them."]
    assert not Badge.objects.live().exists()


def test_a_place_that_was_taken_since_isnt_given_twice(party: Party, organiser: User) -> None:
    row = f.MembershipFactory(party=party, code="head")
    act = withdrawn(row, by=organiser)
    f.MembershipFactory(party=party, code="head")
    refused = refuses(UndoRefused, undo.undo, public_id=act, by=organiser)
    assert str(refused) == "Italy already has a head of delegation. Replace that person instead."
    assert party.memberships.count() == 1
    row = f.MembershipFactory(party=party)
    with undo.grouped() as act:
        members.confirm(party=party, people=[row.pk], by=organiser)
    assert act.offer is not None
    members.withdraw(membership=row, by=organiser)
    refused = str(refuses(UndoRefused, undo.undo, public_id=act.offer.public_id, by=organiser))
    assert refused.startswith(f"This has since changed: {organiser} withdrew a member.")


LIST = "/admin/delegations/membership/"


def members_of(party: Party, number: int) -> list[Membership]:
    return [f.MembershipFactory(party=party, person__name=f"P{n}", person__office="") for n in range(number)]


def chosen(rows: Iterable[Membership]) -> dict[str, list[int]]:
    return {"row": [row.pk for row in rows], "confirmed": [1]}


def steps(job: Job, number: int) -> Job:
    """Do some steps, as a worker that is killed after them."""
    claimed = runner.claim(job.pk)
    assert claimed is not None
    for _number in range(number):
        runner.step(claimed)
    return claimed


def begun(rows: list[Membership], by: User) -> Job:
    (job,) = bulk_withdrawal_job.ask(memberships=rows, by=by)
    return job


def finish(job: Job) -> None:
    """Let workers do the job, however short their time is."""
    while Job.objects.get(pk=job.pk).state == "waiting":
        runner.run(job.pk)


def withdrawals() -> int:
    return AuditEntry.objects.filter(action="delegations.withdraw").count()


class TestAtTheDesk:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("delegations.overview.admin.members.FEW", 2)

    def test_many_are_withdrawn_by_a_worker_who_says_what_came_of_each(self, party: Party, desk: Client) -> None:
        rows = members_of(party, 3)
        asked = text(desk.post(f"{LIST}withdraw/", {"row": chosen(rows)["row"]}, follow=True))
        assert ("Withdraw 3 members</button>" in asked, Membership.objects.count()) == (True, 3)
        first, second = (desk.post(f"{LIST}withdraw/", chosen(rows)) for _time in range(2))
        job = Job.objects.get()
        address = f"/admin/jobs/{job.public_id}/"
        assert first["Location"] == second["Location"] == address
        assert Membership.objects.count() == 3
        finish(job)
        assert (Membership.objects.count(), FormerMember.objects.count(), withdrawals()) == (0, 3, 3)
        shown = text(desk.get(address))
        for words in ("3 members withdrawn.", '<bdi lang="">P2</bdi>', '<bdi lang="en">Italy</bdi>'):
            assert words in shown
        assert "Undo 3 changes</button>" in shown
        act = UndoOffer.objects.get().public_id
        assert said(desk.post("/admin/undo/", {"act": act})) == ["3 people are members again."]
        assert (Membership.objects.count(), FormerMember.objects.count()) == (3, 0)
        assert "Undo 3 changes" not in text(desk.get(address))


class TestWork:
    def test_a_killed_workers_job_goes_on_with_the_next(self, party: Party, protocol: User) -> None:
        job = begun(members_of(party, 7), protocol)
        # A step is five of them, with so many statements for each.
        assert queries(lambda: steps(job, 1)) <= 5 * 40
        job.refresh_from_db()
        assert (Membership.objects.count(), job.done, job.total) == (2, 5, 7)
        Job.objects.update(state="waiting", lease_until=None)
        finish(job)
        job.refresh_from_db()
        assert (job.state, job.result_params) == ("done", {"number": 7, "total": 7})
        assert (Membership.objects.count(), withdrawals()) == (0, 7)

    def test_a_step_is_whole_or_not(self, party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job, whole = begun(members_of(party, 5), protocol), members.withdraw

        def broken(**values: Any) -> FormerMember:
            if Membership.objects.count() == 2:
                raise LookupError
            return whole(**values)

        monkeypatch.setattr("delegations.members.bulk_withdrawal_job.members.withdraw", broken)
        finish(job)
        job.refresh_from_db()
        assert (job.state, Membership.objects.count(), withdrawals()) == ("failed", 5, 0)

    def test_who_was_taken_off_meanwhile_is_left_as_they_were(self, party: Party, protocol: User) -> None:
        rows = members_of(party, 3)
        job = begun(rows, protocol)
        members.withdraw(membership=rows[1], by=SYSTEM)
        finish(job)
        job.refresh_from_db()
        assert job.checkpoint == {"came": ["withdrawn", "gone", "withdrawn"]}
        assert bulk_withdrawal_job.result(job) == "2 members withdrawn. 1 was not changed. The reason is below."
        assert [line.said for line in bulk_withdrawal_job.lines(job)][1] == "already removed"
        assert (FormerMember.objects.count(), withdrawals()) == (3, 3)

    def test_whoever_lost_the_right_withdraws_nobody(self, party: Party, protocol: User) -> None:
        job = begun(members_of(party, 3), protocol)
        RoleAssignment.objects.filter(user=protocol).delete()
        finish(job)
        job = Job.objects.get()
        assert job.checkpoint == {"came": ["refused"] * 3}
        assert Membership.objects.count() == 3
        assert bulk_withdrawal_job.WITHDRAW_MEMBERS.bad(job)
        # Nor do they read who was meant.
        assert bulk_withdrawal_job.lines(job) == []

    def test_nobody_asks_for_a_party_that_is_not_theirs(self, party: Party, protocol: User) -> None:
        foreign = members_of(f.PartyFactory(), 1)
        refuses(PermissionDenied, bulk_withdrawal_job.ask, memberships=[*members_of(party, 1), *foreign], by=protocol)
        there = {"kind": bulk_withdrawal_job.NAME, "summit": foreign[0].party.summit}
        refuses(PermissionDenied, jobs_services.start, by=protocol, **there)
        assert not Job.objects.exists()


def test_lists_that_begin_alike_are_two_jobs(party: Party, protocol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes them the same is longer than its column."""
    rows = members_of(party, 30)
    for asked in (rows, rows[:-1], rows):
        begun(asked, protocol)
    assert Job.objects.count() == 2
    # Control: cut they would be one.
    monkeypatch.setattr(jobs_services, "_key", lambda whole: whole[:80])
    assert begun(rows[1:], protocol) == begun(rows[1:-1], protocol)
