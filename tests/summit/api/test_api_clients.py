"""Applications by the API and at the desk, and resuming: no token makes what would outlive or outdo it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from summit.api import api_client_services, api_clients
from summit.api_base import token_services
from summit.api_base.models.tokens import ApiClient, Token
from summit.api_base.scopes import all_scopes
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import SummitFactory
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
DESK = "summits/here/desk/"
APPS, TOKENS, ARMING = f"{DESK}applications/", f"{DESK}application-tokens/", f"{DESK}arming/"
LIST = "/admin/api/apiclient/"
PRINTER = {"name": "Badge printer", "roles": ["viewer", "programme"]}


def post(client: Client, path: str, data: Any, **headers: str) -> Any:
    return client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)


@pytest.fixture
def printer(here: Summit, organiser: Program) -> ApiClient:
    return api_client_services.make(by=organiser.user, summit=here, name="Badge printer", given=[Role.VIEWER])


def test_it_is_made_in_a_browser_and_its_token_is_told_once(here: Summit, organiser: Program) -> None:
    desk = signed_in(organiser.user)
    made = post(desk, APPS, PRINTER)
    assert (made.status_code, made.json()["roles"], made.json()["ended_at"]) == (201, ["programme", "viewer"], None)
    where = f"{APPS}{made.json()['id']}/make-token/"
    wanted = {"name": "Gate", "scopes": ["rooms:read"]}
    token, again = (post(desk, where, wanted, **{"Idempotency-Key": "a"}) for _time in range(2))
    assert (token.status_code, again.status_code) == (200, 200)
    secret = token.json()["secret"]
    assert secret.startswith("sa_")
    assert again.json() == {**token.json(), "secret": None}
    asks = Program(ApiClient.objects.get().user, secret)
    assert asks.get(f"{DESK}rooms/").status_code == 200
    [listed] = organiser.get(f"{TOKENS}?application={made.json()['id']}").json()["results"]
    assert (listed["id"], listed["scopes"], listed["state"]) == (token.json()["id"], ["rooms:read"], "alive")
    assert "secret" not in listed
    assert organiser.post(f"{TOKENS}{listed['id']}/revoke/", {}).json()["state"] == "revoked"
    assert asks.get(f"{DESK}rooms/").status_code == 401


def test_a_token_makes_neither(organiser: Program, printer: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    make = f"{APPS}{printer.public_id}/make-token/"
    wide = {"name": "Wide", "scopes": all_scopes()}
    only = program(organiser.user, ["applications:write"])
    for path, sent in ((APPS, {**PRINTER, "name": "Other"}), (make, wide)):
        assert kind(only.post(path, sent)) == (403, "browser-only")
    bulk = only.post(f"{APPS}bulk/", {"rows": [{**PRINTER, "name": "Other"}]}).json()["rows"]
    assert [row["problem"]["type"].rpartition("#")[2] for row in bulk] == ["browser-only"]
    assert (ApiClient.objects.count(), Token.objects.filter(api_client=printer).count()) == (1, 0)
    # The control: without it a token for one thing makes one for all.
    monkeypatch.setattr(api_clients, "_only_in_a_browser", lambda by: None)
    assert len(only.post(make, wide).json()["scopes"]) > 20


def test_it_is_ended_and_personal_tokens_are_not_there(here: Summit, organiser: Program, printer: ApiClient) -> None:
    issued = token_services.make_for(by=organiser.user, api_client=printer, name="Gate", scopes=["rooms:read"])
    ended = organiser.post(f"{APPS}{printer.public_id}/end/", {}).json()
    assert (ended["roles"], ended["ended_at"] is None, token_services.find(issued.secret)) == ([], False, None)
    wanted = {"name": "Gate", "scopes": ["rooms:read"]}
    refused = post(signed_in(organiser.user), f"{APPS}{printer.public_id}/make-token/", wanted)
    assert refused.json()["errors"][0]["detail"] == "This API client has ended. Create another."
    for said, names in (("true", ["Badge printer"]), ("false", [])):
        assert [row["name"] for row in organiser.get(f"{APPS}?ended={said}").json()["results"]] == names
    own = Token.objects.get(user=organiser.user)
    assert [row["id"] for row in organiser.get(TOKENS).json()["results"]] == [issued.token.public_id]
    assert organiser.get(f"{TOKENS}{own.public_id}/").status_code == 404
    assert organiser.post(f"{TOKENS}{own.public_id}/revoke/", {}).status_code == 404


def test_a_summit_that_came_from_elsewhere_is_let_send(here: Summit, organiser: Program, viewer: Program) -> None:
    assert organiser.get(ARMING).json() == {"sends": True, "disarmed_at": None, "armed_at": None, "waiting": []}
    assert kind(organiser.post(f"{ARMING}arm/", {})) == (409, "conflict")
    Summit.objects.filter(pk=here.pk).update(paused_at=timezone.now())
    found = organiser.get(ARMING)
    assert (found.json()["sends"], found.json()["waiting"]) == (False, [])
    assert organiser.get(ARMING, If_None_Match=found["ETag"]).status_code == 304
    assert kind(viewer.post(f"{ARMING}arm/", {})) == (403, "forbidden")
    assert kind(program(organiser.user, ["summits:read"]).post(f"{ARMING}arm/", {})) == (403, "scope")
    assert organiser.post(f"{ARMING}arm/", {}).json() == {"cancelled": 0}
    assert organiser.get(ARMING).json()["sends"] is True
    assert AuditEntry.objects.filter(action="summit.resume", by=organiser.user).count() == 1


# --- at the desk ----------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(organiser: Program) -> Client:
    return signed_in(organiser.user)


def add(desk: Client, **data: Any) -> Any:
    return desk.post(f"{LIST}add/", {"once": "a-mark", **data}, follow=True)


def test_the_desk_makes_one_gives_it_a_token_once_and_revokes_and_ends_it(desk: Client, here: Summit) -> None:
    page = add(desk, summit=here.pk, name="Badge printer", roles=["viewer", "programme"])
    made = ApiClient.objects.get()
    path, new = f"{LIST}{made.pk}/", {"name": "Gate", "scopes": ["rooms:write"], "days": "30", "once": "b-mark"}
    assert page.redirect_chain[-1][0] == f"{path}tokens/"
    assert sorted(made.user.roles.values_list("role", flat=True)) == ["programme", "viewer"]
    page = desk.post(f"{path}tokens/", new)
    secret = re.search(r"<textarea[^>]*>(sa_\w+)</textarea>", page.content.decode())
    assert secret is not None
    assert "no-store" in page["Cache-Control"]
    again = desk.post(f"{path}tokens/", new, follow=True).content.decode()
    assert ("only one token was created" in again, secret.group(1) in again) == (True, False)
    token = made.tokens.get()
    assert token_services.find(secret.group(1)) == token
    for address, posted, said in (
        (f"{path}tokens/", {"revoke": token.public_id}, "Token revoked"),
        (f"{path}end/", {}, "API client ended"),
    ):
        pages = [desk.post(address, posted, follow=True).content.decode() for _time in range(2)]
        assert [said in each for each in pages] == [True, False]
    assert not Token.objects.alive().filter(api_client=made).exists()
    assert "This API client has ended" in desk.post(f"{path}tokens/", {**new, "once": ""}).content.decode()


def test_the_desk_says_what_can_t_be_made(desk: Client, here: Summit, printer: ApiClient) -> None:
    for wrong in ({"name": printer.name}, {"roles": ["delegate"]}, {"summit": SummitFactory().pk}):
        sent = {"summit": here.pk, "name": "A", "roles": ["viewer"], **wrong}
        assert 'class="error-summary"' in add(desk, **sent).content.decode()
    assert ApiClient.objects.get() == printer
    wrong = desk.post(f"{LIST}{printer.pk}/tokens/", {"name": "", "scopes": [], "days": "30"})
    assert (wrong.status_code, printer.tokens.exists()) == (400, False)
