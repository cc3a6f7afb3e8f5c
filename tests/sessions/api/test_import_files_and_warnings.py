"""Schedules of other conferences, warnings and comparisons by the API: as at the desk."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from sessions.draft.models.sessions import Session
from sessions.exchange.services import import_files
from sessions.releases.services import releases
from summit.audit.models import AuditEntry
from summit.jobs.models.jobs import Job
from summit.summits.models import Room, Summit
from tests.factories import START, SessionFactory, UserFactory
from tests.sessions.api.test_release_workflow import DESK
from tests.sessions.exchange.test_importer import as_json, event
from tests.summit.api.conftest import Program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
SCHEDULES = f"{DESK}schedules/"


def upload(asks: Program, content: bytes, **more: Any) -> Any:
    sent = {"file_name": "schedule.json", "content": base64.b64encode(content).decode(), **more}
    return asks.post(SCHEDULES, sent)


def test_it_is_looked_at_before_it_is_taken_over_once(here: Summit, desk: Program) -> None:
    wrong = upload(desk, b"{}")
    assert (kind(wrong), wrong.json()["errors"][0]["pointer"]) == ((422, "fields"), "#/content")
    made = upload(desk, as_json(event(title="Talk", persons=[], language="")), visibility="public").json()
    assert (made["looked_at"], made["taken_at"], made["visibility"]) == (True, None, "public")
    where = f"{SCHEDULES}{made['id']}/"
    told = desk.post(f"{where}report/", {}).json()
    assert told["counts"] == {"new": 1, "changed": 0, "same": 0, "refused": 0, "odd": 0}
    assert [(line["title"], line["outcome"]) for line in told["lines"]] == [("Talk", "new")]
    assert told["rooms"] == ["Hall A"]
    assert not Session.objects.exists()
    assert desk.post(f"{where}take/", {}).json() == {"written": 1, "job": None}
    assert Session.objects.get().title == "Talk"
    again = desk.post(f"{where}take/", {})
    assert kind(again) == (409, "conflict")
    assert again.json()["detail"].startswith("This schedule is taken over or deleted already.")
    read = desk.get(where)
    assert read.json()["taken_at"] is not None
    assert [row["id"] for row in desk.get(f"{SCHEDULES}?taken=true").json()["results"]] == [made["id"]]
    assert desk.get(f"{SCHEDULES}?taken=false").json()["results"] == []
    assert desk.delete(where, If_Match=read["ETag"]).status_code == 204
    assert Session.objects.count() == 1
    assert AuditEntry.objects.filter(action__startswith="agenda.schedule_file").count() == 2


def test_a_worker_does_a_long_one(here: Summit, desk: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "AT_ONCE", 1)
    made = upload(desk, as_json(event(1), event(2))).json()
    assert made["looked_at"] is False
    where = f"{SCHEDULES}{made['id']}/"
    refused = desk.post(f"{where}report/", {})
    assert (kind(refused), refused.json()["detail"][:32]) == ((409, "conflict"), "Nobody has looked at this schedu")
    job = Job.objects.get()
    assert job.params == {"file": made["id"], "action": "look"}
    assert desk.post(f"{where}look/", {}).json() == {"written": None, "job": job.public_id}
    taken = desk.post(f"{where}take/", {}).json()
    assert (taken["written"], Job.objects.get(public_id=taken["job"]).params["action"]) == (None, "take")
    assert not Session.objects.exists()


def test_what_can_t_be_right_is_told(here: Summit, desk: Program, rooms: list[Room]) -> None:
    two = [SessionFactory(summit=here, room=rooms[0], title=title) for title in ("A", "B")]
    later = START + timedelta(days=1)
    SessionFactory(summit=here, room=rooms[0], starts_at=later, ends_at=later + timedelta(hours=1))
    found = desk.post(f"{DESK}sessions/warnings/", {"kind": "room"}).json()
    assert found["number"] == 1
    assert set(found["warnings"][0]["sessions"]) == {row.public_id for row in two}
    nothing = desk.post(f"{DESK}sessions/warnings/", {"kind": "room", "day": later.date().isoformat()}).json()
    assert nothing == {"number": 0, "warnings": []}
    assert kind(desk.post(f"{DESK}sessions/warnings/", {"kind": "weather"})) == (422, "fields")


def test_releases_are_compared_with_each_other_and_the_draft(here: Summit, desk: Program) -> None:
    session = SessionFactory(summit=here, title="Talk")
    by = UserFactory(is_superuser=True)
    first = releases.release(summit=here, by=by, tell=False)
    Session.objects.filter(pk=session.pk).update(title="Talk again")
    compare = f"{DESK}releases/compare/"
    found = desk.post(compare, {"old": first.public_id, "new": None}).json()
    assert (found["number"], found["changes"][0]["session"]) == (1, session.public_id)
    assert [(line["old"], line["new"]) for line in found["changes"][0]["lines"]] == [("Talk", "Talk again")]
    assert desk.post(compare, {"old": first.public_id, "new": first.public_id}).json()["number"] == 0
    elsewhere = releases.release(summit=SessionFactory().summit, by=by, tell=False)
    assert kind(desk.post(compare, {"old": elsewhere.public_id, "new": None})) == (422, "fields")
