"""Where an account is signed in, listed and ended; signing in, out and refused, in the audit; and its tokens."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client

from summit.accounts import sign_in_log
from summit.accounts.devices import device
from summit.accounts.models import RefusedSignIns
from summit.api_base import token_services
from summit.api_base.models.tokens import Token
from summit.api_base.scopes import resources
from summit.audit.actions import ACTION_WORDS, Facts
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.tasks import chain_audit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import PASSWORD, FocalPointFactory, TokenFactory, UserFactory
from tests.summit.accounts.helpers import by_password, code, mails, with_app
from tests.summit.audit.test_actions import told_on
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
SESSIONS, NEW = "/accounts/sessions/", "another long pass phrase"
WINDOWS, ANDROID = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Linux; Android 15; Pixel 8)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)"
KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = f"{IPHONE} {KIT} Version/18.1 Mobile/15E148 Safari/604.1"


@pytest.fixture
def zoe(summit: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit, email="zoe@host.example")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{WINDOWS} {KIT} Chrome/131.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS} {KIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge on Windows"),
        (f"{ANDROID} {KIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        (PHONE, "Safari on iPhone"),
        (f"{IPHONE} {KIT} CriOS/131.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
        ("curl/8.0 (Linux)", "Linux"),
        ("", "unknown browser"),
        ("<script>alert(1)</script>", "unknown browser"),
    ],
)
def test_a_browser_says_what_it_is(agent: str, words: str) -> None:
    assert device(agent) == words


# --- browsers that are signed in ------------------------------------------------------------------------------------
def is_in(client: Client) -> list[bool]:
    """Return whether a browser is signed in at the desk, in the portal and at its own list."""
    return [client.get(path).status_code == 200 for path in ("/admin/jsi18n/", "/portal/", SESSIONS)]


class TestBrowsers:
    @pytest.fixture(autouse=True)
    def delegate(self, zoe: User) -> None:
        """Let her have a portal."""
        FocalPointFactory(person__user=zoe)

    @pytest.mark.slow("opens three pages in each of four browsers after every step")
    def test_one_is_ended_and_then_all_others(self, zoe: User) -> None:
        lost, other, own = by_password(zoe), by_password(zoe), by_password(zoe)
        stranger = by_password(UserFactory())
        row = UserSession.objects.get(session_key=lost.session.session_key)
        # Nobody ends those of others, nor what is none.
        for value in (row.pk, "", "x", "-1", "9" * 40, "0", "²"):
            assert stranger.post(SESSIONS, {"end": value}).status_code == 302
        assert (is_in(lost), UserSession.objects.count()) == ([True] * 3, 4)
        for end in (row.pk, "others"):
            said = own.post(SESSIONS, {"end": end}, follow=True).content.decode()
            assert "1 browser signed out." in said
            assert (is_in(lost), is_in(own), is_in(other)) == ([False] * 3, [True] * 3, [end != "others"] * 3)
        assert stranger.get(SESSIONS).status_code == 200

    def test_a_new_password_ends_the_others_and_one_set_by_a_link_all(self, zoe: User) -> None:
        other, this = by_password(zoe), by_password(zoe)
        values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        this.post("/accounts/password/change/", values)
        assert (is_in(other), is_in(this)) == ([False] * 3, [True] * 3)
        assert UserSession.objects.count() == 1
        Client().post("/accounts/password/reset/", {"email": zoe.email})
        path = re.search(r"/accounts/password/reset/key/\S+", mails()[-1])
        assert path, mails()
        fresh = Client()
        form = fresh.get(path[0], follow=True).redirect_chain[-1][0]
        assert fresh.post(form, values).status_code == 302
        assert (is_in(this), UserSession.objects.count()) == ([False] * 3, 0)

    def test_a_closed_account_is_out_at_the_next_request_and_stays_out_when_it_is_opened(self, zoe: User) -> None:
        client, desk = by_password(zoe), by_password(UserFactory(is_superuser=True))
        assert is_in(client) == [True] * 3
        data = {"email": zoe.email, "name": zoe.name, "language": "en"}
        for more in ({}, {"is_active": "on"}):
            assert desk.post(f"/admin/summit/user/{zoe.pk}/change/", {**data, **more}).status_code == 302
            assert is_in(client) == [False] * 3
        User.objects.filter(pk=zoe.pk).update(is_active=False)
        assert client.post("/accounts/login/", {"login": zoe.email, "password": PASSWORD})["Location"].endswith(
            "/inactive/"
        )

    def test_it_is_noted_every_few_minutes_that_a_browser_is_there(self, zoe: User, summit: Summit) -> None:
        client = by_password(zoe)
        first = UserSession.objects.get().last_seen_at
        client.get("/portal/")
        assert UserSession.objects.get().last_seen_at == first
        with time_machine.travel(first + timedelta(minutes=6), tick=False):
            client.get(f"/{summit.slug}/")
            assert UserSession.objects.get().last_seen_at == first
            client.get("/portal/")
        assert UserSession.objects.get().last_seen_at == first + timedelta(minutes=6)


# --- in the audit ---------------------------------------------------------------------------------------------------
ONE = "1 sign-in attempt"


def told() -> list[tuple[str, str]]:
    """Return who did what, oldest first, in the audit's words."""
    rows = AuditEntry.objects.order_by("id").select_related("by")
    return [
        (str(row.by or row.by_label), ACTION_WORDS[row.action].say(Facts(row.detail, row.summit))) for row in rows
    ]


