"""Guessing at the second step of an account whose password was stolen, and keeping its owner out by it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal import auth
from django.test import Client

from summit.accounts import mfa_attempt_limits
from summit.accounts.password_links import password_link
from summit.users.models import User
from tests.factories import PASSWORD, UserFactory
from tests.summit.accounts.helpers import by_password, with_app

pytestmark = pytest.mark.django_db
STEP = "/accounts/2fa/authenticate/"
INSIDE = "/portal/"


@pytest.fixture
def zoe() -> User:
    made: User = UserFactory(email="zoe@host.example", password=PASSWORD)
    return made


@pytest.fixture
def secret(zoe: User) -> str:
    return with_app(zoe)


def shown(secret: str) -> str:
    """Return what the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def enter(client: Client, code: str) -> Any:
    return client.post(STEP, {"code": code})


def guess_away(zoe: User, secret: str, networks: int = 2, each: int = 5) -> None:
    """Enter wrong codes from several networks, in a new browser each time: as many as strangers may in all."""
    wrong = f"{(int(shown(secret)) + 500_000) % 10**6:06}"
    for network in range(networks):
        for _ in range(each):
            enter(by_password(zoe, REMOTE_ADDR=f"192.0.2.{network + 1}"), wrong)


def known_browser(zoe: User, secret: str) -> Client:
    """Return a browser in which the owner signed in some time ago, and out again."""
    client = by_password(zoe, REMOTE_ADDR="198.51.100.7")
    with time_machine.travel(datetime.now(UTC) - timedelta(days=2), tick=False):
        assert enter(client, shown(secret)).status_code == 302
    client.post("/accounts/logout/")
    assert client.get("/accounts/2fa/").status_code == 302
    return client


def test_the_owner_comes_in_by_the_app_where_they_came_in_before(zoe: User, secret: str) -> None:
    owner = known_browser(zoe, secret)
    guess_away(zoe, secret)
    by_password(zoe, owner)
    assert enter(owner, shown(secret)).headers["Location"] == INSIDE


def test_a_stranger_must_take_another_way(zoe: User, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = RecoveryCodes.activate(zoe).get_unused_codes()
    guess_away(zoe, secret)
    stranger = by_password(zoe, REMOTE_ADDR="198.51.100.8")
    refused = enter(stranger, shown(secret))
    assert refused.status_code == 200
    assert "Enter a recovery code" in refused.content.decode()
    assert enter(stranger, codes[0]).headers["Location"] == INSIDE
    # Control: without the count of strangers, networks don't add up.
    monkeypatch.setattr(mfa_attempt_limits, "STRANGERS", {})
    assert enter(by_password(zoe, REMOTE_ADDR="198.51.100.9"), shown(secret)).status_code == 302


def test_control_counted_by_account_alone_the_owner_is_out(
    zoe: User, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = known_browser(zoe, secret)
    monkeypatch.setattr(mfa_attempt_limits, "_known_browsers", lambda request: {})
    guess_away(zoe, secret)
    by_password(zoe, owner)
    assert enter(owner, shown(secret)).status_code == 200


def test_a_passkey_is_looked_at_however_many_codes_were_guessed(
    zoe: User, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Authenticator.objects.create(user=zoe, type=Authenticator.Type.WEBAUTHN, data={"name": "key"})
    # What the device signs is tested in a real browser: tests/browser/test_keyboard_accounts.py.
    monkeypatch.setattr(auth, "parse_authentication_response", lambda credential: None)
    monkeypatch.setattr(auth, "complete_authentication", lambda user, credential: key)
    monkeypatch.setattr(auth, "begin_authentication", lambda user=None: {})
    monkeypatch.setattr(Authenticator, "record_usage", lambda self: None)
    guess_away(zoe, secret)
    for network in ("192.0.2.1", "198.51.100.8"):
        owner = by_password(zoe, REMOTE_ADDR=network)
        assert owner.post(STEP, {"credential": '{"id": "x"}'}).headers["Location"] == INSIDE


def test_a_new_password_ends_it(zoe: User, secret: str) -> None:
    guess_away(zoe, secret)
    owner = Client(REMOTE_ADDR="192.0.2.1")
    form = owner.get(password_link(zoe).partition("8000")[2], follow=True)
    new = "another-correct-border-2026"
    owner.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    owner.post("/accounts/login/", {"login": zoe.email, "password": new})
    assert enter(owner, shown(secret)).headers["Location"] == INSIDE


def test_a_network_guesses_five_times_whatever_it_guesses_at(zoe: User, secret: str) -> None:
    codes = RecoveryCodes.activate(zoe).get_unused_codes()
    guess_away(zoe, secret, networks=1, each=5)
    for code in (codes[0], shown(secret)):
        refused = enter(by_password(zoe, REMOTE_ADDR="192.0.2.1"), code)
        assert "Too many attempts" in refused.content.decode()
    assert enter(by_password(zoe, REMOTE_ADDR="192.0.2.2"), shown(secret)).status_code == 302


def test_strangers_guesses_of_a_day_have_an_end(zoe: User, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = ratelimit.get_rates(app="second_step", action="code", config=mfa_attempt_limits.STRANGERS)
    assert [(each.amount, each.duration) for each in rates] == [(10, 300), (50, 86400)]
    monkeypatch.setattr(mfa_attempt_limits, "STRANGERS", {"code": "2/300s/key,3/d/key"})
    start = datetime.now(UTC)
    for number in range(2):
        with time_machine.travel(start + timedelta(minutes=6 * number), tick=False):
            guess_away(zoe, secret, networks=1, each=2)
    with time_machine.travel(start + timedelta(minutes=12), tick=False):
        assert enter(by_password(zoe, REMOTE_ADDR="198.51.100.8"), shown(secret)).status_code == 200
    with time_machine.travel(start + timedelta(days=2), tick=False):
        assert enter(by_password(zoe, REMOTE_ADDR="198.51.100.8"), shown(secret)).status_code == 302


def test_a_known_browser_of_another_account_is_a_stranger(zoe: User, secret: str) -> None:
    other: User = UserFactory(email="adam@host.example", password=PASSWORD)
    thief = known_browser(other, with_app(other))
    cookie = thief.cookies[mfa_attempt_limits.COOKIE]
    # It says nothing outside the pages of signing in.
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/", True, "Lax")
    assert other.email not in cookie.value
    guess_away(zoe, secret)
    by_password(zoe, thief)
    assert enter(thief, shown(secret)).status_code == 200
    forged = by_password(zoe, REMOTE_ADDR="198.51.100.9")
    forged.cookies[mfa_attempt_limits.COOKIE] = f"{zoe.public_id}:x"
    assert enter(forged, shown(secret)).status_code == 200
