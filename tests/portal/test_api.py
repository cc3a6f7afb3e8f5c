"""The API: its entrance, its refusals, its description, and that what is described answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include
from django.urls import path as route
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from portal.demo import synthetic
from summit.api_base.problem_types import KINDS
from summit.permissions.route_access import Gate
from summit.permissions.route_table import declared
from summit.summits.models import Summit
from tests.factories import RoomFactory, SummitFactory, VenueFactory
from tests.press.helpers import ago, make_delivered, make_text

# Alike whatever the database.
pytestmark = pytest.mark.once
JSON = "application/json"
PROBLEM = "application/problem+json"


def public(entries: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """Yield the addresses that everybody may read."""
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from public(entry.url_patterns)
        elif not re.search(r"(^|/)(me|desk)/", str(entry.pattern)):
            yield entry


def api() -> list[URLPattern | URLResolver]:
    """All addresses below /api/v1/."""
    (found,) = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/"]
    assert isinstance(found, URLResolver)
    return found.url_patterns


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The description of what is public: of all of it, it takes seconds."""
    generator = SchemaGenerator(patterns=[route("api/v1/", include(list(public(api()))))])
    found: dict[str, Any] = generator.get_schema(public=True)
    return found


def routes() -> dict[str, Any]:
    """All views below /api/v1/ by their route."""
    found: dict[str, Any] = {}

    def walk(entries: list[URLPattern | URLResolver], prefix: str) -> None:
        for entry in entries:
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, prefix + str(entry.pattern))
            else:
                found[prefix + str(entry.pattern)] = entry.callback

    walk(api(), "")
    return found


# --- description ----------------------------------------------------------------------------------------------------
@pytest.mark.broad("it writes and validates the whole description", seconds=40)
@pytest.mark.django_db
def test_the_description_is_valid_in_both_forms_and_alike_for_everybody(client: Client, admin_client: Client) -> None:
    as_yaml, as_json = client.get("/api/v1/schema/"), admin_client.get("/api/v1/schema/?format=json")
    assert as_yaml["Content-Type"].startswith("application/vnd.oai.openapi")
    found = yaml.load(as_yaml.content, Loader=yaml.CSafeLoader)  # the same as safe_load, ten times as fast
    assert found == json.loads(as_json.content)
    validate_schema(found)  # type: ignore[no-untyped-call]


