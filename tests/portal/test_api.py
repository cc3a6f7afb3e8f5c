"""The API: its entrance, its refusals, its description, the guide to it, and public lists that are kept as bytes."""

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
from pytest_django import DjangoAssertNumQueries

from delegations.parties.models.parties import Party
from portal.demo import synthetic
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.api_base import token_services
from summit.api_base.scopes import all_scopes
from summit.permissions.models import Role
from summit.permissions.route_access import Gate
from summit.permissions.route_table import declared
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.factories import RoomFactory, SummitFactory, UserFactory, VenueFactory
from tests.press.helpers import ago, make_delivered, make_text
from tests.sessions.conftest import SILENTLY
from tests.sources import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Alike whatever the database.
JSON = "application/json"
PROBLEM = "application/problem+json"


def public(entries: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from public(entry.url_patterns)
        elif not re.search(r"(^|/)(me|desk)/", str(entry.pattern)):
            yield entry


def api() -> list[URLPattern | URLResolver]:
    (found,) = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/"]
    assert isinstance(found, URLResolver)
    return found.url_patterns


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The description of what is public: of all of it, it takes seconds."""
    generator = SchemaGenerator(patterns=[route("api/v1/", include(list(public(api()))))])
    return generator.get_schema(public=True)


def routes() -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(entries: list[URLPattern | URLResolver], prefix: str) -> None:
        for entry in entries:
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, prefix + str(entry.pattern))
            else:
                found[prefix + str(entry.pattern)] = entry.callback

    walk(api(), "")
    return found


@pytest.mark.broad("it writes and validates the whole description", seconds=40)
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
    of_summit = (
        "",
        "agenda/",
        "agenda/{public_id}/",
        "changes/",
        "now/",
        "parties/",
        "parties/{public_id}/",
        "texts/",
    )
    of_text = ("", "comparison/", "editions/{number}/")
    assert set(schema["paths"]) == {
        *("/api/v1/", "/api/v1/summits/"),
        *(f"/api/v1/summits/{{summit}}/{rest}" for rest in of_summit),
        *(f"/api/v1/summits/{{summit}}/texts/{{slug}}/{rest}" for rest in of_text),
    }


@pytest.mark.slow("loads a summit and asks every public address")
def test_whatever_is_described_answers(schema: dict[str, Any], client: Client) -> None:
    summit = synthetic.load(slug="small", sizes=synthetic.Sizes(delegations=4, sessions=12, people=10, texts=12))
    base = f"/api/v1/summits/{summit.slug}/"
    first = {name: client.get(f"{base}{name}/").json()["results"][0] for name in ("agenda", "texts", "parties")}
    values = {"summit": summit.slug, "public_id": first["agenda"]["id"], "slug": first["texts"]["slug"], "number": 1}
    Summit.objects.filter(pk=summit.pk).update(public_changes=True)
    prepared = make_text(summit=summit, speech=True, moment=ago(1))
    said = make_delivered(prepared, moment=ago(1), public=True).version.text
    answers = {}
    for path in schema["paths"]:
        if path.endswith("/parties/{public_id}/"):
            values["public_id"] = first["parties"]["id"]
        if path.endswith("/comparison/"):
            values["slug"] = said.slug
        response = client.get(path.format(**values))
        answers[path] = (response.status_code, response["Content-Type"])
    assert answers == dict.fromkeys(schema["paths"], (200, JSON))


def test_all_of_the_api_is_either_public_or_knows_who_asks() -> None:
    found = {}
    for path, view in routes().items():
        found[path] = getattr(view, "is_public", False), getattr(view, "is_working", False)
    working = {path for path in found if re.search(r"(^|/)(me|desk)/", path)}
    assert found == {path: (path not in working, path in working) for path in found}
    assert len(found) - len(working) == 17
    assert len(working) == sum(route.gate == Gate.API for route in declared().values())


def test_same_bytes_for_everybody(client: Client, admin_client: Client) -> None:
    SummitFactory(slug="one")
    for path in ("", "summits/", "summits/one/", "docs/", "docs/?script=", "problems/"):
        plain = client.get(f"/api/v1/{path}")
        headers = {"Accept-Language": "ar", "Cookie": "sessionid=x; csrftoken=y"}
        other = admin_client.get(f"/api/v1/{path}", headers=headers)
        assert plain.status_code == other.status_code == 200
        assert (plain.content, plain["ETag"]) == (other.content, other["ETag"])
        assert plain["Cache-Control"] == "public, no-cache"
        assert not plain.cookies
        assert not other.cookies
        again = client.get(f"/api/v1/{path}", headers={"If-None-Match": plain["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.head("/api/v1/summits/").status_code == 200


def test_what_is_not_there_is_json(client: Client) -> None:
    SummitFactory(slug="secret", public=False)
    summits = [
        f"summits/{name}/{rest}" for name in ("none", "secret") for rest in ("agenda/", "texts/", "parties/", "")
    ]
    for path in ("nowhere/", "nowhere", *summits):
        response = client.get(f"/api/v1/{path}")
        assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
        assert response.json() == {
            **{"type": "http://localhost:8000/api/v1/problems/#not-found", "title": "Not found", "status": 404},
            "detail": "There is nothing at this address.",
        }
    for method in METHODS:
        for path in ("nowhere/", "me/tokens/a%15/"):
            assert getattr(client, method)(f"/api/v1/{path}").status_code == 404
    assert client.get("/api/v1/summits/?cursor=zzz").status_code == 404


METHODS = ("post", "put", "patch", "delete", "options")


def test_nothing_is_written_and_only_json_is_spoken(client: Client) -> None:
    for path, methods in (("summits/one/agenda/", METHODS), ("", METHODS[:1]), ("summits/", METHODS[:1])):
        for method in methods:
            response = getattr(client, method)(f"/api/v1/{path}")
            assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
            assert (response["Content-Type"], response.json()["type"][-7:]) == (PROBLEM, "#method")
    response = client.get("/api/v1/summits/", headers={"Accept": "text/html"})
    assert (response.status_code, response["Content-Type"]) == (406, PROBLEM)


def test_a_missing_slash_leads_on_and_nowhere_else(client: Client) -> None:
    response = client.get("/api/v1/summits?page_size=2")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/summits/?page_size=2")
    assert client.get("/api/v1/summits/x/y").status_code == 404
    assert client.get("/api/v1//elsewhere.example/summits").status_code == 404


def test_a_summit(client: Client) -> None:
    summit = SummitFactory(slug="one", name="One", short_name="1", names={"fr": {"place": "Londres"}})
    venue = VenueFactory(summit=summit, name="House", address="Street")
    RoomFactory(venue=venue, name="B", position=2, capacity=9)
    RoomFactory(venue=venue, name="A", position=1)
    english = {"name": "One", "short_name": "1", "place": "London", "host": "Hostland"}
    rooms = [{"name": "A", "capacity": None}, {"name": "B", "capacity": 9}]
    assert client.get("/api/v1/summits/one/").json() == {
        **english,
        **{"id": summit.public_id, "slug": "one", "language": "en", "illustrative": False},
        **{"starts_on": "2025-03-31", "ends_on": "2025-04-01", "time_zone": "Europe/London"},
        "names": {"en": english, "fr": {**english, "place": "Londres"}},
        **{"api": "http://testserver/api/v1/summits/one/", "page": "http://testserver/one/"},
        "venues": [{"name": "House", "address": "Street", "rooms": rooms}],
    }


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


def test_a_public_list_refuses_a_parameter_that_it_does_not_know_by_its_name(client: Client) -> None:
    slug = SummitFactory().slug
    for path in ("", f"{slug}/parties/", f"{slug}/agenda/"):
        assert client.get(f"/api/v1/summits/{path}?lang=fr&page_size=2").status_code == 200
        refused = client.get(f"/api/v1/summits/{path}?secret=1")
        assert (refused.status_code, [each["parameter"] for each in refused.json()["errors"]]) == (400, ["secret"])


STEPS = re.compile(r"```http\n(.*?)```\n```json (\d+)\n(.*?)```", re.DOTALL)
REST = "…"


def fits(told: Any, said: Any, names: dict[str, str]) -> bool:
    """Return whether an answer is as told; what it says under a name that is new is remembered."""
    if told == REST:
        return True
    if isinstance(told, dict):
        more = REST in told
        keys = [key for key in told if key != REST]
        return (more or set(keys) == set(said)) and all(fits(told[key], said[key], names) for key in keys)
    if isinstance(told, list):
        return len(told) == len(said) and all(fits(one, other, names) for one, other in zip(told, said, strict=True))
    name = re.fullmatch(r"<(\w+)>", told) if isinstance(told, str) else None
    return bool(said == (names.setdefault(name.group(1), said) if name else told))


def filled(text: str, names: dict[str, str]) -> str:
    """Return a text with the names in it that are known filled in."""
    return re.sub(r"<(\w+)>", lambda found: names.get(found.group(1), found.group(0)), text)


def ask(client: Client, request: str) -> Any:
    head, _empty, body = request.partition("\n\n")
    first, *lines = head.strip().split("\n")
    method, address = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    kind = headers.pop("Content-Type", "")
    more = {"data": body.strip(), "content_type": kind} if kind else {}
    return getattr(client, method.lower())(address, headers=headers, **more)


@pytest.mark.slow("makes each request of the guide")
def test_the_guide_is_true(client: Client) -> None:
    summit = SummitFactory(slug="water-2026")
    venue = VenueFactory(summit=summit, name="House")
    for name in ("Hall", "Attic"):
        RoomFactory(venue=venue, name=name)
    make_text(summit=summit, moment=ago(1), title="Of ships", slug="ships", body="Of ships.")
    user = UserFactory.with_role(Role.ORGANISER, summit, name="Zoe")
    names = {"secret": token_services.make(by=user, name="Registry", scopes=all_scopes()).secret}
    for name, role in (("officer", Role.PRESS_OFFICER), ("approver", Role.PRESS_APPROVER)):
        desk = UserFactory.with_role(role, summit)
        names[name] = token_services.make(by=desk, name="Newsroom", scopes=all_scopes()).secret
    steps = STEPS.findall((ROOT / "docs" / "api.md").read_text())
    assert len(steps) == 18
    for request, status, told in steps:
        response = ask(client, filled(request, names))
        assert (response.status_code, request) == (int(status), request), response.content
        assert fits(json.loads(filled(told, names)), response.json(), names), response.content
        if "ETag" in response:
            names["etag"] = response["ETag"]


def test_control_another_answer_does_not_fit() -> None:
    names: dict[str, str] = {}
    assert fits({"a": "<x>", "…": "…"}, {"a": "1", "b": 2}, names)
    assert names == {"x": "1"}
    assert not fits({"a": "<x>"}, {"a": "2"}, names)
    assert not fits({"a": "1"}, {"a": "1", "b": 2}, names)
    assert not fits([1], [1, 2], names)


API = "/api/v1/summits/here"


@pytest.fixture
def opening(summit: Summit, organiser: User) -> Session:
    party = f.PartyFactory(summit=summit, name="Aland")
    Summit.objects.filter(pk=summit.pk).update(slug="here")
    summit.slug = "here"
    made: Session = f.SessionFactory(summit=summit, title="Opening", visibility=Visibility.PUBLIC)
    f.ParticipantFactory(session=made, party=party, role="chair")
    releases.release(summit=summit, by=organiser)
    make_text(summit=summit, moment=ago(1), title="Words")
    return made


def test_each_takes_one_query_once_it_is_made(
    opening: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in ("agenda/", f"agenda/{opening.public_id}/", "agenda/?kind=plenary&page_size=5", "parties/", "texts/"):
        made = Client().get(f"{API}/{path}")
        assert made.status_code == 200, path
        with django_assert_num_queries(1):
            again = Client().get(f"{API}/{path}")
        names = ("ETag", "Content-Type", "Vary", "Cache-Control")
        assert (again.content, [again.get(name) for name in names]) == (
            made.content,
            [made.get(name) for name in names],
        )
        etag = Client().get(f"{API}/{path}", headers={"If-None-Match": made["ETag"]})
        assert etag.status_code == 304


def test_what_changes_is_read_at_once(opening: Session, organiser: User) -> None:
    def read(path: str) -> str:
        return Client().get(f"{API}/{path}").content.decode()

    assert all(words in read(path) for path, words in (("agenda/", "Opening"), ("parties/", "Aland")))
    Party.objects.update(name="Newland")
    assert "Newland" in read("parties/")
    Session.objects.filter(pk=opening.pk).update(visibility=Visibility.ACCREDITED)
    releases.release(summit=opening.summit, by=organiser, decisions=SILENTLY)
    assert "Opening" not in read("agenda/")
    assert Client().get(f"{API}/agenda/{opening.public_id}/").status_code == 404
    assert "Later" not in read("texts/")
    make_text(summit=opening.summit, moment=ago(0.5), title="Later")
    assert "Later" in read("texts/")


def test_links_lead_to_the_host_that_was_asked_and_each_reads_its_custom_kind(
    opening: Session, organiser: User, settings: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "other.example"]  # type: ignore[attr-defined]
    f.SessionFactory(summit=opening.summit, title="Closing", visibility=Visibility.PUBLIC)
    releases.release(summit=opening.summit, by=organiser)
    for host in ("one.example", "other.example"):
        answer = Client().get(f"{API}/agenda/?page_size=1", headers={"host": host})
        assert answer.json()["next"].startswith(f"http://{host}/")
    # What is cached is not given to whoever takes no JSON.
    for accept, status in (("text/html", 406), ("application/json", 200), ("text/html, */*;q=0.1", 200)):
        headers = {"host": "one.example", "accept": accept}
        assert Client().get(f"{API}/agenda/?page_size=1", headers=headers).status_code == status
    # Nor is what is refused cached.
    assert Client().get(f"{API}/agenda/?page_size=0", headers={"host": "one.example"}).status_code == 400
