"""Asking for work, doing it in steps, and what happens when a worker dies, two work at once, or somebody stops it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.lock_yielding import Turns
from summit.jobs import runner
from summit.jobs import services as jobs_services
from summit.jobs import tasks as jobs_tasks
from summit.jobs.job_kinds import KINDS, JobKind, register
from summit.jobs.models.jobs import TRANSITIONS, Job, JobState
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import UserFactory
from tests.summit.jobs.conftest import Counting, claimed
from tests.threads import at_once, meeting

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
