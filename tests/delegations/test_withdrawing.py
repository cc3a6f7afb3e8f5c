"""Many members withdrawn as long work: what came of each, going on after a worker's end, and who may."""

import time
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations import withdrawing
from delegations.domain import members
from delegations.models import Category, FormerMember, Membership, Party
from summit.domain.audit import SYSTEM
from summit.models import AuditEntry, Role, RoleAssignment, Summit, User
from summit.work.domain import jobs, running
from summit.work.models import Job
from tests import factories as f

pytestmark = pytest.mark.django_db
LIST = "/admin/delegations/membership/"


@pytest.fixture
def party() -> Party:
    found: Party = f.PartyFactory(name="Aland", sort_key="Aland", summit__slug="here")
    Category.objects.of(found.summit)
    return found


@pytest.fixture
def by(party: Party) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, party.summit)


@pytest.fixture
def desk(by: User) -> Client:
    client = Client()
    client.force_login(by)
    return client


def members_of(party: Party, number: int, start: int = 0) -> list[Membership]:
    return [
        f.MembershipFactory(party=party, person__name=f"P{n}", person__office="")
        for n in range(start, start + number)
    ]


def chosen(rows: Iterable[Membership]) -> dict[str, list[int]]:
    return {"row": [row.pk for row in rows]}


def steps(job: Job, number: int) -> Job:
    """Do some steps, as a worker that is killed after them."""
    claimed = running.claim(job.pk)
    assert claimed is not None
    for _number in range(number):
        running.step(claimed)
    return claimed


def begun(rows: list[Membership], by: User) -> Job:
    (job,) = withdrawing.ask(memberships=rows, by=by)
    return job


def withdrawals() -> int:
    return AuditEntry.objects.filter(action="delegations.withdraw").count()


