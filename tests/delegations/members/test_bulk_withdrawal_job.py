"""Many members withdrawn as long work: what came of each, going on after a worker's end, and who may."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.members import bulk_withdrawal_job
from delegations.members.models.members import FormerMember, Membership
from delegations.members.services import members
from delegations.parties.models.parties import Party
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.jobs import runner
from summit.jobs import services as jobs_services
from summit.jobs.models.jobs import Job
from summit.permissions.models import RoleAssignment
from summit.undo.models import UndoOffer
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries, refuses, said, text

pytestmark = pytest.mark.django_db
LIST = "/admin/delegations/membership/"


def members_of(party: Party, number: int) -> list[Membership]:
    return [f.MembershipFactory(party=party, person__name=f"P{n}", person__office="") for n in range(number)]


def chosen(rows: Iterable[Membership]) -> dict[str, list[int]]:
    """Return what the page that asks posts."""
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
        """Let two be few, and three many."""
        monkeypatch.setattr("delegations.overview.admin.members.FEW", 2)

    def test_many_are_withdrawn_by_a_worker_who_says_what_came_of_each(self, party: Party, desk: Client) -> None:
        rows = members_of(party, 3)
        # They are asked about first.
        asked = text(desk.post(f"{LIST}withdraw/", {"row": chosen(rows)["row"]}, follow=True))
        assert ("Withdraw 3 members</button>" in asked, Membership.objects.count()) == (True, 3)
        first, second = (desk.post(f"{LIST}withdraw/", chosen(rows)) for _time in range(2))
        # Pressed twice it is one job.
        job = Job.objects.get()
        address = f"/admin/jobs/{job.public_id}/"
        assert first["Location"] == second["Location"] == address
        assert Membership.objects.count() == 3
        finish(job)
        assert (Membership.objects.count(), FormerMember.objects.count(), withdrawals()) == (0, 3, 3)
        shown = text(desk.get(address))
        for words in ("3 members withdrawn.", '<bdi lang="">P2</bdi>', '<bdi lang="en">Aland</bdi>'):
            assert words in shown
        # One button undoes what the worker did.
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
