"""The page of one's tokens: made and shown once, listed, revoked."""

import re
from typing import Any

import pytest
from django.test import Client

from summit.api_base import token_services
from summit.api_base.models.tokens import Token
from summit.api_base.scopes import resources
from summit.permissions.models import Role
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import SummitFactory, TokenFactory, UserFactory

pytestmark = pytest.mark.django_db
PATH = "/accounts/tokens/"
WANTED = {"name": "Registry", "scopes": ["rooms:read"], "days": "90", "summit": "here"}


@pytest.fixture
def zoe() -> User:
    return UserFactory.with_role(Role.ORGANISER, SummitFactory(slug="here", public=False))


@pytest.fixture
def browser(zoe: User) -> Client:
    return signed_in(zoe)


def secret_on(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(\w+)</textarea>", page)
    assert found is not None
    return found.group(1)


def test_it_is_made_shown_once_and_revoked(browser: Client) -> None:
    secret = secret_on(browser.post(PATH, WANTED).content.decode())
    token = Token.objects.get()
    assert (token_services.find(secret), token.scopes) == (token, ["rooms:read"])
    page = browser.get(PATH)
    assert (secret in page.content.decode(), f"{secret[:7]}…" in page.content.decode()) == (False, True)
    assert "no-store" in page["Cache-Control"]
    for said in ("Token revoked", "This token was already revoked"):
        assert said in browser.post(PATH, {"revoke": token.public_id}, follow=True).content.decode()
    assert token_services.find(secret) is None


def test_a_page_that_is_loaded_again_makes_no_other(browser: Client) -> None:
    posted = {**WANTED, "once": "a-mark"}
    assert browser.post(PATH, {**posted, "name": ""}).status_code == 400
    secret = secret_on(browser.post(PATH, posted).content.decode())
    page = browser.post(PATH, posted, follow=True).content.decode()
    assert "only one token was created" in page
    assert secret not in page
    assert Token.objects.count() == 1
    # The form below the secret is another one: what is typed there is made.
    marks = re.findall(r'name="once" value="(\w+)"', page)
    assert len(marks) == 1
    secret_on(browser.post(PATH, {**WANTED, "once": marks[0]}).content.decode())
    assert Token.objects.count() == 2


def boxes(page: str) -> dict[str, bool]:
    """Return each box of what a token may do, and whether it is ticked."""
    found = re.findall(r'<input type="checkbox" name="scopes" value="([^"]+)"[^>]*?( checked)?>', page)
    return {scope: bool(ticked) for scope, ticked in found}


def test_everything_is_chosen_to_be_read_by_one_box(browser: Client) -> None:
    wanted = ["*:read", "rooms:write"]
    # What was ticked stays where something else is missing.
    kept = boxes(browser.post(PATH, {**WANTED, "scopes": wanted, "name": ""}).content.decode())
    assert [scope for scope, ticked in kept.items() if ticked] == wanted
    page = browser.post(PATH, {**WANTED, "scopes": wanted}).content.decode()
    assert Token.objects.get().scopes == sorted([*(f"{each.name}:read" for each in resources()), "rooms:write"])
    assert "Can read everything. Can read and change: rooms." in page
    assert not any(boxes(page).values())
    page = browser.post(PATH, {**WANTED, "scopes": ["venues:read", "rooms:read", "rooms:write"]}).content.decode()
    assert "Can read: venues. Can read and change: rooms." in page


def test_what_can_t_be_made_is_said(browser: Client, zoe: User) -> None:
    for changed in ({"scopes": []}, {"summit": "there"}, {"days": "9999"}):
        page = browser.post(PATH, {**WANTED, **changed})
        assert (page.status_code, 'class="error-summary"' in page.content.decode()) == (400, True), changed
    assert not Token.objects.exists()
    TokenFactory.create_batch(50, user=zoe)
    assert "You already have 50 tokens" in browser.post(PATH, WANTED).content.decode()


def test_nobody_revokes_another_s_and_a_desk_takes_its_second_step_first(browser: Client, settings: Any) -> None:
    token = TokenFactory()
    browser.post(PATH, {"revoke": token.public_id})
    assert Token.objects.get().revoked_at is None
    settings.REQUIRE_SECOND_FACTOR = True
    assert "complete two-step verification" in browser.get(PATH).content.decode()
    browser.post(PATH, WANTED)
    assert Token.objects.get() == token
