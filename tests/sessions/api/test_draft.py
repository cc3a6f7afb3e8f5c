"""The working draft by the API: as the desk's pages store it, and refused as they refuse."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from sessions.documents.api import DocumentViewSet, PaperInput
from sessions.documents.models import Document
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.api_base import request_files
from summit.audit.models import AuditEntry
from summit.summits.models import Room, Summit
from tests import factories as f
from tests.factories import SessionFactory
from tests.sessions.api.test_release_workflow import DESK, add, done
from tests.sessions.exchange.test_importer import as_json, event
from tests.summit.api.conftest import Program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
TIMES = {"starts_at": "2025-03-31T09:00:00+01:00", "ends_at": "2025-03-31T10:00:00+01:00"}
NOON = {"starts_at": "2025-03-31T12:00:00Z", "ends_at": "2025-03-31T13:00:00Z"}


def errors(answer: Any) -> dict[str, str]:
    return {each["pointer"]: each["detail"] for each in answer.json()["errors"]}


def test_a_session_is_entered_and_changed_as_on_its_page(here: Summit, desk: Program, rooms: list[Room]) -> None:
    own = f.CustomKindFactory(summit=here, name="Fireside talk", like="retreat")
    made = add(desk, "sessions", title="Talks", own_kind=own.public_id, room=rooms[0].public_id, **TIMES)
    assert (made["kind"], made["own_kind"], made["visibility"]) == ("retreat", own.public_id, "participants")
    assert made["starts_at"] == "2025-03-31T08:00:00Z"
    where = f"{DESK}sessions/{made['id']}/"
    read = desk.get(where)
    assert read.json() == made
    changed = desk.patch(where, {"kind": "plenary", "pinned": True}, If_Match=read["ETag"])
    assert (changed.json()["kind"], changed.json()["own_kind"], changed.json()["revision"]) == ("plenary", None, 1)
    late = desk.patch(where, {"title": "Lost"}, If_Match=read["ETag"])
    assert late.status_code == 412
    pinned = desk.patch(where, {"room": rooms[1].public_id}, If_Match=changed["ETag"])
    assert (pinned.status_code, pinned.json()["detail"][:24]) == (409, "This session is pinned. ")
    moved = desk.patch(where, {"room": rooms[1].public_id, "move_pinned": True}, If_Match=changed["ETag"])
    assert (moved.status_code, moved.json()["room"]) == (200, rooms[1].public_id)
    told = AuditEntry.objects.filter(object_key=made["id"]).order_by("pk").values_list("action", "fields")
    change = "agenda.session.change"
    assert list(told)[1:] == [(change, ["custom_kind", "kind", "pinned"]), (change, ["room"])]
    assert desk.delete(where, If_Match=moved["ETag"]).status_code == 405


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"ends_at": "2025-03-31T08:00:00Z"}, "#/ends_at", "Enter an end after the start."),
    ({"starts_at": "2025-03-31T08:00:00"}, "#/starts_at", "Enter a date and time with offset, such as "),
    ({"room": "foreign"}, "#/room", "There is no object with this ID."),
    ({"visibility": "organisers", "title_to": "public"}, "#/title_to", "The session itself is visible to fewer"),
    ({"sign_up": True}, "#", "Only sessions visible to all delegations can be open for sign-up."),
    ({"colour": "red"}, "#/colour", "Unknown field."),
]


def test_what_cannot_stand_is_refused_where_it_is(here: Summit, desk: Program) -> None:
    for wrong, pointer, said in REFUSED:
        refused = desk.post(f"{DESK}sessions/", {"title": "Talks", **TIMES, **wrong})
        assert (refused.status_code, list(errors(refused))) == (422, [pointer])
        assert errors(refused)[pointer].startswith(said)
    assert not Session.objects.exists()


def test_only_whoever_read_it_last_moves_and_cancels_it(here: Summit, desk: Program, rooms: list[Room]) -> None:
    made = f.SessionFactory(summit=here, room=rooms[0])
    where = f"sessions/{made.public_id}"
    moved = done(desk, f"{where}/move", **NOON, expected=0)
    assert (moved["starts_at"], moved["room"], moved["revision"]) == (NOON["starts_at"], rooms[0].public_id, 1)
    late = desk.post(f"{DESK}{where}/cancel/", {"expected": 0})
    assert (late.status_code, late.json()["title"]) == (412, "Changed since you read it")
    assert done(desk, f"{where}/cancel", expected=1)["cancelled_at"] is not None
    assert done(desk, f"{where}/reinstate")["cancelled_at"] is None


def test_who_takes_part_is_one_of_three_and_once(here: Summit, desk: Program) -> None:
    session, party = f.SessionFactory(summit=here), f.PartyFactory(summit=here, name="Aland")
    head = f.MembershipFactory(party=party, code="head")
    of: dict[str, Any] = {"session": session.public_id}
    made = add(desk, "session-participants", **of, party=party.public_id, level="head")
    assert (made["name"], made["role"], made["level"], made["person"]) == ("Aland", "participant", "head", None)
    again = desk.post(f"{DESK}session-participants/", {**of, "party": party.public_id})
    assert errors(again) == {"#": "This delegation is already in the session. Change that row."}
    two = {"party": f.PartyFactory(summit=here).public_id, "person": head.person.public_id}
    both = desk.post(f"{DESK}session-participants/", {**of, **two})
    assert errors(both)["#"] == "Choose one of: a delegation, a person or a category."
    assert add(desk, "session-participants", **of, category="head")["category"] == "head"
    where = f"{DESK}session-participants/{made['id']}/"
    changed = desk.patch(where, {"level": ""}, If_Match=desk.get(where)["ETag"])
    assert (changed.status_code, changed.json()["level"]) == (200, "")
    assert desk.delete(where, If_Match=changed["ETag"]).status_code == 204
    session.refresh_from_db()
    assert session.revision == 4
    own = desk.post(f"{DESK}session-texts/", {**of, "language": here.language, "title": "Again"})
    assert errors(own) == {"#/language": "This is the summit’s own language. Change the session instead."}
    same = desk.post(f"{DESK}interpretation/", {**of, "source": "en", "target": "en"})
    assert errors(same) == {"#": "Choose two different languages."}
    foreign = {"session": f.SessionFactory().public_id, "party": party.public_id}
    refused = desk.post(f"{DESK}session-participants/", foreign)
    assert errors(refused) == {"#/session": "There is no object with this ID."}


def test_the_speakers_list_is_arranged_settled_and_lined_up(here: Summit, desk: Program) -> None:
    session = f.SessionFactory(summit=here)
    parties = [f.PartyFactory(summit=here, name=name) for name in ("Aland", "Beland", "Celand")]
    heads = [f.MembershipFactory(party=party, code="head").person for party in parties]
    for party in parties:
        f.ParticipantFactory(session=session, party=party)
    of, where = {"session": session.public_id}, f"sessions/{session.public_id}"
    made = [add(desk, "slots", **of, speaker=head.public_id)["id"] for head in heads[:2]]
    assert done(desk, f"slots/{made[1]}/move", place=1)["place"] == 1
    done(desk, f"{where}/arrange", speeches=[{"slot": made[1], "place": 2, "minutes": 9}])
    done(desk, f"{where}/settle", opening=10, speech_minutes=7)
    rows = desk.get(f"{DESK}slots/?session={session.public_id}").json()["results"]
    assert [(row["id"], row["place"], row["minutes"]) for row in rows] == [(made[0], 1, 7), (made[1], 2, 9)]
    plan = done(desk, f"{where}/preview-line-up")
    assert (plan["added"], len(plan["speeches"]), Slot.objects.count()) == (3, 5, 2)
    refused = desk.post(f"{DESK}{where}/line-up/", {"expected": "another"})
    assert refused.status_code == 412
    assert done(desk, f"{where}/line-up", expected=plan["expected"])["added"] == 3
    etag = desk.get(f"{DESK}slots/{made[0]}/")["ETag"]
    assert desk.delete(f"{DESK}slots/{made[0]}/", If_Match=etag).status_code == 204
    assert list(session.slots.order_by("position").values_list("position", flat=True)) == [0, 1, 2, 3]


def test_the_list_runs_by_the_same_acts_as_on_its_page(here: Summit, desk: Program) -> None:
    session = f.SessionFactory(summit=here)
    first, second = (f.SlotFactory(session=session, position=place).public_id for place in (0, 1))
    assert done(desk, f"slots/{first}/run", act="postpone", behind=second)["state"] == "waiting"
    assert done(desk, f"slots/{second}/run", act="give_floor")["state"] == "speaking"
    refused = desk.post(f"{DESK}slots/{first}/run/", {"act": "give_floor"})
    assert refused.status_code == 409
    assert refused.json()["detail"].endswith(" has the floor. End that speech first.")
    party = f.PartyFactory(summit=here)
    done(desk, f"slots/{second}/run", act="point_of_order", party=party.public_id)
    assert Slot.objects.get(public_id=second).intervals.get(ended_at=None).party == party
    assert done(desk, f"slots/{second}/run", act="end")["state"] == "delivered"


def test_papers_are_put_on_the_table_replaced_and_taken_off(here: Summit, desk: Program) -> None:
    session = f.SessionFactory(summit=here)
    sent = {"language": "en", "file_name": "brief.pdf", "content": base64.b64encode(b"%PDF-1.7 x").decode()}
    made = add(desk, "session-documents", session=session.public_id, **sent)
    assert (made["title"], made["file_name"], made["size"]) == ("brief", "brief.pdf", 10)
    newer = done(desk, f"session-documents/{made['id']}/replace", title="Brief", **sent)
    assert desk.get(f"{DESK}session-documents/{made['id']}/").status_code == 404
    other = add(desk, "session-documents", session=session.public_id, **sent)
    assert done(desk, f"session-documents/{other['id']}/shift", up=True)["position"] == 0
    wrong = desk.post(f"{DESK}session-documents/", {"session": session.public_id, **sent, "content": "aGVsbG8="})
    assert errors(wrong)["#/content"].startswith("This file type is not accepted.")
    where = f"{DESK}session-documents/{newer['id']}/"
    assert desk.delete(where, If_Match=desk.get(where)["ETag"]).status_code == 204
    assert Document.objects.filter(removed_at=None).count() == 1


def test_a_kind_of_the_summits_own(here: Summit, desk: Program) -> None:
    made = add(desk, "session-kinds", name="Fireside", like="retreat", names={"fr": "Au coin du feu", "en": ""})
    assert made["names"] == {"fr": "Au coin du feu"}
    session = add(desk, "sessions", title="Talks", own_kind=made["id"], **TIMES)
    where = f"{DESK}session-kinds/{made['id']}/"
    wrong = desk.patch(where, {"names": {"xx": "?"}}, If_Match=desk.get(where)["ETag"])
    assert list(errors(wrong)) == ["#/names"]
    assert desk.patch(where, {"like": "reception"}, If_Match=desk.get(where)["ETag"]).status_code == 200
    assert desk.get(f"{DESK}sessions/{session['id']}/").json()["kind"] == "reception"
    held = desk.delete(where, If_Match=desk.get(where)["ETag"])
    assert (held.status_code, held.json()["title"]) == (409, "Conflict with current state")


def test_sessions_are_narrowed_by_what_is_declared(here: Summit, desk: Program, rooms: list[Room]) -> None:
    party, person = f.PartyFactory(summit=here), f.PersonFactory(summit=here)
    one = f.SessionFactory(summit=here, title="One", room=rooms[0], kind="plenary", visibility="public")
    tomorrow = f.START + timedelta(days=1)
    times = {"starts_at": tomorrow, "ends_at": tomorrow + timedelta(hours=1)}
    two = f.SessionFactory(summit=here, title="Two", cancelled_at=f.START, **times)
    f.ParticipantFactory(session=one, party=party)
    f.SlotFactory(session=two, party=party, speaker=person)
    f.SessionFactory(title="Of another summit")

    def titles(asked: str = "") -> list[str]:
        return [row["title"] for row in desk.get(f"{DESK}sessions/?{asked}").json()["results"]]

    assert titles() == ["One", "Two"]
    assert titles("order=-starts_at") == ["Two", "One"]
    for asked in (f"day={f.START.date()}", f"room={rooms[0].public_id}", "kind=plenary", "state=stands"):
        assert titles(asked) == ["One"], asked
    assert titles(f"party={party.public_id}") == ["One", "Two"]
    assert (titles(f"person={person.public_id}"), titles("state=cancelled")) == (["Two"], ["Two"])
    Session.objects.filter(pk=one.pk).update(updated_at=f.START)
    assert titles("changed_since=2025-06-01T00:00:00Z") == ["Two"]
    assert desk.get(f"{DESK}sessions/?secret=1").status_code == 400


def test_nothing_moves_to_years_no_page_tells(here: Summit, desk: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    made = add(desk, "sessions", title="Talks", kind="plenary", **TIMES)
    where = f"{DESK}sessions/{made['id']}/"
    far = {"starts_at": "0001-06-01T08:00:00Z", "ends_at": "9999-06-01T09:00:00Z"}
    for refused in (
        desk.post(f"{where}move/", far),
        desk.patch(where, far, If_Match="*"),
        desk.post(f"{DESK}sessions/", {"title": "A", "kind": "plenary", **far}),
    ):
        assert refused.status_code == 422
        assert set(errors(refused)) == {"#/starts_at", "#/ends_at"}
    monkeypatch.setattr("summit.api_base.actions.check_years", lambda values: None)
    assert desk.post(f"{where}move/", far).status_code == 200


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
    f.SessionFactory(summit=here, room=rooms[0], title="Opening")
    row = f.SessionFactory(summit=here)
    move, rule = f"{DESK}sessions/{row.public_id}/move/", f"{DESK}sessions/set-conflict-rule/"
    rules = desk.post(rule, {"kind": "room", "action": "block"}).json()
    assert {name: rules["actions"][name] for name in ("room", "seats")} == {"room": "block", "seats": "warn"}
    place = {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(), "room": rooms[0].public_id}
    refused = desk.post(move, place)
    assert refused.status_code == 422
    assert "The room is taken at this time by “Opening” (" in refused.content.decode()
    rules = desk.post(rule, {"kind": "room", "action": "warn", "minutes_between_venues": 20}).json()
    assert rules["minutes_between_venues"] == 20
    assert desk.post(move, place).status_code == 200


PAPERS = "summits/here/desk/session-documents/"
# Longer than what the tests' settings take as a body of anything else, or keep of a file in memory.
LONG = b"%PDF-1.7 " + b"x" * 120_000


@pytest.fixture
def session(here: Summit, settings: Any) -> Session:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100_000
    return SessionFactory(summit=here)


def form(asks: Program, content: Any, path: str = PAPERS, headers: Any = None, **fields: Any) -> Any:
    sent = {"language": "en", "file_name": "brief.pdf", **fields}
    if content is not None:
        sent["content"] = SimpleUploadedFile("other.pdf", content) if isinstance(content, bytes) else content
    known = {"Authorization": f"Bearer {asks.secret}", **(headers or {})}
    return Client().post(f"/api/v1/{path}", sent, headers=known)


def test_a_long_file_comes_in_a_form(desk: Program, session: Session) -> None:
    body = {"language": "en", "file_name": "brief.pdf", "session": session.public_id}
    as_json = desk.post(PAPERS, json.dumps({**body, "content": base64.b64encode(LONG).decode()}))
    # Control: what is no form is told of forms.
    assert (kind(as_json), "as a form" in as_json.json()["detail"]) == ((413, "too-large"), True)
    made = form(desk, LONG, session=session.public_id)
    assert made.status_code == 201, made.content
    assert (made.json()["file_name"], made.json()["size"]) == ("brief.pdf", len(LONG))
    assert bytes(Document.objects.get().content) == LONG
    given = desk.get(f"{PAPERS}{made.json()['id']}/content/").json()
    assert (given["content_type"], base64.b64decode(given["content"])) == ("application/pdf", LONG)
    replaced = form(desk, b"%PDF-1.7 new", f"{PAPERS}{made.json()['id']}/replace/")
    assert (replaced.status_code, replaced.json()["size"]) == (200, 12)


def test_a_form_that_is_sent_again_has_the_same_answer(
    desk: Program, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, of = {"Idempotency-Key": "a"}, {"session": session.public_id}
    first = form(desk, LONG, headers=key, **of)
    parts = {"language": "en", "file_name": "brief.pdf", **of}
    body = encode_multipart("other", {**parts, "content": SimpleUploadedFile("other.pdf", LONG)})
    known = {**key, "Authorization": f"Bearer {desk.secret}"}
    again = Client().generic("POST", f"/api/v1/{PAPERS}", body, "multipart/form-data; boundary=other", headers=known)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert kind(form(desk, LONG + b"y", headers=key, **of)) == (422, "key-reused")
    assert kind(form(desk, LONG, headers=key, **of, title="Other")) == (422, "key-reused")
    # The control: no two forms are told apart without their digest.
    monkeypatch.setattr(request_files, "digest_of", lambda body: b"")
    for content in (b"%PDF-1.7 a", b"%PDF-1.7 b"):
        assert form(desk, content, headers={"Idempotency-Key": "b"}, **of).status_code == 201
    assert Document.objects.count() == 2


def test_whoever_is_signed_in_by_a_browser_sends_forms_too(desk: Program, session: Session) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(desk.user)
    browser.get("/accounts/tokens/")
    sent = {"session": session.public_id, "language": "en", "file_name": "a.pdf"}

    def ask(**headers: str) -> Any:
        content = SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")
        return browser.post(f"/api/v1/{PAPERS}", {**sent, "content": content}, headers=headers)

    assert kind(ask()) == (403, "forgery")
    known = {"X-CSRFToken": browser.cookies["csrftoken"].value, "Idempotency-Key": "a"}
    assert [ask(**known).status_code for _time in range(2)] == [201, 201]
    assert Document.objects.count() == 1


def test_what_a_form_can_t_say_is_refused(desk: Program, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {"session": session.public_id}
    assert kind(form(desk, None, **mine)) == (422, "fields")
    assert form(desk, b"%PDF-1.7", **mine, colour="red").json()["errors"][0]["pointer"] == "#/colour"
    assert kind(form(desk, [SimpleUploadedFile("a.pdf", b"%PDF-1.7")] * 2, **mine)) == (400, "malformed")
    assert kind(form(desk, b"%PDF-1.7", session=[session.public_id, "b"])) == (400, "malformed")
    many = {f"f{number}": "" for number in range(1100)}
    assert kind(form(desk, b"%PDF-1.7", **many)) == (400, "malformed")
    broken = {"Content-Type": "multipart/form-data; boundary=\N{SNOWMAN}", "Authorization": f"Bearer {desk.secret}"}
    assert kind(Client().generic("POST", f"/api/v1/{PAPERS}", b"x", headers=broken)) == (400, "malformed")
    # What takes no file takes no form.
    assert kind(form(desk, b"%PDF-1.7", "summits/here/desk/sessions/")) == (415, "media-type")
    assert kind(form(desk, b"%PDF-1.7", f"{PAPERS}bulk/")) == (415, "media-type")
    field = PaperInput._declared_fields["content"]
    monkeypatch.setitem(field._kwargs, "largest", 10)
    for content in (b"%PDF-1.7 long", base64.b64encode(b"%PDF-1.7 long").decode()):
        refused = form(desk, content, **mine)
        assert refused.json()["errors"][0]["detail"].startswith("This file is 0.1 MB. Reduce it to 0 MB")
    assert not Document.objects.exists()
    # What is too long is not even read.
    monkeypatch.setattr(request_files, "LARGEST_FORM", 1000)
    monkeypatch.setattr(request_files, "body_of", lambda request: pytest.fail("it was read"))
    refused = form(desk, b"%PDF-1.7" + b"x" * 1000, **mine)
    assert (kind(refused), refused.json()["detail"]) == ((413, "too-large"), "A file may have up to 20 MB.")


def test_the_description_says_how_a_file_stands_in_either() -> None:
    told = SchemaGenerator(patterns=[path("api/v1/", include(DocumentViewSet.paths()))]).get_schema(public=True)
    schemas, found = told["components"]["schemas"], {}
    for where, each in told["paths"].items():
        for media, said in each.get("post", {}).get("requestBody", {}).get("content", {}).items():
            content = schemas[said["schema"]["$ref"].rpartition("/")[2]]["properties"].get("content", {})
            found[where.partition("-documents/")[2], media] = {
                name: content[name] for name in content if name != "type"
            }
    in_json, in_form = {"contentEncoding": "base64", "pattern": request_files.BASE64}, {"format": "binary"}
    assert found == {
        ("", "application/json"): in_json,
        ("", "multipart/form-data"): in_form,
        ("{id}/replace/", "application/json"): in_json,
        ("{id}/replace/", "multipart/form-data"): in_form,
        ("{id}/shift/", "application/json"): {},
        ("bulk/", "application/json"): {},
    }