def refuse(email: str, number: int = 1, password: str = "wrong") -> None:  # noqa: S107
    for each in range(number):
        client = Client(REMOTE_ADDR=f"192.0.2.{each % 250}")
        assert client.post("/accounts/login/", {"login": email, "password": password}).status_code == 200


def later(minutes: int) -> None:
    """Let the time since something was refused have passed."""
    RefusedSignIns.objects.update(since=db_now() - timedelta(minutes=minutes))


def test_in_and_out(zoe: User, summit: Summit) -> None:
    client = by_password(zoe)
    client.post("/accounts/logout/")
    client.post("/accounts/logout/")
    assert told() == [(zoe.name, "signed in with a password"), (zoe.name, "signed out")]
    assert {(row.summit, row.object_key) for row in AuditEntry.objects.all()} == {(summit, zoe.public_id)}


def test_by_a_code_of_the_app_and_by_one_for_recovery(zoe: User) -> None:
    secret = with_app(zoe)
    codes = RecoveryCodes.activate(zoe).get_unused_codes()
    for entered in (code(secret), codes[0]):
        client = by_password(zoe)
        assert AuditEntry.objects.filter(action="summit.sign_in").count() == int(entered == codes[0])
        client.post("/accounts/2fa/authenticate/", {"code": entered})
    assert [what for _who, what in told()] == [
        "signed in with a password and an app code",
        "signed in with a password and a recovery code",
    ]


def test_what_was_typed_is_nowhere(zoe: User) -> None:
    refuse(zoe.email, password="a-secret-of-zoe")
    refuse("nobody@host.example", password="a-secret-of-nobody")
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.detail, entry.by_label) == ("summit.refuse_sign_in", {"number": 1}, "system")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of the database's own
            found = json.dumps(cursor.fetchall(), default=str)
            assert "a-secret" not in found
            assert "nobody@" not in found


def test_a_flood_is_one_entry_and_then_its_number(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(zoe.email, 4)
    assert told() == [("system", "refused 1 sign-in attempt")]
    later(9)
    chain_audit()
    assert AuditEntry.objects.count() == 1
    later(10)
    chain_audit()
    chain_audit()
    assert told()[1:] == [("system", "refused 3 sign-in attempts")]
    assert RefusedSignIns.objects.count() == 0
    # The control: unbounded each would be an entry.
    monkeypatch.setattr(sign_in_log, "TOGETHER", timedelta(0))
    refuse(zoe.email, 4)
    assert AuditEntry.objects.count() == 2 + 4


def test_what_was_refused_is_recorded_with_the_next_attempt_and_before_coming_in(zoe: User, summit: Summit) -> None:
    refuse(zoe.email, 3)
    later(11)
    refuse(zoe.email, 2)
    by_password(zoe)
    refused = [f"refused {words}" for words in (ONE, "2 sign-in attempts", ONE, ONE)]
    assert [what for _who, what in told()] == [*refused, "signed in with a password"]
    # They stand in the account's history.
    assert told_on(desk_of(summit), zoe) == ["signed in with a password", *reversed(refused)]


def test_wrong_second_steps_say_that_the_password_was_right(zoe: User) -> None:
    with_app(zoe)
    for _ in range(2):
        by_password(zoe).post("/accounts/2fa/authenticate/", {"code": "000000"})
    refuse(zoe.email)
    later(10)
    sign_in_log.record_refused()
    assert [what for _who, what in told()] == [
        "refused 1 sign-in attempt at the second step, after a correct password",
        "refused 2 sign-in attempts, 1 with the correct password",
    ]
    # A closed account is refused.
    User.objects.update(is_active=False)
    by_password(zoe)
    assert told()[2:] == [("system", "refused 1 sign-in attempt")]


# --- the page of one's tokens: made and shown once, listed, revoked -------------------------------------------------
PATH = "/accounts/tokens/"
WANTED = {"name": "Registry", "scopes": ["rooms:read"], "days": "90", "summit": "here"}


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
