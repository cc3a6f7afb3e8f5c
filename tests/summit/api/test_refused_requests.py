"""Requests that nobody means well by, and two that are at it at the same instant: none is a mistake of ours."""

import base64
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.pagination import CursorPagination

from delegations.zones.models import Zone
from summit.api_base import idempotency, parsers, query_params
from summit.api_base.models.answers import IdempotencyRecord
from summit.api_base.pagination import ByNewest
from summit.core import unique_errors
from summit.summits.models import Room, Summit, Venue
from tests.factories import UserFactory, VenueFactory
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_description import actions
from tests.summit.api.test_desk_resources import NEW
from tests.summit.api.test_viewsets import VENUES, kind

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"
ROOMS = f"{DESK}rooms/"
# Half of a pair of surrogates; too deep to be read, and to be meant; no finite number; a name twice.
BODIES = (
    *('{"\\ud800": 1}', '{"name": ["\\udfff"]}', '{"a\\u0000": 1}'),
    *("[" * 100_000, '{"name":' + "[" * 40 + "]" * 40 + "}"),
    *('{"capacity": -1e400}', '{"name": "A", "name": "B"}'),
)


def test_what_can_t_be_stored_is_malformed(organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    for body in BODIES:
        for path in (ROOMS, f"{ROOMS}bulk/"):
            assert kind(organiser.post(path, body)) == (400, "malformed"), body[:30]
    # The control: the framework's own parser lets it through.
    parse = super(parsers.BodyParser, parsers.BodyParser).parse
    monkeypatch.setattr(parsers.BodyParser, "parse", parse)
    with pytest.raises(UnicodeEncodeError):
        organiser.post(ROOMS, BODIES[0])


def test_what_is_no_object_has_no_fields_and_other_letters_are_kept(organiser: Program, rooms: list[Room]) -> None:
    # The last takes no fields at all.
    for path in (ROOMS, f"{ROOMS}bulk/", f"{DESK}zones/arrange/", f"{DESK}participant-lists/preview/"):
        for body in ("5", "true", "[1]", '"a"'):
            assert kind(organiser.post(path, body)) == (422, "fields"), (path, body)
    data = {"venue": rooms[0].venue.public_id, "name": "Salle \N{GRINNING FACE}", "capacity": 3, "position": 9}
    assert organiser.post(ROOMS, json.dumps(data)).json()["name"] == data["name"]


def cursor(place: str) -> str:
    return quote(base64.b64encode(f"p={quote(place)}".encode()).decode())


# PostgreSQL takes a moment with its zone, and finds nothing before it.
@pytest.mark.once
def test_a_cursor_of_another_list(organiser: Program, rooms: list[Room], monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("abc", "9" * 30, "0001-01-01T00:00:00+14:00"):
        for path in (f"{ROOMS}?order=position&", f"{DESK}roles/?", f"{DESK}audit/?"):
            # Some columns have a place for anything.
            assert organiser.get(f"{path}cursor={cursor(place)}").status_code in (200, 404)
        assert kind(organiser.get(f"{DESK}audit/?cursor={cursor(place)}")) == (404, "not-found")
    # The control: the framework's own pages fail on it.
    monkeypatch.setattr(ByNewest, "paginate_queryset", CursorPagination.paginate_queryset)
    with pytest.raises(ValueError, match="abc"):
        organiser.get(f"{ROOMS}?order=position&cursor={cursor('abc')}")


def test_pages_go_on_where_another_row_gives_the_order(organiser: Program, viewer: Program, here: Summit) -> None:
    for order in ("email", "role"):
        found = pages(organiser, f"{DESK}roles/?page_size=1&order={order}&fields=id")
        assert [len(page) for page in found] == [1, 1]
        assert {row["id"] for page in found for row in page} == {str(row.pk) for row in here.roles.all()}


def pages(organiser: Program, path: str) -> list[list[dict[str, str]]]:
    """Return the rows of a list by its pages, seven at most."""
    address, found = f"/api/v1/{path}", []
    while address and len(found) < 7:
        answer = Client().get(address, headers={"Authorization": f"Bearer {organiser.secret}"}).json()
        found.append(answer["results"])
        address = answer["next"]
    return found


def test_equal_rows_are_each_on_one_page(organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ByNewest.offset_cutoff > 1_000_000 > CursorPagination.offset_cutoff
    monkeypatch.setattr(CursorPagination, "offset_cutoff", 4)
    venue = VenueFactory(summit=here)
    # No column of the order tells one from the other.
    Room.objects.bulk_create(Room(venue=venue, name=f"{number:04}", position=3) for number in range(11))
    path = f"{ROOMS}?order=position&page_size=2&fields=name"
    found = pages(organiser, path)
    assert [len(page) for page in found] == [2] * 5 + [1]
    assert sorted(row["name"] for page in found for row in page) == [f"{number:04}" for number in range(11)]
    # The control: with the library's limit a page leads to itself.
    monkeypatch.delattr(ByNewest, "offset_cutoff")
    found = pages(organiser, path)
    assert found[5] == found[6]


# PostgreSQL takes it with its zone: nothing breaks there where the refusal is taken out.
@pytest.mark.once
def test_a_moment_before_year_1_is_refused(organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{DESK}audit/?since={quote('0001-01-01T00:00:00+14:00')}"
    refused = organiser.get(path)
    assert kind(refused) == (400, "parameters")
    assert refused.json()["errors"][0]["parameter"] == "since"
    monkeypatch.setattr(query_params, "_far", lambda moment: False)
    with pytest.raises(OverflowError):
        organiser.get(path)


def test_no_row_has_such_an_id(organiser: Program, rooms: list[Room]) -> None:
    for key in ("9" * 5000, "%00", "ext:a:%00", "%ED%A0%80"):
        for kept in ("rooms", "roles"):
            assert kind(organiser.get(f"{DESK}{kept}/{key}/")) == (404, "not-found")
    rows: list[Any] = [{"id": key, "etag": "x"} for key in ("9" * 5000, "a\0", {"a": 1}, "ext:a:b\0")]
    done = organiser.post(f"{ROOMS}bulk/", {"rows": rows}).json()["rows"]
    assert [row["status"] for row in done] == [404] * 4


def test_what_is_neither_true_nor_false_and_a_zoneless_moment_are_refused(organiser: Program, here: Summit) -> None:
    path = f"{DESK}accounts/?is_active="
    for said in ("1", "yes", "", "null"):
        answer = organiser.get(f"{path}{said}")
        assert kind(answer) == (400, "parameters")
        assert answer.json()["errors"] == [{"parameter": "is_active", "detail": "Enter true or false."}]
    assert [len(organiser.get(f"{path}{each}").json()["results"]) for each in ("true", "false")] == [1, 0]
    etag = organiser.get(DESK)["ETag"]
    detail = "Enter a date and time with offset, such as 2025-03-31T14:30:00+01:00."
    for said in ("2030-01-01T12:00:00", "2030-01-01 12:00", " 2030-01-01T12:00"):
        answer = organiser.patch(DESK, {"answer_by": said}, If_Match=etag)
        assert answer.json()["errors"] == [{"pointer": "#/answer_by", "detail": detail}]
    there = organiser.patch(DESK, {"answer_by": "2030-01-01T12:00:00+14:00"}, If_Match=etag)
    assert there.json()["answer_by"] == "2029-12-31T22:00:00Z"
    # A zone that PostgreSQL refuses is asked in UTC.
    assert organiser.get(f"{DESK}audit/?since={quote('2025-03-31T14:30:00-21:08')}").status_code == 200


# --- two at the same instant: what is taken is said, and the same question has one answer ---------------------------
ZONES = "summits/here/desk/zones/"
ZONE = {"code": "A", "name": "Halls"}


def unseen(monkeypatch: pytest.MonkeyPatch, *models: Any) -> None:
    """Let nothing be looked at before it is stored, as where somebody else is quicker."""
    for model in models:
        monkeypatch.setattr(model, "full_clean", lambda self, *args, **kwargs: None)


def test_what_somebody_else_took_is_said(organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    unseen(monkeypatch, Zone, Venue, Summit)
    assert organiser.post(ZONES, ZONE).status_code == 201
    for key in ({}, {"Idempotency_Key": "k"}, {"Idempotency_Key": "k"}):
        refused = organiser.post(ZONES, ZONE, **key)
        assert kind(refused) == (409, "conflict")
        assert refused.json()["detail"] == "Another zone has this code. Choose another code."
    many = organiser.post(f"{ZONES}bulk/", {"rows": [ZONE, {"code": "B", "name": "Desks"}]}).json()["rows"]
    assert [each["status"] for each in many] == [409, 201]
    second = Zone.objects.get(code="B")
    changed = organiser.patch(f"{ZONES}{second.pk}/", {"code": "A"}, If_Match="*")
    assert kind(changed) == (409, "conflict")
    assert sorted(Zone.objects.values_list("code", flat=True)) == ["A", "B"]

    # A column that is there once is said as well; any other error of the database stays ours.
    refused = program(UserFactory(is_superuser=True)).post("me/summits/", {**NEW, "slug": "here"})
    assert kind(refused) == (409, "conflict")
    assert "already exists" in refused.json()["detail"]
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        organiser.post(VENUES, {"name": "House", "address": "", "opens_at": "08:00"})


TOLD = (
    ("zone_code_once", "delegations_zone", "Key (summit_id, code)=(1, A) already exists.", "this code"),
    ("summit_summit_slug_key", "summit_summit", "Key (slug)=(here) already exists.", "already exists"),
    ("user_email_once", "summit_user", "Key (lower(email::text))=(a@b.c) already exists.", "just added the same"),
    ("release_number_once", "agenda_release", "Key (summit_id, number)=(1, 2) already exists.", ""),
    ("summit_person_public_id_key", "summit_person", "Key (public_id)=(x) already exists.", ""),
    ("elsewhere", "elsewhere", None, ""),
)


def test_postgres_tells_it_otherwise_and_what_is_not_said_is_not_guessed() -> None:
    other = ("zone_code_once", "delegations_zone", None, "")
    for state, constraint, table, detail, said in (*(("23505", *row) for row in TOLD), ("23514", *other)):
        diag = SimpleNamespace(constraint_name=constraint, table_name=table, message_detail=detail)
        broken = type("UniqueViolation", (Exception,), {"__module__": "psycopg.errors"})()
        broken.sqlstate, broken.diag = state, diag
        error = IntegrityError("of PostgreSQL")
        error.__cause__ = broken
        found = unique_errors.message_of(error)
        assert (said in found) if said else not found, constraint
    assert unique_errors.message_of(IntegrityError("by hand")) == ""


# --- the same key ---------------------------------------------------------------------------------------------------
def question(key: str = "k") -> idempotency.Question:
    return idempotency.Question.of(who="user:1", key=key, method="POST", address="/api/v1/", body=b"{}")


def test_a_question_that_is_given_up_this_moment_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = idempotency.begin(question())
    known = idempotency._existing_record

    def given_up(asked: idempotency.Question) -> IdempotencyRecord:
        idempotency.discard(first)
        return known(asked)

    monkeypatch.setattr(idempotency, "_existing_record", given_up)
    with pytest.raises(idempotency.StillRunning):
        idempotency.begin(question())
    assert idempotency.begin(question()).status is None


def test_whoever_is_too_late_takes_no_question_away() -> None:
    late, beside = idempotency.begin(question()), idempotency.begin(question("beside"))
    IdempotencyRecord.objects.update(made_at=timezone.now() - idempotency.GIVEN_UP)
    other = idempotency.begin(question())
    idempotency.discard(late)
    idempotency.finish(other, status=201, headers={}, body=b"{}")
    # Nor another question that was asked in the same instant.
    IdempotencyRecord.objects.filter(pk=beside.pk).update(made_at=late.made_at)
    idempotency.discard(late)
    assert sorted(IdempotencyRecord.objects.values_list("pk", "status")) == [(other.pk, 201), (beside.pk, None)]


def test_what_is_shown_once_is_described_as_what_may_be_missing() -> None:
    once = [(each, name) for each in actions(get_resolver().url_patterns) for name in each.shown_once]
    assert len(once) >= 6
    hard = [found.method for found, name in once if not found.output().fields[name].allow_null]
    assert hard == []


def test_a_form_from_a_browser_where_none_is_taken(organiser: Program) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(organiser.user)
    client.cookies["csrftoken"] = token = "a" * 32
    for key in ({}, {"Idempotency-Key": "k"}):
        answer = client.post(f"/api/v1/{ZONES}", ZONE, headers={"X-CSRFToken": token, **key})
        assert kind(answer) == (415, "media-type")
    assert not Zone.objects.exists()
