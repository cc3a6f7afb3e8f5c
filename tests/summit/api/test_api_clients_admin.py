"""Applications at the desk: made with roles, given tokens that are shown once, ended."""

import re
from typing import Any

import pytest
from django.test import Client

from summit.api import api_client_services
from summit.api_base.models.tokens import ApiClient, Token
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import SummitFactory, UserFactory
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
LIST = "/admin/api/apiclient/"


@pytest.fixture
def zoe(here: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, here)


@pytest.fixture
def desk(zoe: User) -> Client:
    return signed_in(zoe)


@pytest.fixture
def printer(here: Summit, zoe: User) -> ApiClient:
    return api_client_services.make(by=zoe, summit=here, name="Badge printer", given=[Role.VIEWER])


def add(desk: Client, **data: Any) -> Any:
    page = desk.get(f"{LIST}add/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    return desk.post(f"{LIST}add/", {"once": once.group(1) if once else "", **data}, follow=True)


def test_it_is_made_and_given_a_token(desk: Client, here: Summit) -> None:
    page = add(desk, summit=here.pk, name="Badge printer", roles=["viewer", "programme"])
    made = ApiClient.objects.get()
    assert page.redirect_chain[-1][0] == f"{LIST}{made.pk}/tokens/"
    assert sorted(made.user.roles.values_list("role", flat=True)) == ["programme", "viewer"]
    page = desk.post(f"{LIST}{made.pk}/tokens/", {"name": "Gate", "scopes": ["rooms:write"], "days": "30"})
    secret = re.search(r"<textarea[^>]*>(sa_\w+)</textarea>", page.content.decode())
    assert secret is not None
    assert Program(made.user, secret.group(1)).get("summits/here/desk/rooms/").status_code == 200
    assert secret.group(1) not in desk.get(f"{LIST}{made.pk}/tokens/").content.decode()
    again = {"name": "Gate 2", "scopes": ["rooms:write"], "days": "30", "once": "a-mark"}
    desk.post(f"{LIST}{made.pk}/tokens/", again)
    said = desk.post(f"{LIST}{made.pk}/tokens/", again, follow=True).content.decode()
    assert "only one token was created" in said
    assert made.tokens.count() == 2
    assert "programme, viewer" in desk.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "no-store" in page["Cache-Control"]


def test_what_can_t_be_made_is_said(desk: Client, here: Summit, printer: ApiClient) -> None:
    for wrong in ({"name": printer.name}, {"roles": ["delegate"]}, {"summit": SummitFactory().pk}):
        sent = {"summit": here.pk, "name": "A", "roles": ["viewer"], **wrong}
        assert 'class="error-summary"' in add(desk, **sent).content.decode()
    assert ApiClient.objects.get() == printer
    wrong = desk.post(f"{LIST}{printer.pk}/tokens/", {"name": "", "scopes": [], "days": "30"})
    assert (wrong.status_code, Token.objects.exists()) == (400, False)


def test_a_token_is_revoked_and_an_api_client_ended(desk: Client, printer: ApiClient) -> None:
    path, new = f"{LIST}{printer.pk}/", {"name": "Gate", "scopes": ["rooms:read"], "days": "30"}
    for name in ("Gate", "Hall"):
        desk.post(f"{path}tokens/", {**new, "name": name})
    gate = Token.objects.get(name="Gate")
    said = [desk.post(f"{path}tokens/", {"revoke": gate.public_id}, follow=True).content.decode() for _ in range(2)]
    assert ["Token revoked" in each for each in said] == [True, False]
    said = [desk.post(f"{path}end/", follow=True).content.decode() for _ in range(2)]
    assert ["API client ended" in each for each in said] == [True, False]
    assert not Token.objects.alive().exists()
    assert "Create token" not in desk.get(f"{path}tokens/").content.decode()
    assert "This API client has ended" in desk.post(f"{path}tokens/", new).content.decode()
