"""Desks stay closed to a password alone, where the second step is asked for."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client, RequestFactory

from summit.permissions import mfa_status
from summit.permissions.models import DESKS, Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import PASSWORD, SummitFactory, UserFactory
from tests.summit.accounts.helpers import by_password, code, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings: Any, no_counts: None) -> None:
    """Ask for the second step, as production does."""
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def zoe() -> User:
    return UserFactory.with_role(Role.PRESS_OFFICER, SummitFactory(), email="zoe@host.example")


def led_to(client: Client, path: str = "/admin/") -> str:
    """Return where a page leads, "" where it opens."""
    answer = client.get(path)
    return str(answer.get("Location", "")) if answer.status_code == 302 else ""


def test_a_password_alone_opens_no_page_of_the_desk(zoe: User, settings: Any) -> None:
    client = by_password(zoe)
    for path in ("/admin/", "/admin/summit/person/", "/admin/summit/user/add/", "/admin/jsi18n/", "/admin/nothing/"):
        for ask in (client.get, client.post):
            answer = ask(path)
            assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), path
    said = "Your role requires a passkey or an authenticator app."
    assert said in client.get("/admin/", follow=True).content.decode()
    # Recovery codes alone protect nothing.
    RecoveryCodes.activate(zoe)
    assert led_to(by_password(zoe)) == "/accounts/2fa/"
    # Where it isn't asked for the password opens.
    settings.REQUIRE_SECOND_FACTOR = False
    assert led_to(client) == ""


def test_it_concerns_every_desk_and_who_set_the_system_up(summit: Summit) -> None:
    for role in DESKS:
        request = RequestFactory().get("/admin/")
        request.user, request.session = UserFactory.with_role(role, summit), {}
        assert mfa_status.must_set_up(request), role
    assert led_to(by_password(UserFactory(is_superuser=True))) == "/accounts/2fa/"


def test_who_works_at_no_desk_signs_in_by_the_password() -> None:
    user = UserFactory.with_role(Role.MEDIA_REPRESENTATIVE, SummitFactory())
    client = by_password(user)
    assert led_to(client, "/admin/login/") == "/portal/"
    assert led_to(client, "/accounts/sessions/") == ""


def test_who_sets_it_up_goes_on_in_the_same_browser(zoe: User) -> None:
    client = by_password(zoe)
    asked = client.get("/accounts/2fa/totp/activate/", follow=True)
    page = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    shown = code(page.context["form"].secret)
    done = client.post("/accounts/2fa/totp/activate/", {"code": shown}, follow=True)
    assert "Continue to the desk" in done.content.decode()
    # The signal is sent when the transaction is over, which a test's own never is.
    session = client.session
    session[mfa_status.SET_UP_KEY] = zoe.pk
    session.save()
    assert led_to(client) == ""


def test_a_browser_that_signed_in_before_it_was_set_up_takes_it_too(zoe: User) -> None:
    before = by_password(zoe)
    secret = with_app(zoe)
    again = led_to(before, "/admin/?x=1")
    assert again == "/accounts/reauthenticate/?next=%2Fadmin%2F%3Fx%3D1"
    # The password alone does not do there.
    assert led_to(before, again) == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F%3Fx%3D1"
    path = "/accounts/2fa/reauthenticate/?next=/admin/"
    assert before.post(path, {"code": code(secret)})["Location"] == "/admin/"
    assert led_to(before) == ""


def test_who_took_the_second_step_is_let_in_until_it_is_taken_away(zoe: User) -> None:
    secret = with_app(zoe)
    client = by_password(zoe)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert led_to(client) == ""
    Authenticator.objects.all().delete()
    assert led_to(client) == "/accounts/2fa/"


def test_control_without_the_guard_the_desk_is_open(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mfa_status, "must_set_up", lambda request: False)
    monkeypatch.setattr(mfa_status, "took_it", lambda request: True)
    assert led_to(by_password(zoe)) == ""


def test_whoever_got_a_link_for_the_first_password_sets_it_up(zoe: User) -> None:
    """allauth stores the address at the first sign-in, unconfirmed: nobody could ever confirm it."""
    EmailAddress.objects.create(user=zoe, email=zoe.email, verified=False)
    client = by_password(zoe)
    asked = client.get("/accounts/2fa/totp/activate/", follow=True)
    page = client.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    done = client.post("/accounts/2fa/totp/activate/", {"code": code(page.context["form"].secret)}, follow=True)
    assert "Continue to the desk" in done.content.decode()
