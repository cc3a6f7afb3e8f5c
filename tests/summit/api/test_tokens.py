"""Tokens: shown once, stored as a digest, never more than their owner, dead at once; and API clients."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from summit.api import api_client_services, api_clients
from summit.api_base import token_secrets, token_services
from summit.api_base.models.tokens import ApiClient, Token
from summit.api_base.scopes import all_scopes, checked, covers, declare
from summit.audit.models import AuditEntry
from summit.permissions.models import Role, RoleAssignment
from summit.permissions.rules import narrow, roles_by_summit
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import SummitFactory, TokenFactory, UserFactory
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_viewsets import kind
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
ROOMS, MINE = "summits/here/desk/rooms/", "/api/v1/me/tokens/"


def test_a_secret_is_known_by_its_form(django_assert_num_queries: Any) -> None:
    made = token_secrets.make(token_secrets.PERSONAL)
    assert (made[:3], len(made)) == ("sk_", 52)
    assert token_secrets.is_well_formed(made)
    wrong = (made[:-1] + ("0" if made[-1] != "0" else "1"), made[:-1], "sk_" + "é" * 49, "", "xx" + made[2:])
    assert [each for each in wrong if token_secrets.is_well_formed(each)] == []
    assert token_secrets.make(token_secrets.PERSONAL) != made
    # What is no secret asks the database nothing.
    with django_assert_num_queries(0):
        assert token_services.find("sk_nothing") is None


def test_the_secret_is_kept_nowhere() -> None:
    now = timezone.now()
    values: dict[str, Any] = {"by": UserFactory(), "name": "Registry", "scopes": ["rooms:read"]}
    made = token_services.make(**values, expires_at=now + timedelta(days=999))
    # It ends within a year.
    assert now + timedelta(days=364) < (made.token.expires_at or now) < now + timedelta(days=367)
    row, entry = Token.objects.values().get(), AuditEntry.objects.values().get(action="api.token.add")
    assert made.secret not in f"{row} {entry}"
    assert row["digest"] == token_secrets.digest(made.secret)
    assert entry["detail"] == {"scopes": ["rooms:read"]}
    assert token_services.find(made.secret) == made.token


def test_what_ended_opens_nothing(organiser: Program) -> None:
    def refused() -> bool:
        answer = organiser.get("me/")
        said = (answer.status_code, answer.get("WWW-Authenticate"))
        return said == (401, 'Bearer realm="Summit", error="invalid_token"')

    token, later = Token.objects.get(), timezone.now() + timedelta(days=1)
    other = TokenFactory(user=organiser.user)
    assert not refused()
    for how, put_back in (
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, {"expires_at": later}),
        ({"revoked_at": timezone.now()}, {"revoked_at": None}),
    ):
        Token.objects.filter(pk=token.pk).update(**how)
        assert refused()
        Token.objects.filter(pk=token.pk).update(**put_back)
    User.objects.update(is_active=False)
    assert refused()
    User.objects.update(is_active=True)
    assert not refused()
    assert [token_services.revoke(token=token, by=organiser.user) for _time in range(2)] == [True, False]
    assert (refused(), Token.objects.get(revoked_at=None)) == (True, other)
    entry = AuditEntry.objects.get(action="api.token.revoke")
    assert entry.part_of == f"summit.user:{organiser.user.public_id}"


def test_what_it_can_t_be_for() -> None:
    user, many = UserFactory(), UserFactory()
    TokenFactory.create_batch(token_services.MOST, user=many)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"scopes": ["rooms:burn"]}, "There is no scope"),
        ({"summit": SummitFactory()}, "no role in this summit"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "has passed"),
        ({"by": many}, "You already have 50 tokens"),
    )
    for changed, said in wrong:
        with pytest.raises(ValidationError, match=said):
            token_services.make(**{"by": user, "name": "A", "scopes": ["rooms:read"], **changed})


def test_use_is_noted_once_a_minute(organiser: Program) -> None:
    for seconds, noted in ((5, False), (61, True)):
        before = timezone.now() - timedelta(seconds=seconds)
        Token.objects.update(last_used_at=before)
        organiser.get("me/")
        assert Token.objects.filter(last_used_at__gt=before).exists() is noted


def test_a_token_may_what_its_scope_says_and_never_more_than_its_owner(here: Summit, organiser: Program) -> None:
    reads = program(organiser.user, ["rooms:read"])
    assert reads.get(ROOMS).status_code == 200
    for refused, scope in (
        (reads.get("summits/here/desk/venues/"), "venues:read"),
        (reads.post(ROOMS, {}), "rooms:write"),
    ):
        assert kind(refused) == (403, "scope")
        assert refused["WWW-Authenticate"] == f'Bearer realm="Summit", error="insufficient_scope", scope="{scope}"'
    assert covers(["rooms:write"], "rooms", "read")
    assert not covers(["rooms:read"], "rooms", "write")
    assert checked(["venues:read", "rooms:read", "rooms:read"]) == ["rooms:read", "venues:read"]
    assert {"rooms:read", "rooms:write"} <= set(all_scopes())
    with pytest.raises(ValueError, match="declared twice"):
        declare("rooms", "rooms")
    organiser.user.roles.all().delete()
    assert reads.get(ROOMS).status_code == 404


def test_a_token_of_one_summit_does_nothing_in_another(here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    there = SummitFactory(slug="there")
    asked = [ROOMS, ROOMS.replace("here", "there")]
    for everything in (False, True):
        user = UserFactory(is_superuser=everything)
        for summit in (here, there):
            summit.roles.create(user=user, role=Role.ORGANISER)
        narrowed = program(user, summit=here)
        assert [narrowed.get(path).status_code for path in asked] == [200, 404]
        assert [each["summit"] for each in narrowed.get("me/").json()["roles"]] == ["here"]
        assert narrowed.get("me/").json()["everything"] is False
    # What was known before is forgotten.
    assert set(roles_by_summit(user)) == {here.pk, there.pk}
    narrow(user, here)
    assert set(roles_by_summit(user)) == {here.pk}
    # The control.
    monkeypatch.setattr("summit.api_base.authentication.narrow", lambda user, summit: None)
    assert narrowed.get(asked[1]).status_code == 200


# --- applications ---------------------------------------------------------------------------------------------------
def test_an_api_client_has_its_roles_in_its_summit(here: Summit, organiser: Program) -> None:
    made = api_client_services.make(by=organiser.user, summit=here, name="Badge printer", given=[Role.VIEWER])
    assert not made.user.has_usable_password()
    token = token_services.make_for(by=organiser.user, api_client=made, name="At the gate", scopes=["rooms:write"])
    asks = Program(made.user, token.secret)
    assert asks.secret.startswith("sa_")
    assert (asks.get(ROOMS).status_code, asks.post(ROOMS, {}).status_code) == (200, 403)
    assert [api_client_services.end(api_client=made, by=organiser.user) for _time in range(2)] == [True, False]
    assert asks.get(ROOMS).status_code == 401
    assert not made.user.roles.exists()
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-3:] == ["api.token.add", "summit.roleassignment.remove", "api.apiclient.end"]
    made.refresh_from_db()
    with pytest.raises(ValidationError, match="has ended"):
        token_services.make_for(by=organiser.user, api_client=made, name="B", scopes=["rooms:read"])


def test_only_organisers_make_applications(here: Summit, organiser: Program, viewer: Program) -> None:
    wanted: dict[str, Any] = {"summit": here, "name": "A", "given": [Role.VIEWER]}
    for wrong in ([], [Role.DELEGATE]):
        with pytest.raises(ValidationError, match="at least one role"):
            api_client_services.make(by=organiser.user, **{**wanted, "given": wrong})
    made = api_client_services.make(by=organiser.user, **wanted)
    with pytest.raises(ValidationError):
        api_client_services.make(by=organiser.user, **wanted)
    token = token_services.make_for(by=organiser.user, api_client=made, name="A", scopes=["rooms:read"]).token
    own = Token.objects.get(user=organiser.user)
    for attempt, values in (
        (api_client_services.make, {**wanted, "name": "B"}),
        (token_services.make_for, {"api_client": made, "name": "A", "scopes": ["rooms:read"]}),
        (api_client_services.end, {"api_client": made}),
        *((token_services.revoke, {"token": each}) for each in (token, own)),
    ):
        with pytest.raises(PermissionDenied):
            attempt(by=viewer.user, **values)  # type: ignore[operator]
    # A token of an API client names its summit.
    for wrong in ({"user": made.user, "api_client": made}, {"digest": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TokenFactory(**wrong)


# --- my tokens ------------------------------------------------------------------------------------------------------
def test_a_browser_makes_one_and_sees_its_secret_once(here: Summit) -> None:
    user = UserFactory.with_role(Role.ORGANISER, here)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    wanted = {"name": "Registry", "scopes": ["rooms:read"], "summit": "here"}
    assert kind(client.post(MINE, wanted, "application/json")) == (403, "forgery")
    client.cookies["csrftoken"] = "a" * 32
    sent = {"X-CSRFToken": "a" * 32, "Idempotency-Key": "one"}
    made, again = (client.post(MINE, wanted, "application/json", headers=sent) for _time in range(2))
    assert (made.status_code, again.status_code) == (201, 201)
    secret = made.json()["secret"]
    assert again.json() == {**made.json(), "secret": None}
    assert token_services.find(secret) == Token.objects.get()
    [listed] = client.get(MINE).json()["results"]
    assert (listed["name"], listed["begins_with"], "secret" in listed) == ("Registry", secret[:7], False)
    where = made["Location"].removeprefix("http://testserver")
    etag = client.get(where)["ETag"]
    assert client.delete(where, headers={**sent, "If-Match": etag}).status_code == 204
    assert client.get(where).json()["state"] == "revoked"


def test_a_token_makes_none_and_finds_none_beyond_its_summit(here: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    there, user = SummitFactory(slug="there"), UserFactory.with_role(Role.VIEWER, here)
    RoleAssignment.objects.create(user=user, summit=there, role=Role.VIEWER)
    wanted: dict[str, Any] = {"by": user, "name": "A", "scopes": ["rooms:read"]}
    made = [token_services.make(**wanted, summit=where) for where in (here, there, None)]
    asks = program(user, ["tokens:write"], here)
    assert kind(asks.post("me/tokens/", {"name": "A", "scopes": ["rooms:read"]})) == (403, "browser-only")
    assert Token.objects.count() == 4
    listed = [each["id"] for each in asks.get("me/tokens/").json()["results"]]
    assert listed == [Token.objects.get(digest=token_secrets.digest(asks.secret)).public_id, made[0].token.public_id]
    for other in made[1:]:
        assert asks.delete(f"me/tokens/{other.token.public_id}/", If_Match="*").status_code == 404
    monkeypatch.setattr("summit.api.me.OfTokens.mine", lambda self: token_services.listed(self.by))
    assert asks.delete(f"me/tokens/{made[2].token.public_id}/", If_Match="*").status_code == 204


def test_whether_there_is_another_summit_is_not_told_nor_a_second_step_left_out(here: Summit, settings: Any) -> None:
    SummitFactory(slug="secret", public=False)
    client, wanted = signed_in(UserFactory()), {"name": "A", "scopes": ["rooms:read"]}
    said = [client.post(MINE, {**wanted, "summit": slug}, "application/json") for slug in ("secret", "nowhere")]
    assert (said[0].content, said[0].status_code) == (said[1].content, 422)
    settings.REQUIRE_SECOND_FACTOR = True
    assert kind(desk_of(here).get("/api/v1/me/")) == (403, "second-step")
    assert client.get("/api/v1/me/").status_code == 200


# --- API clients, by the API and at the desk ------------------------------------------------------------------------
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
