"""The pages of long work: progress that survives a reload, what came of it, and nobody else's."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import invitations
from sessions.releases.services import releases
from summit.admin_base.progress_bar import time_left
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.jobs import runner
from summit.jobs.models.jobs import Job
from summit.outbox.models import Message
from summit.outbox.progress import progress
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import PartyFactory, SessionFactory, UserFactory
from tests.summit.conftest import desk_of
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
        response = desk.post("/admin/delegations/party/invite/", {"party": [party.pk for party in parties]})
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

    def test_letters_written_otherwise_are_not_counted(self, desk: Client, summit: Summit, organiser: User) -> None:
        early, late = PartyFactory.create_batch(2, summit=summit), PartyFactory.create_batch(3, summit=summit)
        invitations.invite(parties=early, by=organiser)
        Invitation.objects.update(sent_at=F("sent_at") - timedelta(hours=1))
        invitations.invite(parties=late, by=organiser)
        invitations.write_anew(invitation=Invitation.objects.get(party=late[0]), by=organiser)
        for party, number in ((early[1], 2), (late[1], 3)):
            row = Invitation.objects.get(party=party)
            page = desk.get(f"/admin/delegations/invitation/{row.pk}/sent/").content.decode()
            assert shown(page)[1] == f"0 of {number} messages sent"

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
