"""Schedules of other conferences, warnings and comparisons by the API: as at the desk."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.summits.models import Room, Summit
from tests import factories as f
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
    assert (made["applied_at"], made["options"]) == (None, {"visibility": "public"})
    where = f"{SCHEDULES}{made['id']}/"
    report = made["report"]
    assert report["counts"] == {"new": 1, "changed": 0, "same": 0, "asks": 0, "refused": 0, "odd": 0}
    assert [(line["name"], line["outcome"]) for line in report["lines"]] == [("Talk", "new")]
    assert report["notices"] == ["New rooms: Hall A"]
    assert not Session.objects.exists()
    assert desk.post(f"{where}take/", {}).json()["applied_at"] is not None
    assert Session.objects.get().title == "Talk"
    again = desk.post(f"{where}take/", {})
    assert kind(again) == (409, "conflict")
    assert again.json()["detail"].startswith("This file is already imported or deleted.")
    assert [row["id"] for row in desk.get(f"{SCHEDULES}?imported=true").json()["results"]] == [made["id"]]
    assert desk.get(f"{SCHEDULES}?imported=false").json()["results"] == []
    assert desk.post(f"{where}undo/", {}).json()["undone_at"] is not None
    assert Session.objects.count() == 0
    assert kind(desk.post(f"{where}undo/", {})) == (409, "conflict")
    assert desk.delete(where, If_Match=desk.get(where)["ETag"]).status_code == 204


def test_what_can_t_be_right_is_told(here: Summit, desk: Program, rooms: list[Room]) -> None:
    two = [f.SessionFactory(summit=here, room=rooms[0], title=title) for title in ("A", "B")]
    later = f.START + timedelta(days=1)
    f.SessionFactory(summit=here, room=rooms[0], starts_at=later, ends_at=later + timedelta(hours=1))
    found = desk.post(f"{DESK}sessions/warnings/", {"kind": "room"}).json()
    assert found["number"] == 1
    assert set(found["warnings"][0]["sessions"]) == {row.public_id for row in two}
    nothing = desk.post(f"{DESK}sessions/warnings/", {"kind": "room", "day": later.date().isoformat()}).json()
    assert nothing == {"number": 0, "warnings": []}
    assert kind(desk.post(f"{DESK}sessions/warnings/", {"kind": "weather"})) == (422, "fields")


def test_releases_are_compared_with_each_other_and_the_draft(here: Summit, desk: Program) -> None:
    session = f.SessionFactory(summit=here, title="Talk")
    by = f.UserFactory(is_superuser=True)
    first = releases.release(summit=here, by=by, tell=False)
    Session.objects.filter(pk=session.pk).update(title="Talk again")
    compare = f"{DESK}releases/compare/"
    found = desk.post(compare, {"old": first.public_id, "new": None}).json()
    assert (found["number"], found["changes"][0]["session"]) == (1, session.public_id)
    assert [(line["old"], line["new"]) for line in found["changes"][0]["lines"]] == [("Talk", "Talk again")]
    assert desk.post(compare, {"old": first.public_id, "new": first.public_id}).json()["number"] == 0
    elsewhere = releases.release(summit=f.SessionFactory().summit, by=by, tell=False)
    assert kind(desk.post(compare, {"old": elsewhere.public_id, "new": None})) == (422, "fields")


def test_what_is_blocked_is_refused_with_its_reason(here: Summit, desk: Program, rooms: list[Room]) -> None:
    f.SessionFactory(summit=here, room=rooms[0])
    row = f.SessionFactory(summit=here)
    move, rule = f"{DESK}sessions/{row.public_id}/move/", f"{DESK}sessions/set-conflict-rule/"
    rules = desk.post(rule, {"kind": "room", "action": "block"}).json()
    assert {name: rules["actions"][name] for name in ("room", "seats")} == {"room": "block", "seats": "warn"}
    place = {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(), "room": rooms[0].public_id}
    refused = desk.post(move, place)
    assert refused.status_code == 422
    assert "The room is taken at this time" in refused.content.decode()
    rules = desk.post(rule, {"kind": "room", "action": "warn", "minutes_between_venues": 20}).json()
    assert rules["minutes_between_venues"] == 20
    assert desk.post(move, place).status_code == 200
