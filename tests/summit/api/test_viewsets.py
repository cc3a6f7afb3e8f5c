"""The kit, by rooms and venues: lists, one row, lost updates, the same key, many at once, and every refusal."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from summit.api_base import etags, idempotency, throttling
from summit.api_base.models.answers import IdempotencyRecord, RequestCount
from summit.api_base.models.tokens import Token
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.maintenance import heartbeats
from summit.permissions.models import Role
from summit.summits import services as summits_services
from summit.summits.models import Room, Venue
from tests.factories import RoomFactory, SessionFactory, SummitFactory, UserFactory, VenueFactory
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
ROOMS = "summits/here/desk/rooms/"
VENUES = "summits/here/desk/venues/"


def kind(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["type"].rpartition("#")[2]


def names(response: Any) -> list[str]:
    return [each["name"] for each in response.json()["results"]]


def address(row: Room | Venue) -> str:
    return f"{ROOMS if isinstance(row, Room) else VENUES}{row.public_id}/"


# --- reading --------------------------------------------------------------------------------------------------------
def test_a_list_and_a_row_are_sent_once(organiser: Program, rooms: list[Room]) -> None:
    hall = rooms[0]
    wanted = {"id": hall.public_id, "venue": hall.venue.public_id, "name": "Hall", "capacity": 300}
    wanted |= {"position": 0, "directions": {}}
    listed, one = organiser.get(f"{ROOMS}?order=-name"), organiser.get(address(hall))
    assert listed.json() == {"next": None, "previous": None, "results": [wanted, listed.json()["results"][1]]}
    assert one.json() == wanted
    for response in (listed, one):
        assert response["Cache-Control"] == "private, no-store"
        assert {"Authorization", "Cookie", "Accept-Language"} <= set(response["Vary"].split(", "))
        assert response["RateLimit-Policy"] == '"default";q=600;w=60'
    # What is known is not sent again.
    for path in (ROOMS, address(hall)):
        etag = organiser.get(path)["ETag"]
        again = organiser.get(path, If_None_Match=etag)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        Room.objects.filter(pk=hall.pk).update(name=f"New {len(path)}")
        assert organiser.get(path, If_None_Match=etag).status_code == 200


def test_it_is_narrowed_and_ordered_by_what_is_declared(organiser: Program, rooms: list[Room]) -> None:
    other = RoomFactory(venue__summit=rooms[0].venue.summit, name="Cellar", capacity=20, position=3)
    for query, found in (
        ("order=name", ["Attic", "Cellar", "Hall"]),
        ("order=-name", ["Hall", "Cellar", "Attic"]),
        ("seats_from=20&order=name", ["Cellar", "Hall"]),
        (f"venue={other.venue.public_id}", ["Cellar"]),
        ("name=cellar", ["Cellar"]),
    ):
        assert names(organiser.get(f"{ROOMS}?{query}")) == found
    assert organiser.get(f"{address(rooms[0])}?fields=name,id").json() == {"id": rooms[0].public_id, "name": "Hall"}
    assert set(organiser.get(f"{ROOMS}?fields=name").json()["results"][0]) == {"name"}


def test_what_isn_t_declared_is_refused_by_name(organiser: Program, rooms: list[Room]) -> None:
    orders = "Enter one of: position, -position, name, -name."
    for query, parameter, said in (
        ("seats=20", "seats", "Choose from: cursor, fields, name, order, page_size, seats_from, venue."),
        *((f"order={each}", "order", orders) for each in ("capacity", "", "%20name")),
        ("fields=venue,secret", "fields", "Enter one or more of: id, venue, name, capacity, position, directions."),
        ("fields=", "fields", "Enter one or more of"),
        ("seats_from=many", "seats_from", "Enter a number."),
        ("page_size=0", "page_size", "Enter a number from 1 to 200."),
        ("name=a&name=b", "name", "Give this only once."),
    ):
        refused = organiser.get(f"{ROOMS}?{query}")
        assert kind(refused) == (400, "parameters")
        [error] = refused.json()["errors"]
        assert (error["parameter"], said in error["detail"]) == (parameter, True), query


def test_the_language_is_the_reader_s(organiser: Program, rooms: list[Room], settings: Any) -> None:
    settings.INTERFACE_LANGUAGES = ["en", "fr", "ar"]
    french = organiser.get(ROOMS, Accept_Language="xx, fr-CA;q=0.9, en;q=0.1")
    assert french["Content-Language"] == "fr"
    assert organiser.get(ROOMS, Accept_Language="xx")["Content-Language"] == "en"
    one, other = (organiser.get(address(rooms[0]), Accept_Language=each)["ETag"] for each in ("en", "fr"))
    assert one != other
    assert one.partition(".")[0] == other.partition(".")[0]
    changed = organiser.patch(address(rooms[0]), {"name": "Salle"}, If_Match=other)
    assert changed.status_code == 200


# --- who may --------------------------------------------------------------------------------------------------------
def test_what_one_may_not_see_is_like_what_isn_t_there(viewer: Program, rooms: list[Room]) -> None:
    elsewhere = RoomFactory(venue__summit=SummitFactory(slug="there"))
    for path in ("summits/there/desk/rooms/", address(elsewhere), f"{ROOMS}ext:registry:1/", f"{ROOMS}nothing/"):
        assert kind(viewer.get(path)) == (404, "not-found")
    nobody = program(UserFactory())
    assert (nobody.get("me/").json()["roles"], nobody.get(ROOMS).status_code) == ([], 404)


def test_who_sees_and_may_not_is_told_who_can(viewer: Program, rooms: list[Room]) -> None:
    hall = address(rooms[0])
    for method, path in (("post", ROOMS), ("post", f"{ROOMS}bulk/"), ("patch", hall), ("delete", hall)):
        refused = viewer.ask(method, path, {})
        assert kind(refused) == (403, "forbidden")
        assert refused.json()["detail"] == "Roles that can do this: organiser, programme."
    # Nobody is asked who they are.
    for path in (ROOMS, address(rooms[0]), "summits/nowhere/desk/rooms/", "me/"):
        refused = Client().get(f"/api/v1/{path}", headers={"Authorization": "Basic eDp5"})
        assert kind(refused) == (401, "credentials")
        assert refused["WWW-Authenticate"] == 'Bearer realm="Summit"'


# --- writing --------------------------------------------------------------------------------------------------------
def test_a_room_is_added_changed_and_deleted_and_a_venue_with_it(organiser: Program, rooms: list[Room]) -> None:
    venue = rooms[0].venue
    made = organiser.post(ROOMS, {"venue": venue.public_id, "name": "Cellar", "capacity": 20})
    assert made.status_code == 201
    where = made["Location"].removeprefix("http://testserver/api/v1/")
    assert organiser.get(where)["ETag"] == made["ETag"]
    changed = organiser.patch(where, {"capacity": 25}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["capacity"]) == (200, 25)
    assert organiser.delete(where, If_Match=changed["ETag"]).status_code == 204
    assert organiser.get(where).status_code == 404
    entries = AuditEntry.objects.filter(object_type="summit.room", by=organiser.user).order_by("pk")
    token = {"token": Token.objects.get(user=organiser.user).public_id}
    assert [(each.action, each.fields, each.detail) for each in entries] == [
        ("summit.room.add", ["capacity", "name", "venue"], token),
        ("summit.room.change", ["capacity"], {**token, "values": {"capacity": [20, 25]}}),
        ("summit.room.remove", [], {**token, "rows": [f"summit.venue:{venue.public_id}"]}),
    ]
    # A venue goes with its rooms unless a session is in one.
    session = SessionFactory(summit=venue.summit, room=rooms[0])
    etag = organiser.get(address(venue))["ETag"]
    refused = organiser.delete(address(venue), If_Match=etag)
    assert (kind(refused), Room.objects.count()) == ((409, "conflict"), 2)
    assert refused.json()["detail"].startswith("This is still in use: sessions")
    session.delete()
    assert organiser.delete(address(venue), If_Match=etag).status_code == 204
    assert not Venue.objects.exists()


def test_what_can_t_be_kept_is_said_by_field(organiser: Program, data: dict[str, str]) -> None:
    elsewhere = VenueFactory()
    wrong: list[tuple[Any, set[str]]] = [
        ([], {"#"}),
        ({**data, "venue": elsewhere.public_id}, {"#/venue"}),
        ({**data, "name": "", "capacity": -1}, {"#/name", "#/capacity"}),
        ({**data, "colour": "red"}, {"#/colour"}),
        ({**data, "name": "Hall"}, {"#"}),
    ]
    for sent, wanted in wrong:
        refused = organiser.post(ROOMS, sent)
        assert kind(refused) == (422, "fields")
        assert {each["pointer"] for each in refused.json()["errors"]} == wanted
    said = organiser.post(ROOMS, {"venue": "nothing", "capacity": "many"}).json()["errors"]
    words = {"venue": "There is no object with this ID.", "name": "Fill in this field."}
    words |= {"capacity": "Enter a whole number."}
    assert {each["pointer"]: each["detail"] for each in said} == {f"#/{name}": each for name, each in words.items()}
    half = organiser.post(VENUES, {"name": "Tent", "opens_at": "09:00"})
    assert half.json()["errors"][0]["detail"].startswith("Enter both opening and closing times")
    assert Room.objects.count() == 2


def test_what_can_t_be_read(organiser: Program, rooms: list[Room]) -> None:
    sent = {"Authorization": f"Bearer {organiser.secret}"}
    for body, content, wanted in (
        ("{", "application/json", (400, "malformed")),
        ("name=a", "application/x-www-form-urlencoded", (415, "media-type")),
        ('{"name": NaN}', "application/json", (400, "malformed")),
    ):
        refused = Client().post(f"/api/v1/{ROOMS}", body, content_type=content, headers=sent)
        assert kind(refused) == wanted
        assert "json" in refused.json()["detail"].lower()
        assert "parse" not in refused.content.decode().lower()
    assert kind(organiser.get(ROOMS, Accept="text/html")) == (406, "not-acceptable")
    refused = organiser.ask("put", ROOMS, {})
    assert kind(refused) == (405, "method")
    assert refused["Allow"] == "GET, HEAD, POST"


# --- lost updates ---------------------------------------------------------------------------------------------------
def test_lost_updates_are_refused(organiser: Program, rooms: list[Room], monkeypatch: pytest.MonkeyPatch) -> None:
    path = address(rooms[0])
    assert kind(organiser.patch(path, {"name": "A"})) == (428, "condition")
    assert kind(organiser.delete(path)) == (428, "condition")
    read = organiser.get(path)["ETag"]
    summits_services.change_room(by=organiser.user, room=Room.objects.get(pk=rooms[0].pk), values={"capacity": 1})
    assert kind(organiser.patch(path, {"name": "A"}, If_Match=read)) == (412, "changed")
    assert kind(organiser.delete(path, If_Match=read)) == (412, "changed")
    assert kind(organiser.patch(path, {"name": "A"}, If_Match=f"W/{organiser.get(path)['ETag']}")) == (412, "changed")
    assert Room.objects.get(pk=rooms[0].pk).name == "Hall"
    assert organiser.patch(path, {"name": "A"}, If_Match=f'"x", {organiser.get(path)["ETag"]}').status_code == 200
    # The control: without the comparison the second wins.
    with monkeypatch.context() as patched:
        patched.setattr(etags, "check_match", lambda request, state: None)
        assert organiser.patch(path, {"capacity": 2}, If_Match=read).status_code == 200
    assert organiser.delete(path, If_Match="*").status_code == 204


# --- the same key ---------------------------------------------------------------------------------------------------
@pytest.fixture
def data(rooms: list[Room]) -> dict[str, str]:
    return {"venue": rooms[0].venue.public_id, "name": "Cellar"}


def test_the_same_key_has_the_same_answer(organiser: Program, rooms: list[Room], data: dict[str, str]) -> None:
    first = organiser.post(ROOMS, data, Idempotency_Key="k-1")
    again = organiser.post(ROOMS, data, Idempotency_Key="k-1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    same = ("ETag", "Location", "Content-Type", "Content-Language")
    assert [first[name] for name in same] == [again[name] for name in same]
    assert Room.objects.filter(name="Cellar").count() == 1
    assert kind(organiser.post(ROOMS, {**data, "name": "B"}, Idempotency_Key="k-1")) == (422, "key-reused")
    assert kind(organiser.post(ROOMS, data)) == (422, "fields")
    other = program(UserFactory.with_role(Role.ORGANISER, rooms[0].venue.summit))
    assert other.post(ROOMS, {**data, "name": "B"}, Idempotency_Key="k-1").status_code == 201
    for key in (" ", "é", "k" * 256, ""):
        assert kind(organiser.post(ROOMS, data, Idempotency_Key=key)) == (400, "key")
    # A refusal is stored as well.
    refused = [organiser.post(ROOMS, {"name": "A"}, Idempotency_Key="k-2") for _time in range(2)]
    assert kind(refused[0]) == kind(refused[1]) == (422, "fields")
    assert refused[0].content == refused[1].content


def test_what_is_kept_is_encrypted_and_goes_after_a_day(organiser: Program, data: dict[str, str]) -> None:
    data["name"] = "Cellarcanary"
    organiser.post(ROOMS, data, Idempotency_Key="k")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM api_idempotencyrecord")
        assert b"Cellarcanary" not in bytes(cursor.fetchone()[0])
    assert IdempotencyRecord.objects.get().body is not None
    IdempotencyRecord.objects.update(made_at=timezone.now() - timedelta(hours=25))
    Room.objects.filter(name="Cellarcanary").delete()
    assert organiser.post(ROOMS, data, Idempotency_Key="k").status_code == 201
    assert Room.objects.filter(name="Cellarcanary").count() == 1
    IdempotencyRecord.objects.update(made_at=timezone.now() - timedelta(hours=25))
    organiser.post(ROOMS, data, Idempotency_Key="fresh")
    RequestCount.objects.update(window=1)
    heartbeats.clear_expired()
    assert (IdempotencyRecord.objects.count(), RequestCount.objects.count()) == (1, 0)


def test_what_is_being_done_is_not_begun_again_and_who_was_given_up_writes_nothing(
    organiser: Program, data: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    organiser.post(ROOMS, data, Idempotency_Key="k")
    Room.objects.filter(name="Cellar").delete()
    IdempotencyRecord.objects.update(status=None, body=None, made_at=timezone.now())
    refused = organiser.post(ROOMS, data, Idempotency_Key="k")
    assert kind(refused) == (409, "running")
    assert refused["Retry-After"] == "1"
    IdempotencyRecord.objects.update(made_at=timezone.now() - timedelta(seconds=61))
    assert organiser.post(ROOMS, data, Idempotency_Key="k").status_code == 201

    def slow(**more: Any) -> Room:
        IdempotencyRecord.objects.update(made_at=timezone.now())
        return places_add(**more)

    places_add = summits_services.add_room
    monkeypatch.setattr(summits_services, "add_room", slow)
    refused = organiser.post(ROOMS, {**data, "name": "Attic 2"}, Idempotency_Key="k-2")
    assert (kind(refused), Room.objects.filter(name="Attic 2").exists()) == ((409, "running"), False)


def test_what_fails_is_a_problem_without_its_words_and_may_be_asked_again(
    organiser: Program, data: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": f"Bearer {organiser.secret}", "Idempotency-Key": "k"}
    for error, owner, name, refusal, wait in (
        (RuntimeError("a secret"), summits_services, "add_room", (500, "failed"), None),
        (OperationalError("locked: a secret"), audit, "record", (503, "busy"), "30"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, Mock(side_effect=error))
            client = Client(raise_request_exception=False)
            refused = client.post(f"/api/v1/{ROOMS}", data, content_type="application/json", headers=headers)
        assert (kind(refused), refused.get("Retry-After")) == (refusal, wait)
        assert "secret" not in refused.content.decode()
    assert organiser.post(ROOMS, data, Idempotency_Key="k").status_code == 201


# --- how often ------------------------------------------------------------------------------------------------------
def test_more_than_a_minute_allows_waits(
    organiser: Program, viewer: Program, rooms: list[Room], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    monkeypatch.setattr(throttling.time, "time", lambda: 6_000_010.0)
    said = [organiser.get(ROOMS) for _number in range(3)]
    assert [each["RateLimit"] for each in said] == [f'"default";r={left};t=50' for left in (1, 0, 0)]
    assert kind(said[2]) == (429, "too-many")
    assert said[2]["Retry-After"] == "50"
    assert viewer.get(ROOMS).status_code == 200
    monkeypatch.setattr(throttling.time, "time", lambda: 6_000_060.0)
    assert organiser.get(ROOMS)["RateLimit"] == '"default";r=1;t=60'


# --- many at once ---------------------------------------------------------------------------------------------------
def test_each_row_has_its_result(organiser: Program, rooms: list[Room]) -> None:
    venue, hall, attic = rooms[0].venue.public_id, *rooms
    etag = organiser.get(address(hall))["ETag"]
    sent = [
        {"venue": venue, "name": "Cellar"},
        {"venue": venue, "name": "Cellar"},
        {"id": hall.public_id, "etag": etag, "name": "Great Hall"},
        {"id": attic.public_id, "name": "Loft"},
        {"id": attic.public_id, "etag": etag, "name": "Loft"},
        {"id": "nothing", "etag": etag, "name": "Loft"},
        {"venue": venue, "name": "Porch", "colour": "red"},
    ]
    answer = organiser.post(f"{ROOMS}bulk/", {"rows": sent}, Idempotency_Key="k")
    assert answer.status_code == 200
    found = answer.json()["rows"]
    assert [each["status"] for each in found] == [201, 422, 200, 428, 412, 404, 422]
    assert [(each["body"] or {}).get("name") for each in found[:3]] == ["Cellar", None, "Great Hall"]
    assert found[6]["problem"]["errors"] == [{"pointer": "#/colour", "detail": "Unknown field."}]
    assert found[2]["etag"] == organiser.get(address(hall))["ETag"]
    assert sorted(Room.objects.values_list("name", flat=True)) == ["Attic", "Cellar", "Great Hall"]
    assert organiser.post(f"{ROOMS}bulk/", {"rows": sent}, Idempotency_Key="k").content == answer.content
    assert organiser.post(f"{ROOMS}bulk/", {"rows": []}).json() == {"rows": []}
    for wrong in ({}, [], {"rows": 1}, {"rows": [1]}, {"rows": [], "more": 1}, {"rows": [{}] * 501}):
        assert kind(organiser.post(f"{ROOMS}bulk/", wrong)) == (422, "fields")


def test_answers_are_known_by_all_that_was_asked() -> None:
    asked = {"who": "user:1", "key": "k", "method": "POST", "body": b"x"}
    one, other = (idempotency.Question.of(**asked, address=address) for address in ("/a", "/a?b"))
    idempotency.finish(idempotency.begin(one), status=204, headers={}, body=b"")
    assert [idempotency.was_answered(each) for each in (one, other)] == [True, False]
    with pytest.raises(idempotency.KeyReused):
        idempotency.begin(other)
