"""Long work: asked for, done in steps, stopped, whatever becomes of a worker; and its pages, nobody else’s."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import invitations
from sessions.releases.services import releases
from summit.admin_base.progress_bar import time_left
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.lock_yielding import Turns
from summit.jobs import runner
from summit.jobs import services as jobs_services
from summit.jobs import tasks as jobs_tasks
from summit.jobs.job_kinds import KINDS, JobKind, JobStep, Result, register
from summit.jobs.models.jobs import TRANSITIONS, Job, JobState
from summit.outbox.models import Message
from summit.outbox.progress import progress
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import PartyFactory, SessionFactory, UserFactory
from tests.summit.conftest import desk_of
from tests.summit.jobs.conftest import Counting, claimed
from tests.threads import at_once, meeting
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db


def let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


# --- states ---------------------------------------------------------------------------------------------------------
def test_every_state_has_a_row_and_follows_from_one() -> None:
    assert set(TRANSITIONS) == set().union(*TRANSITIONS.values()) == set(JobState.values)
    assert jobs_services.sources(JobState.CANCELLED) == [JobState.WAITING, JobState.RUNNING]
    assert jobs_services.sources(JobState.RUNNING) == [JobState.WAITING, JobState.RUNNING]
    assert jobs_services.sources(JobState.WAITING) == [JobState.RUNNING, JobState.FAILED, JobState.CANCELLED]


def test_what_must_hold_is_held_by_the_database(job: Job) -> None:
    now = timezone.now()
    for constraint, values in (
        ("job_state_known|job_finished_has_time", {"state": "odd"}),
        ("job_running_is_held", {"state": "running"}),
        ("job_running_is_held", {"lease_until": now}),
        ("job_finished_has_time", {"finished_at": now}),
        ("job_finished_has_time", {"state": "cancelled"}),
        ("job_failure_says_why", {"state": "failed", "finished_at": now}),
        ("job_done_has_result", {"state": "done", "finished_at": now}),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**values)


# --- asking ---------------------------------------------------------------------------------------------------------
def test_asked_for_twice_it_is_done_once(job: Job, organiser: User) -> None:
    assert (job.state, job.by, job.summit, job.done, job.total) == ("waiting", organiser, None, 0, 0)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_key, entry.detail) == ("jobs.start", job.public_id, {"kind": "count"})
    assert jobs_services.start(kind="count", by=organiser) == job
    assert jobs_services.start(kind="count", by=UserFactory()) != job
    assert jobs_services.start(kind="count", by=organiser, params={"of": 2}) != job
    runner.run(job.pk)
    assert jobs_services.start(kind="count", by=organiser) != job


def test_who_may_not_is_told_who_can(counting: Counting, summit: Summit) -> None:
    viewer = UserFactory.with_role(Role.VIEWER, summit)
    with pytest.raises(PermissionDenied, match="Only organisers can start this"):
        jobs_services.start(kind="verify_audit", by=viewer)
    assert not Job.objects.exists()
    # A kind is registered once.
    other = JobKind("count", "", counting.step, lambda *_: True, lambda *_: "", lambda _: "", lambda _: False)
    with pytest.raises(ValueError, match="two kinds of work are called count"):
        register(other)


# --- doing ----------------------------------------------------------------------------------------------------------
def test_done_in_steps_and_others_have_turns(job: Job, counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(Turns, "yield_if_due", lambda self: asked.append(len(counting.steps)))
    runner.run(job.pk)
    # After each but the last.
    assert asked == list(range(1, 10))
    found = fresh(job)
    assert (found.state, found.done, found.total, counting.steps) == ("done", 10, 10, list(range(1, 11)))
    assert (found.result, found.result_params, found.finished_at is None) == ("counted", {"number": 10}, False)


def test_the_sweep_hands_it_out_again_when_the_queue_is_lost(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(jobs_tasks.current_app, "send_task", lambda name, args: sent.append((name, args)))
    jobs_tasks.sweep()
    jobs_tasks.sweep()
    assert sent == [("jobs.tasks.run", [job.pk])]
    Job.objects.update(handed_until=timezone.now() - timedelta(seconds=1))
    jobs_tasks.sweep()
    assert len(sent) == 2
    jobs_tasks.run(job.pk)
    jobs_tasks.sweep()
    assert (fresh(job).state, len(sent)) == ("done", 2)


def test_others_have_their_turn(job: Job, counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "TURN", -1.0)
    runner.run(job.pk)
    assert (fresh(job).state, fresh(job).done) == ("waiting", 1)
    assert runner.hand_out() == [job.pk]
    for _ in range(9):
        runner.run(job.pk)
    assert (fresh(job).state, counting.steps) == ("done", list(range(1, 11)))


def test_a_killed_workers_job_goes_on_from_its_last_step(job: Job, counting: Counting) -> None:
    class Killed(BaseException):
        """What nothing catches."""

    def die(number: int) -> None:
        if number == 5 and not counting.steps.count(5) > 1:
            raise Killed

    counting.during = die
    with pytest.raises(Killed):
        runner.run(job.pk)
    assert (fresh(job).state, fresh(job).done) == ("running", 4)
    runner.run(job.pk)
    assert fresh(job).done == 4, "its lease stands: nobody else takes it"
    assert runner.hand_out() == []
    let_lease_run_out(job)
    assert runner.hand_out() == [job.pk]
    runner.run(job.pk)
    assert (fresh(job).state, counting.steps) == ("done", [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10])


def test_a_worker_that_comes_back_stores_nothing(
    job: Job, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = claimed(job)
    runner.step(slow)
    let_lease_run_out(job)
    runner.step(claimed(job))
    with pytest.raises(runner.Lost):
        runner.step(slow)
    runner.release(slow)
    assert (fresh(job).state, fresh(job).done, counting.steps) == ("running", 2, [1, 2])
    # The control: without the token it does.
    monkeypatch.setattr(runner, "claimed_rows", lambda job: Job.objects.filter(pk=job.pk))
    runner.step(slow)
    assert (fresh(job).done, counting.steps) == (2, [1, 2, 2])


def test_what_is_slow_is_prepared_before_the_transaction(
    job: Job, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, within = len(connection.savepoint_ids), []

    def prepare(working: Job) -> JobStep | None:
        within.append(len(connection.savepoint_ids) - outside)
        # However long it takes, its lease stands.
        assert fresh(job).lease_until - fresh(job).heartbeat_at == runner.PREPARING
        return JobStep(10, 10, {}, Result("counted", {"number": 10})) if working.done == 2 else None

    monkeypatch.setitem(KINDS, "count", replace(KINDS["count"], prepare=prepare))
    runner.run(job.pk)
    assert (fresh(job).state, fresh(job).done, counting.steps, within) == ("done", 10, [1, 2], [0, 0, 0])


def test_a_job_that_kills_its_workers_is_given_up(job: Job, counting: Counting) -> None:
    counting.breaks[3] = DatabaseError("gone")
    # The first claim does two steps, and does not count.
    for _ in range(1 + runner.MOST_ATTEMPTS):
        with pytest.raises(DatabaseError):
            runner.run(job.pk)
        let_lease_run_out(job)
    runner.run(job.pk)
    assert (fresh(job).state, fresh(job).problem, fresh(job).done) == ("failed", "worn", 2)


def test_what_nobody_can_do_fails_and_may_go_on(job: Job, counting: Counting, organiser: User) -> None:
    counting.breaks[3] = LookupError("secret of somebody")
    runner.run(job.pk)
    assert (fresh(job).state, fresh(job).problem, fresh(job).done) == ("failed", "LookupError", 2)
    counting.breaks.clear()
    jobs_services.retry(job=job, by=organiser)
    runner.run(job.pk)
    assert (fresh(job).state, fresh(job).problem, counting.steps[2:]) == ("done", "", list(range(3, 11)))


# --- stopping -------------------------------------------------------------------------------------------------------
def test_stopped_between_steps(
    job: Job, counting: Counting, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = runner.step

    def stop(working: Job) -> bool:
        if counting.steps == [1, 2, 3]:
            jobs_services.cancel(job=fresh(job), by=organiser)
        return original(working)

    monkeypatch.setattr(runner, "step", stop)
    runner.run(job.pk)
    assert (fresh(job).state, fresh(job).done, counting.steps) == ("cancelled", 3, [1, 2, 3])
    runner.run(job.pk)
    assert fresh(job).state == "cancelled"
    monkeypatch.undo()
    # It worked for a minute, an hour ago: what is left is told from the minute.
    stopped = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(started_at=stopped - timedelta(minutes=1), heartbeat_at=stopped)
    before = db_now()
    jobs_services.retry(job=fresh(job), by=organiser)
    began = fresh(job).started_at
    assert began is not None
    assert before <= began + timedelta(minutes=1) <= db_now()
    runner.run(job.pk)
    assert (fresh(job).state, counting.steps[3:]) == ("done", [4, 5, 6, 7, 8, 9, 10])
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["jobs.start", "jobs.cancel", "jobs.retry"]


def test_refusals(job: Job, organiser: User) -> None:
    other = UserFactory()
    for decision in (jobs_services.cancel, jobs_services.retry):
        with pytest.raises(PermissionDenied):
            decision(job=job, by=other)
    with pytest.raises(ValueError, match="Only failed or stopped jobs can be resumed"):
        jobs_services.retry(job=job, by=organiser)
    jobs_services.cancel(job=job, by=organiser)
    with pytest.raises(ValueError, match="has already ended"):
        jobs_services.cancel(job=job, by=organiser)
    again = jobs_services.start(kind="count", by=organiser)
    with pytest.raises(ValueError, match="already running"):
        jobs_services.retry(job=job, by=organiser)
    runner.run(again.pk)
    with pytest.raises(ValueError, match="has already ended"):
        jobs_services.cancel(job=again, by=organiser)


# --- two at once ----------------------------------------------------------------------------------------------------
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_step_once(job: Job, counting: Counting) -> None:
    assert at_once(*[lambda: runner.run(job.pk)] * 2) == [None, None]
    assert (fresh(job).state, counting.steps, fresh(job).claims) == ("done", list(range(1, 11)), 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_claim_both_do(job: Job, counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    original, together = runner.step, [meeting() for _ in range(10)]

    def step(working: Job) -> bool:
        together[working.done]()
        return original(working)

    def take(pk: int) -> Job:
        Job.objects.filter(pk=pk).update(state="running", lease_until=timezone.now() + timedelta(minutes=1))
        return Job.objects.get(pk=pk)

    monkeypatch.setattr(runner, "claim", take)
    monkeypatch.setattr(runner, "step", step)
    assert at_once(*[lambda: runner.run(job.pk)] * 2) == [None, None]
    # Whoever stores the last step first has done the job.
    assert sorted(counting.steps) == sorted([*range(1, 11), *range(1, 10)])
    assert KINDS["count"].title == "Counting to ten"


# --- pages ----------------------------------------------------------------------------------------------------------
def advance(job: Job, steps: int) -> Job:
    found = claimed(job)
    for _ in range(steps):
        runner.step(found)
    return found


def page(desk: Client, job: Job) -> str:
    response = desk.get(f"/admin/jobs/{job.public_id}/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    return response.content.decode()


def bar_and_words(text: str) -> tuple[str, str]:
    (bar,), (words,) = (re.findall(pattern, text) for pattern in (r"<progress [^>]*>", r"<p data-words>(.*?)</p>"))
    return re.sub(r' aria-label="[^"]*"', "", bar), words


class TestProgress:
    def test_the_script_asks_for_json(self, desk: Client, job: Job) -> None:
        def asked() -> Any:
            return desk.get(f"/admin/jobs/{job.public_id}/", headers={"accept": "application/json"}).json()

        advance(job, 3)
        now = timezone.now()
        Job.objects.update(started_at=now - timedelta(seconds=60), heartbeat_at=now)
        said = {"done": 3, "total": 10, "words": "3 of 10", "left": "about 2 min left", "finished": False}
        assert asked() == said
        Job.objects.update(lease_until=now - timedelta(seconds=1))
        runner.run(job.pk)
        assert asked()["finished"]

    def test_what_is_left(self) -> None:
        for done, total, seconds, said in (
            *((0, 10, 5, ""), (5, 10, 0.5, ""), (10, 10, 60, "")),
            (9, 10, 9, "a few seconds left"),
            (312, 2000, 3.7, "about 20 s left"),
            (1, 2, 88, "about 90 s left"),
            (1, 2, 91, "about 2 min left"),
            (1, 100, 60, "about 99 min left"),
        ):
            assert time_left(done, total, seconds) == said


class TestEnds:
    def test_failed_says_what_to_do_next(self, desk: Client, job: Job, counting: Counting) -> None:
        counting.breaks[2] = LookupError("secret")
        runner.run(job.pk)
        text = page(desk, job)
        assert ("An unexpected error stopped the job." in text, "secret" in text) == (True, False)
        assert desk.post(f"/admin/jobs/{job.public_id}/retry/").status_code == 302
        assert Job.objects.get().state == "waiting"

    def test_stopped(self, desk: Client, job: Job) -> None:
        assert desk.post(f"/admin/jobs/{job.public_id}/cancel/").status_code == 302
        assert "You stopped this job." in page(desk, job)
        response = desk.post(f"/admin/jobs/{job.public_id}/cancel/", follow=True)
        assert [str(message) for message in response.context["messages"]] == ["This job has already ended."]


class TestWhose:
    def test_anothers_job_is_not_there(self, desk: Client, job: Job, summit: Summit) -> None:
        other = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
        for key in (job.public_id, "0000000000000000"):
            for path in ("", "cancel/", "retry/"):
                response = other.post(f"/admin/jobs/{key}/{path}") if path else other.get(f"/admin/jobs/{key}/")
                assert response.status_code == 404
        assert Job.objects.get().state == "waiting"
        # The control: its owner finds it.
        for client, found in ((other, False), (desk, True)):
            text = client.get("/admin/jobs/").content.decode()
            assert (job.public_id in text, "No background jobs yet" in text) == (found, not found)


def chained(organiser: User, summit: Summit, number: int) -> None:
    for _ in range(number):
        audit.record(by=organiser, action="test", target=summit, summit=summit)
    audit.chain()


class TestVerifyingTheAudit:
    def ask(self, desk: Client) -> Job:
        response = desk.post("/admin/jobs/verify-audit/")
        assert response.status_code == 302
        job = Job.objects.get()
        assert response["Location"] == f"/admin/jobs/{job.public_id}/"
        return job

    def test_whole_and_then_broken(self, desk: Client, organiser: User, summit: Summit) -> None:
        chained(organiser, summit, 4)
        job = self.ask(desk)
        runner.run(job.pk)
        text = page(desk, job)
        mark = AuditEntry.objects.get(position=4).digest
        assert f"4 entries verified. Keep the end of the chain elsewhere to compare it later: {mark}:4" in text
        assert bar_and_words(text) == ('<progress value="4" max="4">', "4 of 4 entries checked")
        with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
            AuditEntry.objects.filter(position=2).update(action="other")
        Job.objects.all().delete()
        job = self.ask(desk)
        runner.run(job.pk)
        text = page(desk, job)
        assert "was changed: its content no longer matches its digest." in text
        assert '<span class="state" data-state="bad">done</span>' in text
        # It is offered to organisers alone.
        viewer = desk_of(summit, Role.VIEWER)
        for client, offered in ((desk, True), (viewer, False)):
            assert ("Verify audit log" in client.get("/admin/jobs/").content.decode()) is offered


# --- progress of messages -------------------------------------------------------------------------------------------
def set_states(**states: int) -> None:
    keys = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    for state, number in states.items():
        taken, keys = keys[:number], keys[number:]
        values: dict[str, Any] = {"state": state, "problem": "why"}
        if state == "sent":
            values["sent_at"] = Message.objects.values_list("created_at", flat=True)[0]
        Message.objects.filter(pk__in=taken).update(**values)


def shown(page: str) -> tuple[str, str, str]:
    patterns = (r'<progress aria-label="[^"]*" ?([^>]*)>', r"<p data-words>(.*?)</p>", r"data-left>(.*?)</p>")
    ((bar,), (words,), (left,)) = (re.findall(pattern, page) for pattern in patterns)
    return bar, words, left


class TestInvitations:
    def test_one_lands_there_and_it_survives_a_reload(self, desk: Client, summit: Summit) -> None:
        parties = [PartyFactory(summit=summit, name=f"Land {letter}") for letter in "ABCDEF"]
        response = desk.post("/admin/delegations/party/invite/", {"row": [party.pk for party in parties]})
        first = Invitation.objects.get(party=parties[0])
        address = f"/admin/delegations/invitation/{first.pk}/sent/"
        assert (response.status_code, response["Location"]) == (302, address)
        first_shown = ('value="0" max="6"', "0 of 6 messages sent", "6 waiting")
        assert shown(desk.get(address).content.decode()) == first_shown
        set_states(sent=3, failed=1)
        for _ in range(2):
            page = desk.get(address).content.decode()
            assert shown(page) == ('value="4" max="6"', "3 of 6 messages sent", "2 waiting")
        assert "1 message failed: check the reason and resend it" in page
        answer = desk.get(address, headers={"accept": "application/json"})
        words = {"words": "3 of 6 messages sent", "left": "2 waiting"}
        assert answer.json() == {"done": 4, "total": 6, **words, "finished": False}
        # The failed ones are a click away.
        set_states(failed=2, sent=4)
        page = desk.get(address).content.decode()
        (link,) = re.findall(r'href="([^"]+)">2 messages failed', page)
        assert desk.get(link.replace("&amp;", "&")).context["cl"].result_count == 2
        assert "data-progress" not in page

    def test_queries_do_not_grow(self, desk: Client, summit: Summit, organiser: User) -> None:
        numbers = []
        for size in (1, 3):
            invitations.invite(parties=PartyFactory.create_batch(size, summit=summit), by=organiser)
            address = f"/admin/delegations/invitation/{Invitation.objects.latest('pk').pk}/sent/"
            desk.get(address)
            with CaptureQueriesContext(connection) as queries:
                desk.get(address)
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]


class TestReleases:
    def test_where_nobody_had_to_be_told(self, desk: Client, summit: Summit, organiser: User) -> None:
        SessionFactory(summit=summit)
        made = releases.release(summit=summit, by=organiser)
        page = desk.get(f"/admin/agenda/release/{made.pk}/sent/").content.decode()
        assert "No messages were needed." in page
        assert "<progress" not in page


def test_words() -> None:
    for states, said, left, state in (
        ({"sent": 1}, "1 of 1 message sent", "", "good"),
        ({"sent": 31, "failed": 2, "pending": 1}, "31 of 34 messages sent", "1 waiting", ""),
        ({"sent": 46, "failed": 2}, "46 of 48 messages sent", "", "bad"),
        ({"sent": 2000, "dropped": 1}, "2,000 of 2,001 messages sent", "", "good"),
    ):
        counted = {"sent": 0, "failed": 0, "pending": 0, "dropped": 0, "total": sum(states.values()), **states}
        found = progress(counted)
        assert (found.words, found.left, found.state) == (said, left, state)
