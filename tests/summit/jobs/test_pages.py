"""The pages of long work: progress that survives a reload, what came of it, and nobody else's."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from summit.admin_base.progress_bar import time_left
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.jobs import runner
from summit.jobs.models.jobs import Job
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import UserFactory
from tests.summit.jobs.conftest import Counting, claimed
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db


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


def progress(text: str) -> tuple[str, str]:
    (bar,), (words,) = (re.findall(pattern, text) for pattern in (r"<progress [^>]*>", r"<p data-words>(.*?)</p>"))
    return re.sub(r' aria-label="[^"]*"', "", bar), words


class TestProgress:
    def test_it_survives_a_reload(self, desk: Client, job: Job) -> None:
        text = page(desk, job)
        assert progress(text) == ("<progress>", "It starts within a few seconds.")
        # Without script there is a link.
        assert f'href="/admin/jobs/{job.public_id}/">Refresh</a>' in text
        working = advance(job, 3)
        for _ in range(2):
            assert progress(page(desk, job)) == ('<progress value="3" max="10">', "3 of 10")
        runner.step(working)
        assert progress(page(desk, job)) == ('<progress value="4" max="10">', "4 of 10")

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
    def test_done(self, desk: Client, job: Job) -> None:
        assert f"/admin/jobs/{job.public_id}/" in desk.get("/admin/").content.decode()
        runner.run(job.pk)
        text = page(desk, job)
        assert "Counted to 10." in text
        gone = ("Refresh", "data-progress=", "Stop job", "Resume job")
        assert [said for said in gone if said in text] == []
        # The home shows what is under way.
        assert f"/admin/jobs/{job.public_id}/" not in desk.get("/admin/").content.decode()

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


def chained(user: User, summit: Summit, number: int) -> None:
    for _ in range(number):
        audit.record(by=user, action="test", target=summit, summit=summit)
    audit.chain()


class TestVerifyingTheAudit:
    def ask(self, desk: Client) -> Job:
        response = desk.post("/admin/jobs/verify-audit/")
        assert response.status_code == 302
        job = Job.objects.get()
        assert response["Location"] == f"/admin/jobs/{job.public_id}/"
        return job

    def test_whole(self, desk: Client, user: User, summit: Summit) -> None:
        chained(user, summit, 4)
        job = self.ask(desk)
        runner.run(job.pk)
        text = page(desk, job)
        mark = AuditEntry.objects.get(position=4).digest
        assert f"4 entries verified. Keep the end of the chain elsewhere to compare it later: {mark}:4" in text
        assert progress(text) == ('<progress value="4" max="4">', "4 of 4 entries checked")

    def test_in_slices_up_to_its_end(
        self, desk: Client, user: User, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("summit.jobs.audit_verification.verification.advance.__kwdefaults__", {"limit": 2})
        chained(user, summit, 5)
        working = claimed(self.ask(desk))
        found = []
        for _ in range(3):
            ended = runner.step(working)
            audit.chain()
            found.append((ended, Job.objects.get().done, Job.objects.get().total))
        assert found == [(False, 2, 5), (False, 4, 5), (True, 5, 5)]
        assert Job.objects.get().result == "whole"

    def test_broken(self, desk: Client, user: User, summit: Summit) -> None:
        chained(user, summit, 4)
        with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
            AuditEntry.objects.filter(position=2).update(action="other")
        job = self.ask(desk)
        runner.run(job.pk)
        text = page(desk, job)
        assert "was changed: its content no longer matches its digest." in text
        assert '<span class="state" data-state="bad">done</span>' in text

    def test_offered_to_organisers_alone(self, desk: Client, summit: Summit) -> None:
        viewer = signed_in(UserFactory.with_role(Role.VIEWER, summit))
        for client, offered in ((desk, True), (viewer, False)):
            assert ("Verify audit log" in client.get("/admin/jobs/").content.decode()) is offered