class TestAtTheDesk:
    def test_many_are_withdrawn_by_a_worker_whose_page_says_what_came_of_each(
        self, party: Party, desk: Client
    ) -> None:
        rows = members_of(party, 12)
        answer = desk.post(f"{LIST}withdraw/", chosen(rows))
        job = Job.objects.get()
        assert answer["Location"] == f"/admin/work/{job.public_id}/"
        assert Membership.objects.count() == 12
        waiting = desk.get(answer["Location"]).content.decode()
        assert waiting.count('<span class="state" data-state="wait">to be withdrawn</span>') == 12
        running.run(job.pk)
        assert (Membership.objects.count(), FormerMember.objects.count(), withdrawals()) == (0, 12, 12)
        shown = desk.get(answer["Location"]).content.decode()
        assert "12 members are withdrawn." in shown
        assert shown.count('<span class="state" data-state="good">withdrawn</span>') == 12
        assert '<bdi lang="">P11</bdi>' in shown
        assert '<bdi lang="en">Aland</bdi>' in shown

    def test_few_are_withdrawn_at_once(self, party: Party, desk: Client) -> None:
        answer = desk.post(f"{LIST}withdraw/", chosen(members_of(party, 10)))
        assert answer["Location"] == f"/admin/delegations/party/{party.pk}/change/#members"
        assert (Membership.objects.count(), Job.objects.count()) == (0, 0)

    def test_pressed_twice_it_is_one_job(self, party: Party, desk: Client) -> None:
        rows = members_of(party, 11)
        first, second = (desk.post(f"{LIST}withdraw/", chosen(rows)) for _time in range(2))
        assert first["Location"] == second["Location"]
        assert Job.objects.count() == 1

    def test_people_of_two_summits_are_two_jobs(self, party: Party) -> None:
        other = f.PartyFactory(name="Bland")
        Category.objects.of(other.summit)
        root = f.UserFactory(is_superuser=True)
        client = Client()
        client.force_login(root)
        answer = client.post(f"{LIST}withdraw/", chosen([*members_of(party, 6), *members_of(other, 6)]))
        assert answer["Location"] == "/admin/work/"
        assert {job.summit for job in Job.objects.all()} == {party.summit, other.summit}

    def test_more_than_can_be_done_at_once_is_said(
        self, party: Party, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("delegations.admin.members.MOST", 3)
        chosen = {"action": "withdraw", "_selected_action": [row.pk for row in members_of(party, 4)]}
        asked = desk.post(LIST, chosen, follow=True).content.decode()
        assert "At most 3 members are changed at once: here are the first 3." in asked
        assert "Withdraw 3 members</button>" in asked

    def test_the_page_asks_as_much_for_many(self, party: Party, desk: Client) -> None:
        few, many = (begun(members_of(party, n), User.objects.get()) for n in (2, 40))
        desk.get(f"/admin/work/{few.public_id}/")

        def count(job: Job) -> int:
            with CaptureQueriesContext(connection) as queries:
                desk.get(f"/admin/work/{job.public_id}/")
            return len(queries)

        assert count(few) == count(many)


class TestWork:
    def test_a_killed_workers_job_goes_on_with_the_next(self, party: Party, by: User) -> None:
        job = begun(members_of(party, 12), by)
        steps(job, 1)
        job.refresh_from_db()
        assert (Membership.objects.count(), job.done, job.total) == (7, 5, 12)
        Job.objects.update(state="waiting", lease_until=None)
        running.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result_params) == ("done", {"number": 12, "total": 12})
        assert (Membership.objects.count(), withdrawals()) == (0, 12)

    def test_a_step_that_breaks_leaves_everybody_of_it(
        self, party: Party, by: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job, whole = begun(members_of(party, 5), by), members.withdraw

        def broken(**values: Any) -> FormerMember:
            if Membership.objects.count() == 2:
                raise LookupError
            return whole(**values)

        monkeypatch.setattr("delegations.withdrawing.members.withdraw", broken)
        running.run(job.pk)
        job.refresh_from_db()
        assert (job.state, Membership.objects.count(), withdrawals()) == ("failed", 5, 0)

    def test_who_was_taken_off_meanwhile_is_left_as_they_were(self, party: Party, by: User) -> None:
        rows = members_of(party, 3)
        job = begun(rows, by)
        members.withdraw(membership=rows[1], by=SYSTEM)
        running.run(job.pk)
        job.refresh_from_db()
        assert job.checkpoint == {"came": ["withdrawn", "gone", "withdrawn"]}
        assert withdrawing.result(job) == "2 members are withdrawn. 1 was left as they were: see below why."
        assert [line.said for line in withdrawing.lines(job)][1] == "had been taken off before"
        assert (FormerMember.objects.count(), withdrawals()) == (3, 3)

    def test_whoever_lost_the_right_withdraws_nobody(self, party: Party, by: User) -> None:
        job = begun(members_of(party, 3), by)
        RoleAssignment.objects.filter(user=by).delete()
        running.run(job.pk)
        job = Job.objects.get()
        assert job.checkpoint == {"came": ["refused"] * 3}
        assert Membership.objects.count() == 3
        assert withdrawing.WITHDRAW_MEMBERS.bad(job)
        # Nor do they read who was meant.
        assert withdrawing.lines(job) == []

    def test_whose_data_is_erased_has_no_name(self, party: Party, by: User) -> None:
        rows = members_of(party, 2)
        job = begun(rows, by)
        rows[0].person.delete()
        assert [(line.name, line.about) for line in withdrawing.lines(job)] == [("", "Aland"), ("P1", "Aland")]

    def test_a_party_is_named_in_the_readers_language(self, party: Party, by: User, settings: Any) -> None:
        from django.utils import translation

        party.names.create(language="fr", name="Åland-en-français")
        job = begun(members_of(party, 1), by)
        with translation.override("fr"):
            (line,) = withdrawing.lines(job)
        assert (line.about, line.about_language) == ("Åland-en-français", "fr")

    def test_a_step_is_short(self, party: Party, by: User) -> None:
        job = begun(members_of(party, 5), by)
        before = time.perf_counter()
        steps(job, 1)
        assert time.perf_counter() - before < 2

    def test_nobody_asks_for_a_party_that_is_not_theirs(self, party: Party, by: User) -> None:
        foreign = members_of(f.PartyFactory(), 1)
        with pytest.raises(PermissionDenied):
            withdrawing.ask(memberships=[*members_of(party, 1), *foreign], by=by)
        with pytest.raises(PermissionDenied):
            jobs.start(kind=withdrawing.NAME, by=by, summit=Summit.objects.exclude(pk=party.summit_id).get())
        assert not Job.objects.exists()


class TestTheSameWork:
    """Two lists that begin alike are two jobs, since what makes them the same is longer than its column."""

    def two(self, party: Party, by: User) -> int:
        rows = members_of(party, 30)
        begun(rows, by)
        begun(rows[:-1], by)
        begun(rows, by)
        return Job.objects.count()

    def test_two_lists_that_begin_alike(self, party: Party, by: User) -> None:
        assert self.two(party, by) == 2

    def test_control_cut_they_would_be_one(self, party: Party, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jobs, "_key", lambda whole: whole[:80])
        assert self.two(party, by) == 1
