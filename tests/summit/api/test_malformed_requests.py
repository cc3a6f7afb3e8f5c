"""Bodies, keys, cursors and moments that nobody means well by: each is refused, none is a mistake of ours."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from rest_framework.pagination import CursorPagination

from summit.api_base import parsers, query_params
from summit.api_base.pagination import ByNewest
from summit.summits.models import Room, Summit
from tests.factories import VenueFactory
from tests.summit.api.conftest import Program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"
ROOMS = f"{DESK}rooms/"
# Half of a pair of surrogates; too deep to be read, and to be meant; no finite number; a name twice.
BODIES = (
    '{"\\ud800": 1}',
    '{"name": ["\\udfff"]}',
    '{"a\\u0000": 1}',
    "[" * 100_000,
    '{"name":' + "[" * 40 + "]" * 40 + "}",
    '{"capacity": -1e400}',
    '{"name": "A", "name": "B"}',
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


def test_pages_go_on_where_another_row_gives_the_order(organiser: Program, viewer: Program) -> None:
    path, found = f"{DESK}roles/?page_size=1", []
    for order in ("email", "role"):
        answer = organiser.get(f"{path}&order={order}").json()
        found += [answer["results"][0]["id"]]
        rest = Client().get(answer["next"], headers={"Authorization": f"Bearer {organiser.secret}"}).json()
        found += [rest["results"][0]["id"]]
        assert rest["next"] is None
    assert len(found) == 4
    assert set(found[:2]) == set(found[2:])


def pages_of_equals(organiser: Program) -> list[list[str]]:
    """Return the pages of rooms of which no column of the order tells one from the other, seven at most."""
    path, found = f"/api/v1/{ROOMS}?order=position&page_size=200&fields=name", []
    while path and len(found) < 7:
        answer = Client().get(path, headers={"Authorization": f"Bearer {organiser.secret}"}).json()
        found.append([each["name"] for each in answer["results"]])
        path = answer["next"]
    return found


def test_equal_rows_are_each_on_one_page(organiser: Program, here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    venue = VenueFactory(summit=here)
    Room.objects.bulk_create(Room(venue=venue, name=f"{number:04}", position=3) for number in range(1203))
    found = pages_of_equals(organiser)
    assert [len(page) for page in found] == [200] * 6 + [3]
    assert sorted(name for page in found for name in page) == [f"{number:04}" for number in range(1203)]
    # The control: with the library's limit a page leads to itself.
    monkeypatch.setattr(ByNewest, "offset_cutoff", CursorPagination.offset_cutoff)
    found = pages_of_equals(organiser)
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


def test_what_is_neither_true_nor_false_and_a_moment_without_its_zone_are_refused(
    organiser: Program, here: Summit
) -> None:
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
