"""Tokens: shown once, kept as a digest, never more than their owner, dead at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from summit.api import api_client_services
from summit.api_base import token_secrets, token_services
from summit.api_base.models.tokens import Token
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
    organiser.get("me/")
    first = Token.objects.get().last_used_at
    organiser.get("me/")
    assert Token.objects.get().last_used_at == first
    long_ago = timezone.now() - timedelta(seconds=61)
    Token.objects.update(last_used_at=long_ago)
    organiser.get("me/")
    assert Token.objects.filter(last_used_at__gt=long_ago).exists()


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
    refused: list[Callable[[], Any]] = [
        lambda: api_client_services.make(by=viewer.user, **{**wanted, "name": "B"}),
        lambda: token_services.make_for(by=viewer.user, api_client=made, name="A", scopes=["rooms:read"]),
        lambda: api_client_services.end(api_client=made, by=viewer.user),
        *(lambda each=each: token_services.revoke(token=each, by=viewer.user) for each in (token, own)),
    ]
    for attempt in refused:
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_token_of_an_api_client_names_its_summit(here: Summit, organiser: Program) -> None:
    made = api_client_services.make(by=organiser.user, summit=here, name="A", given=[Role.VIEWER])
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
    made = [
        token_services.make(by=user, name="A", scopes=["rooms:read"], summit=where) for where in (here, there, None)
    ]
    asks = program(user, ["tokens:write"], here)
    assert kind(asks.post("me/tokens/", {"name": "A", "scopes": ["rooms:read"]})) == (403, "browser-only")
    assert Token.objects.count() == 4
    listed = [each["id"] for each in asks.get("me/tokens/").json()["results"]]
    assert listed == [Token.objects.get(digest=token_secrets.digest(asks.secret)).public_id, made[0].token.public_id]
    for other in made[1:]:
        assert asks.delete(f"me/tokens/{other.token.public_id}/", If_Match="*").status_code == 404
    monkeypatch.setattr("summit.api.me.OfTokens.mine", lambda self: token_services.listed(self.by))
    assert asks.delete(f"me/tokens/{made[2].token.public_id}/", If_Match="*").status_code == 204


def test_whether_there_is_another_summit_is_not_told(here: Summit) -> None:
    SummitFactory(slug="secret", public=False)
    client, wanted = signed_in(UserFactory()), {"name": "A", "scopes": ["rooms:read"]}
    said = [client.post(MINE, {**wanted, "summit": slug}, "application/json") for slug in ("secret", "nowhere")]
    assert (said[0].content, said[0].status_code) == (said[1].content, 422)


def test_who_works_at_a_desk_takes_the_second_step_first(here: Summit, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    assert kind(desk_of(here).get("/api/v1/me/")) == (403, "second-step")
    assert signed_in(UserFactory()).get("/api/v1/me/").status_code == 200