def test_what_is_public_only_reads(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.1"
    assert all(set(methods) == {"get"} for methods in schema["paths"].values())
    assert all(methods["get"]["security"] == [{}] for methods in schema["paths"].values())
    assert set(schema["paths"]) == {
        "/api/v1/",
        "/api/v1/summits/",
        "/api/v1/summits/{summit}/",
        "/api/v1/summits/{summit}/agenda/",
        "/api/v1/summits/{summit}/agenda/{public_id}/",
        "/api/v1/summits/{summit}/changes/",
        "/api/v1/summits/{summit}/now/",
        "/api/v1/summits/{summit}/parties/",
        "/api/v1/summits/{summit}/parties/{public_id}/",
        "/api/v1/summits/{summit}/texts/",
        "/api/v1/summits/{summit}/texts/{slug}/",
        "/api/v1/summits/{summit}/texts/{slug}/comparison/",
        "/api/v1/summits/{summit}/texts/{slug}/editions/{number}/",
    }


@pytest.mark.django_db
def test_whatever_is_described_answers(schema: dict[str, Any], client: Client) -> None:
    summit = synthetic.load(slug="small", sizes=synthetic.Sizes(delegations=4, sessions=30, people=10, texts=20))
    base = f"/api/v1/summits/{summit.slug}/"
    values = {
        "summit": summit.slug,
        "public_id": client.get(f"{base}agenda/").json()["results"][0]["id"],
        "slug": client.get(f"{base}texts/").json()["results"][0]["slug"],
        "number": 1,
    }
    Summit.objects.filter(pk=summit.pk).update(public_changes=True)
    prepared = make_text(summit=summit, speech=True, moment=ago(1))
    said = make_delivered(prepared, moment=ago(1), public=True).version.text
    answers = {}
    for path in schema["paths"]:
        if path.endswith("/parties/{public_id}/"):
            values["public_id"] = client.get(f"{base}parties/").json()["results"][0]["id"]
        if path.endswith("/comparison/"):
            values["slug"] = said.slug
        response = client.get(path.format(**values))
        answers[path] = (response.status_code, response["Content-Type"])
    assert answers == dict.fromkeys(schema["paths"], (200, JSON))


def test_all_of_the_api_is_either_public_or_knows_who_asks() -> None:
    found = {
        route: (getattr(view, "is_public", False), getattr(view, "is_working", False))
        for route, view in routes().items()
    }
    working = {route for route in found if re.search(r"(^|/)(me|desk)/", route)}
    assert found == {route: (route not in working, route in working) for route in found}
    assert len(found) - len(working) == 17
    assert len(working) == sum(route.gate == Gate.API for route in declared().values())


# --- the same for everybody -----------------------------------------------------------------------------------------
def same_for_everybody(path: str, client: Client, admin_client: Client) -> None:
    plain = client.get(f"/api/v1/{path}")
    other = admin_client.get(
        f"/api/v1/{path}", headers={"Accept-Language": "ar", "Cookie": "sessionid=x; csrftoken=y"}
    )
    assert plain.status_code == other.status_code == 200
    assert (plain.content, plain["ETag"]) == (other.content, other["ETag"])
    assert plain["Cache-Control"] == "public, no-cache"
    assert not plain.cookies
    assert not other.cookies
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_same_bytes_for_everybody(client: Client, admin_client: Client) -> None:
    SummitFactory(slug="one")
    for path in ("", "summits/", "summits/one/", "docs/", "docs/?script=", "problems/"):
        same_for_everybody(path, client, admin_client)
    assert client.head("/api/v1/summits/").status_code == 200


# --- refusals -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_is_not_there_is_json(client: Client) -> None:
    SummitFactory(slug="secret", public=False)
    public = ("agenda/", "texts/", "parties/", "")
    for path in (
        "nowhere/",
        "nowhere",
        *(f"summits/{name}/{rest}" for name in ("none", "secret") for rest in public),
    ):
        response = client.get(f"/api/v1/{path}")
        assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
        assert response.json() == {
            "type": "http://localhost:8000/api/v1/problems/#not-found",
            "title": "Not found",
            "status": 404,
            "detail": "There is nothing at this address.",
        }
    for method in METHODS:
        for path in ("nowhere/", "me/tokens/a%15/"):
            assert getattr(client, method)(f"/api/v1/{path}").status_code == 404
    assert client.get("/api/v1/summits/?cursor=zzz").status_code == 404


METHODS = ("post", "put", "patch", "delete", "options")


@pytest.mark.django_db
def test_nothing_is_written_and_only_json_is_spoken(client: Client) -> None:
    for path in ("", "summits/", "summits/one/agenda/", "summits/one/texts/", "schema/"):
        for method in METHODS:
            response = getattr(client, method)(f"/api/v1/{path}")
            assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
            assert (response["Content-Type"], response.json()["type"][-7:]) == (PROBLEM, "#method")
    response = client.get("/api/v1/summits/", headers={"Accept": "text/html"})
    assert (response.status_code, response["Content-Type"]) == (406, PROBLEM)


@pytest.mark.django_db
def test_a_missing_slash_leads_on_and_nowhere_else(client: Client) -> None:
    response = client.get("/api/v1/summits?page_size=2")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/summits/?page_size=2")
    assert client.get("/api/v1/summits/x/y").status_code == 404
    assert client.get("/api/v1//elsewhere.example/summits").status_code == 404


# --- summits --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_entrance(client: Client) -> None:
    assert client.get("/api/v1/").json() == {
        "summits": "http://testserver/api/v1/summits/",
        "schema": "http://testserver/api/v1/schema/",
        "docs": "http://testserver/api/v1/docs/",
        "problems": "http://testserver/api/v1/problems/",
        "me": "http://testserver/api/v1/me/",
    }


@pytest.mark.django_db
def test_a_summit(client: Client) -> None:
    summit = SummitFactory(slug="one", name="One", short_name="1", names={"fr": {"place": "Londres"}})
    venue = VenueFactory(summit=summit, name="House", address="Street")
    RoomFactory(venue=venue, name="B", position=2, capacity=9)
    RoomFactory(venue=venue, name="A", position=1)
    assert client.get("/api/v1/summits/one/").json() == {
        "id": summit.public_id,
        "slug": "one",
        "name": "One",
        "short_name": "1",
        "host": "Hostland",
        "starts_on": "2025-03-31",
        "ends_on": "2025-04-01",
        "time_zone": "Europe/London",
        "place": "London",
        "language": "en",
        "names": {
            "en": {"name": "One", "short_name": "1", "place": "London", "host": "Hostland"},
            "fr": {"name": "One", "short_name": "1", "place": "Londres", "host": "Hostland"},
        },
        "illustrative": False,
        "api": "http://testserver/api/v1/summits/one/",
        "page": "http://testserver/one/",
        "venues": [
            {
                "name": "House",
                "address": "Street",
                "rooms": [{"name": "A", "capacity": None}, {"name": "B", "capacity": 9}],
            }
        ],
    }


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_data(client: Client, django_assert_num_queries: Any) -> None:
    summit = SummitFactory(slug="one")
    for number in (1, 6):
        for _ in range(number):
            RoomFactory(venue=VenueFactory(summit=summit))
            SummitFactory()
        with django_assert_num_queries(3):
            client.get("/api/v1/summits/one/")
        with django_assert_num_queries(1):
            client.get("/api/v1/summits/")


# --- docs -----------------------------------------------------------------------------------------------------------


def test_pages_of_lists_are_described_in_words_of_this_house(schema: dict[str, Any]) -> None:
    asked = [each for path in schema["paths"].values() for each in path.get("get", {}).get("parameters", ())]
    asked += schema["components"].get("parameters", {}).values()
    assert {(each["name"], each["description"]) for each in asked if each.get("name") in ("page_size", "cursor")} == {
        ("page_size", "Rows per page: 50 by default, 200 at most."),
        ("cursor", "Page cursor. Each page gives the addresses of the previous and next pages."),
    }


@pytest.mark.django_db
def test_docs_keep_the_content_security_policy(client: Client) -> None:
    page = client.get("/api/v1/docs/")
    html = page.content.decode()
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "<style" not in html
    assert not re.search(r"\s(style|on\w+)=", html)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert [bool("src=" in attributes) and not body for attributes, body in scripts] == [True, True]
    own = re.findall(r'src="([^"]*script=[^"]*)"', html)
    assert own == ["/api/v1/docs/?script="]
    script = client.get(own[0])
    assert script["Content-Type"].startswith("application/javascript")
    assert "csrf" not in script.content.decode().lower()
    assert "/api/v1/schema/" in script.content.decode().replace("\\u002D", "-")


# --- problems -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_type_of_a_problem_leads_to_its_words(client: Client) -> None:
    page = client.get("/api/v1/problems/").content.decode()
    for kind in KINDS.values():
        assert f'id="{kind.name}"' in page
    told = client.get("/api/v1/nowhere/").json()["type"]
    assert client.get(told.removeprefix("http://localhost:8000")).status_code == 200


@pytest.mark.django_db
def test_a_public_list_refuses_a_parameter_that_it_does_not_know_by_its_name(client: Client) -> None:
    slug = SummitFactory().slug
    for path in ("", f"{slug}/parties/", f"{slug}/agenda/"):
        assert client.get(f"/api/v1/summits/{path}?lang=fr&page_size=2").status_code == 200
        refused = client.get(f"/api/v1/summits/{path}?secret=1")
        assert (refused.status_code, [each["parameter"] for each in refused.json()["errors"]]) == (400, ["secret"])
