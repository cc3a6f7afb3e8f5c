"""Guessing at the second step, coming in at somebody else's door, and asking whether a mailbox is known."""

import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.forms import ResetPasswordForm
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal import auth
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.invitations.services import links
from delegations.portal_access import messages as portal_access_messages
from delegations.portal_access.models import PortalSession, SignInCode
from delegations.portal_access.services import sign_in_codes
from summit.accounts import browser_sessions, mfa_attempt_limits
from summit.accounts.forms import ResetPassword
from summit.accounts.known_browsers import SECOND_STEP, KnownBrowsers
from summit.accounts.password_links import password_link
from summit.outbox import enqueue, mime
from summit.outbox.models import Message
from summit.users.models import User
from tests import factories as f
from tests.factories import PASSWORD, PersonFactory, UserFactory
from tests.summit.accounts.helpers import by_password, with_app

pytestmark = pytest.mark.django_db

STEP = "/accounts/2fa/authenticate/"
STRANGERS = mfa_attempt_limits.STRANGERS
INSIDE = "/portal/"


@pytest.fixture
def zoe() -> User:
    return UserFactory(email="zoe@host.example", password=PASSWORD)


@pytest.fixture
def secret(zoe: User) -> str:
    return with_app(zoe)


def shown(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def enter(client: Client, code: str) -> Any:
    return client.post(STEP, {"code": code})


@pytest.fixture(autouse=True)
def few_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let strangers guess four times in all; how often they may is asserted once."""
    monkeypatch.setattr(mfa_attempt_limits, "STRANGERS", {"code": "4/300s/key,50/d/key"})


def guess_away(zoe: User, secret: str, networks: int = 2, each: int = 2) -> None:
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
    monkeypatch.setattr(KnownBrowsers, "accounts", lambda self, request: {})
    guess_away(zoe, secret)
    by_password(zoe, owner)
    assert enter(owner, shown(secret)).status_code == 200


def test_a_passkey_is_looked_at_however_many_codes_were_guessed(
    zoe: User, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Authenticator.objects.create(user=zoe, type=Authenticator.Type.WEBAUTHN, data={"name": "key"})
    # What the device signs is tested in a real browser: tests/browser/test_keyboard_pages.py.
    monkeypatch.setattr(auth, "parse_authentication_response", lambda credential: None)
    monkeypatch.setattr(auth, "complete_authentication", lambda user, credential: key)
    monkeypatch.setattr(auth, "begin_authentication", lambda user=None: {})
    monkeypatch.setattr(Authenticator, "record_usage", lambda self: None)
    guess_away(zoe, secret, networks=1, each=5)
    for network in ("192.0.2.1", "198.51.100.8"):
        owner = by_password(zoe, REMOTE_ADDR=network)
        assert owner.post(STEP, {"credential": '{"id": "x"}'}).headers["Location"] == INSIDE


def test_a_new_password_ends_it(zoe: User, secret: str) -> None:
    guess_away(zoe, secret, networks=1, each=5)
    owner = Client(REMOTE_ADDR="192.0.2.1")
    form = owner.get(password_link(zoe).partition("8000")[2], follow=True)
    new = "another-correct-border-2026"
    owner.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    owner.post("/accounts/login/", {"login": zoe.email, "password": new})
    assert enter(owner, shown(secret)).headers["Location"] == INSIDE


def test_a_network_guesses_five_times_whatever_it_guesses_at(
    zoe: User, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mfa_attempt_limits, "STRANGERS", STRANGERS)
    codes = RecoveryCodes.activate(zoe).get_unused_codes()
    guess_away(zoe, secret, networks=1, each=5)
    for code in (codes[0], shown(secret)):
        refused = enter(by_password(zoe, REMOTE_ADDR="192.0.2.1"), code)
        assert "Too many attempts" in refused.content.decode()
    assert enter(by_password(zoe, REMOTE_ADDR="192.0.2.2"), shown(secret)).status_code == 302


def test_strangers_guesses_of_a_day_have_an_end(zoe: User, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = ratelimit.get_rates(app="second_step", action="code", config=STRANGERS)
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
    cookie = thief.cookies[SECOND_STEP.cookie]
    # It says nothing outside the pages of signing in.
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/", True, "Lax")
    assert other.email not in cookie.value
    guess_away(zoe, secret)
    by_password(zoe, thief)
    assert enter(thief, shown(secret)).status_code == 200
    forged = by_password(zoe, REMOTE_ADDR="198.51.100.9")
    forged.cookies[SECOND_STEP.cookie] = f"{zoe.public_id}:x"
    assert enter(forged, shown(secret)).status_code == 200


BOX = "embassy@land.example"


def ask_code(client: Client) -> None:
    client.post("/portal/sign-in/", {"mailbox": BOX})


def create(client: Client, code: str) -> Any:
    return client.post("/portal/sign-in/code/", {"code": code})


def newest() -> str:
    row = SignInCode.objects.latest("pk")
    return sign_in_codes.code_of(row.nonce, digits=row.digits)


@pytest.fixture
def thief() -> Client:
    """Return a browser that has filled the mailbox and shares the last code in it with whoever asks next."""
    f.PersonFactory.create_batch(2, email=BOX)
    client = Client()
    for _ in range(8):
        ask_code(client)
    return client


def test_a_shared_code_opens_the_browser_of_who_enters_it_alone(thief: Client) -> None:
    owner, second = Client(), Client()
    ask_code(owner)
    code = newest()
    create(owner, code)
    # The control: the owner may choose.
    assert owner.get("/portal/sign-in/person/").status_code == 200
    answer = thief.get("/portal/sign-in/person/")
    assert (answer.status_code, answer["Location"]) == (302, "/portal/sign-in/")
    person = sign_in_codes.people_at(BOX)[0].public_id
    assert thief.post("/portal/sign-in/person/", {"person": person}).status_code == 302
    assert PortalSession.objects.count() == 0
    # It is used up for all: whoever asks after that gets a new one.
    assert create(thief, code).status_code == 422
    ask_code(second)
    answer = create(second, newest())
    assert (answer.status_code, answer["Location"]) == (303, "/portal/sign-in/person/")


def test_wrong_guesses_keep_no_mail_back() -> None:
    """Else whoever guesses five codes away before they are sent leaves the owner with a full mailbox of nothing."""
    f.PersonFactory(email=BOX)
    for _ in range(3):
        thief = Client()
        ask_code(thief)
        for guess in range(5):
            create(thief, f"{guess:08}")
    mails = list(Message.objects.all())
    assert len(mails) == 3
    assert portal_access_messages.expired_codes(mails) == {}


def through(door: str, client: Client) -> None:
    if door == "link":
        client.get(f"/i/{links.token(f.InvitationLinkFactory())}/")
    elif door == "code":
        f.PersonFactory(email=BOX)
        ask_code(client)
        create(client, newest())
    else:
        client.post("/portal/leave/")


@pytest.mark.parametrize("door", ["link", "code", "leave"])
def test_a_browser_that_changes_its_key_stays_in_the_accounts_list_and_can_be_ended(door: str) -> None:
    client, user = Client(), f.UserFactory(email="zoe@host.example")
    client.post("/accounts/login/", {"login": user.email, "password": f.PASSWORD})
    before = client.session.session_key
    assert [row.session_key for row in browser_sessions.listed(user)] == [before]
    through(door, client)
    after = client.session.session_key
    assert after != before
    assert [row.session_key for row in browser_sessions.listed(user)] == [after]
    assert browser_sessions.end_all(user=user) == 1
    assert client.get("/accounts/2fa/").status_code == 302


KNOWN, UNKNOWN = "zoe.known@host.example", "zoe.other@host.example"
FORMS = {
    "sign-in": ("/accounts/login/", lambda email: {"login": email, "password": "wrong"}),
    "code": ("/portal/sign-in/", lambda email: {"mailbox": email}),
    "reset": ("/accounts/password/reset/", lambda email: {"email": email}),
}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|<p class="clock".*?</p>', re.S)


@pytest.fixture
def mailbox() -> None:
    UserFactory(email=KNOWN, password=PASSWORD)
    PersonFactory(email=KNOWN)


def ask(form: str, email: str) -> Any:
    """Send a form, and return the last answer to which it leads."""
    path, data = FORMS[form]
    client = Client()
    answer = client.post(path, data(email))
    return client.get(answer["Location"]) if answer.status_code in (302, 303) else answer


def work(form: str, email: str) -> Counter[str]:
    """Return what is done for a form that is sent: hashes, templates, messages, statements by their first word."""
    done: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            done[name] += 1
            return function(*args, **kwargs)

        return call

    cache.clear()
    with CaptureQueriesContext(connection) as captured, pytest.MonkeyPatch.context() as patched:
        patched.setattr(MD5PasswordHasher, "encode", counted("password hash", MD5PasswordHasher.encode))
        patched.setattr(Template, "render", counted("template", Template.render))
        patched.setattr(enqueue, "store", counted("stored message", enqueue.store))
        patched.setattr(mime, "build", counted("built mail", mime.build))
        ask(form, email)
    words = [query["sql"].split()[0] for query in captured.captured_queries]
    # What is done for an unknown mailbox is taken back.
    return done + Counter(word for word in words if word not in ("ROLLBACK", "SAVEPOINT", "RELEASE"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("mailbox")
def test_the_answers_are_the_same(form: str) -> None:
    pages = set()
    for email in (KNOWN, UNKNOWN):
        answer = ask(form, email)
        content = TOKEN.sub(b"", answer.content).replace(email.encode(), b"")
        pages.add((answer.status_code, answer.request["PATH_INFO"], content))
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("form", "needs"), [("sign-in", "password hash"), ("code", "stored message"), ("reset", "template")]
)
@pytest.mark.usefixtures("mailbox")
def test_the_work_is_the_same(form: str, needs: str) -> None:
    done = work(form, KNOWN)
    assert work(form, UNKNOWN) == done
    assert done[needs] > 0


@pytest.mark.usefixtures("mailbox")
def test_control_a_mail_to_the_known_alone_is_more_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResetPassword, "save", ResetPasswordForm.save)
    assert work("reset", KNOWN) - work("reset", UNKNOWN)
