"""The web surface: forged posts, open redirects, forged hosts, sessions, headers, floods."""

import re
import runpy
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from delegations.invitations.services import links
from press.subscriptions import links as subscription_links
from press.subscriptions.models import Subscriber
from press.subscriptions.services import subscribers
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.attack.crawler import one_of_each, routes
from tests.factories import PASSWORD, InvitationLinkFactory, SubscriberFactory, SummitFactory, UserFactory
from tests.press.helpers import ago, make_text
from tests.sources import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.once]
every_route = pytest.mark.broad("walks over every route")
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
)


def organiser_of(summit: Summit, **kwargs: Any) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit, **kwargs)


# --- forged posts -------------------------------------------------------------------------------------------------
def test_only_subscriptions_and_what_came_back_take_a_post_without_a_token() -> None:
    """Public pages take none at all."""
    exempt = {
        route
        for route, view in routes().items()
        if getattr(view, "csrf_exempt", False) and not getattr(view, "is_public", False)
    }
    own = {route for route in exempt if not route.startswith("api/v1/")}
    subscriptions = {"<slug:summit>/press/subscribe/", "<slug:summit>/press/subscription/<str:token>/"}
    # The mail provider signs what it posts, and so do identity providers.
    signed = {"webhooks/mail/", "accounts/sso/<slug:slug>/acs/", "accounts/sso/<slug:slug>/back-channel-logout/"}
    assert own == subscriptions | signed


@every_route
def test_no_address_takes_a_forged_post(summit: Summit) -> None:
    make_text(summit=summit, moment=ago(5), slug="open-text")
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(is_superuser=True))
    found: dict[int, set[str]] = {}
    for path in one_of_each(summit, routes()):
        found.setdefault(client.post(path, {"x": "y"}).status_code, set()).add(path)
    personal = ("/admin/", "/portal/", "/accounts/", "/i/")
    # 405 where nothing is ever posted to, 404 in the API and for what isn't there, 400 for no address to subscribe.
    assert set(found) == {400, 403, 404, 405}
    elsewhere = {path for status in (400, 404, 405) for path in found[status] if path.startswith(personal)}
    # Identity providers sign what they post; there is none here.
    signed = {path for path in elsewhere if re.fullmatch(r"/accounts/sso/[\w-]+/(acs|back-channel-logout)/", path)}
    assert (elsewhere - signed, signed <= found[404]) == (set(), True)
    assert found[400] == {f"/{summit.slug}/press/subscribe/"}
    assert "/admin/press/text/add/" in found[403]


def test_a_signed_in_browser_is_used_by_nobody_from_elsewhere() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    assert client.get("/accounts/logout/").status_code == 200
    for path in ("/accounts/logout/", "/admin/press/text/add/", "/portal/", "/i/x/"):
        assert client.post(path).status_code == 403, path
    assert "_auth_user_id" in client.session


# --- where one is led ---------------------------------------------------------------------------------------------
def test_nobody_is_led_elsewhere(summit: Summit) -> None:
    user = organiser_of(summit, email="zoe@host.example", password=PASSWORD)
    login, out, client = "/accounts/login/", "/accounts/logout/", Client()
    data = {"login": user.email, "password": PASSWORD}
    for target in ELSEWHERE:
        client = Client()
        signed = client.post(f"{login}?next={target}", {**data, "next": target})
        assert (signed.status_code, signed["Location"]) == (302, "/admin/")
    for target in ELSEWHERE[:2]:
        assert client.get(login, {"next": target})["Location"] == "/admin/"
        assert Client().get("/admin/login/", {"next": target})["Location"].startswith(f"{login}?next=")
        root = Client().get("/", {"lang": "fr", "next": target})
        assert root["Location"].partition("?")[0] == f"/{summit.slug}/"
    assert client.post(out, {"next": ELSEWHERE[0]})["Location"] == "/"
    # The control: an address of one's own is followed.
    assert Client().post(login, {**data, "next": "/portal/agenda/"})["Location"] == "/portal/agenda/"


def test_a_missing_slash_leads_nowhere_else() -> None:
    for path in ("//evil.example", "//evil.example/..", "/%5Cevil.example", "/evil.example//x"):
        answer = Client().get(path)
        assert not re.match(r"(https?:)?[/\\]{2}", answer.get("Location", "")), path


# --- forged hosts -------------------------------------------------------------------------------------------------
def ask_reset(client: Client, **headers: str) -> int:
    data = {"email": "zoe@host.example"}
    return client.post("/accounts/password/reset/", data, headers=headers).status_code


def test_links_in_mails_begin_with_the_base(settings: Any) -> None:
    settings.BASE_URL = "https://summit.example"
    settings.ALLOWED_HOSTS = ["summit.example", "inside.example"]
    UserFactory(email="zoe@host.example")
    ask_reset(Client(), host="inside.example")
    mail = message_from_bytes(bytes(Message.objects.get().rendered))
    text = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert re.findall(r"\S+/accounts/\S+/key/", text) == ["https://summit.example/accounts/password/reset/key/"]
    assert ("inside.example" in text, mail["Subject"].startswith("[Summit] ")) == (False, True)


def test_a_host_that_is_not_ours_is_refused_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    UserFactory(email="zoe@host.example")
    client = Client(raise_request_exception=False)
    assert [ask_reset(client, host=host) for host in ("evil.example", "testserver:80@evil.example")] == [400, 400]
    assert caplog.text == ""
    ask_reset(client, **{"x-forwarded-host": "evil.example"})
    assert b"evil.example" not in bytes(Message.objects.get().rendered)


# --- sessions -----------------------------------------------------------------------------------------------------
def test_a_session_that_was_planted_is_not_the_one_used(summit: Summit) -> None:
    link = InvitationLinkFactory()
    client = Client()
    client.get("/portal/?lang=fr")
    planted = client.session.session_key
    client.get(f"/i/{links.token(link)}/")
    followed = client.session.session_key
    user = organiser_of(summit, password=PASSWORD)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert len({planted, followed, client.session.session_key}) == 3
    for old in (planted, followed):
        thief = Client()
        thief.cookies["sessionid"] = str(old)
        assert thief.get("/portal/").status_code == 302
        assert thief.get("/admin/").status_code == 302


# --- headers ------------------------------------------------------------------------------------------------------
def check_headers(answer: Any, what: str) -> None:
    policy = answer.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy, what
    assert "frame-ancestors 'none'" in policy, what
    assert answer.get("X-Content-Type-Options") == "nosniff", what
    # The address of a letter stays out of Referer on its own origin too.
    quiet = {"no-referrer", "same-origin", *(["strict-origin"] if what.startswith("/i/") else [])}
    assert answer.get("Referrer-Policy") in quiet, what
    assert answer.get("Cross-Origin-Opener-Policy") == "same-origin", what
    assert answer.get("Cross-Origin-Resource-Policy") == "same-origin", what
    assert "camera=()" in answer.get("Permissions-Policy", ""), what


ROUTES = [False, pytest.param(True, marks=every_route)]


@pytest.mark.parametrize("every", ROUTES, ids=["one of each kind", "every route"])
def test_every_answer_has_the_headers(every: bool, summit: Summit) -> None:
    make_text(summit=summit, moment=ago(5), slug="open-text")
    few = [f"/{summit.slug}/{rest}" for rest in ("", "press/open-text.pdf", "agenda.ics", "press/nothing/")]
    client, seen = Client(raise_request_exception=False), set()
    for path in [*few, *(one_of_each(summit, routes()) if every else ("/portal/", "/i/x/"))]:
        answer = client.get(path)
        check_headers(answer, path)
        seen.add((answer.status_code, answer["Content-Type"].partition(";")[0]))
    assert {(200, "application/pdf"), (200, "text/calendar"), (302, "text/html"), (404, "text/html")} <= seen


def test_failures_files_and_redirects_have_the_headers(
    summit: Summit, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr("summit.public.views.panels", lambda summit: 1 / 0)
    answers: dict[int, Any] = {
        403: client.post("/accounts/login/"),
        400: client.get("/", headers={"host": "evil.example"}),
        500: client.get(f"/{summit.slug}/"),
        200: client.get("/static/a.svg"),
    }
    settings.SECURE_SSL_REDIRECT = True
    answers[301] = Client().get("/portal/")
    assert (b"".join(answers[200].streaming_content)[:4], answers[301]["Location"]) == (
        b"<svg",
        "https://testserver/portal/",
    )
    for status, answer in answers.items():
        assert answer.status_code == status
        check_headers(answer, str(status))


@pytest.mark.parametrize(("base", "secure"), [("https://summit.example", True), ("http://localhost:8000", False)])
def test_settings_follow_the_site(base: str, secure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_URL", base)
    monkeypatch.setenv("BEHIND_PROXY", str(secure))
    found = runpy.run_path(str(ROOT / "summit" / "settings.py"))
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert found[name] is secure, name
    assert (found["SECURE_HSTS_SECONDS"] > 0, found["ALLAUTH_TRUSTED_PROXY_COUNT"]) == (secure, int(secure))
    names = ("__Host-sessionid", "__Host-csrftoken") if secure else (None, None)
    assert (found.get("SESSION_COOKIE_NAME"), found.get("CSRF_COOKIE_NAME")) == names


def test_cookies_say_for_whom_they_are(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    user = UserFactory(password=PASSWORD)
    cookies = Client().post("/accounts/login/", {"login": user.email, "password": PASSWORD}).cookies
    for name in ("sessionid", "csrftoken"):
        assert (cookies[name]["secure"], cookies[name]["samesite"]) == (True, "Lax")
    assert (cookies["sessionid"]["httponly"], cookies["sessionid"]["max-age"]) == (True, "")


def test_where_weaknesses_are_told(settings: Any) -> None:
    settings.SECURITY_CONTACT = "mailto:security@summit.example"
    said = Client().get("/.well-known/security.txt").content.decode().splitlines()
    assert said[0] == "Contact: mailto:security@summit.example"
    ends = datetime.fromisoformat(said[1].removeprefix("Expires: "))
    assert timedelta(days=60) < ends - datetime.now(UTC) < timedelta(days=365)


def test_a_missing_contact_is_told_and_the_reserved_mailbox_named(settings: Any) -> None:
    settings.SECURITY_CONTACT, settings.BASE_URL = "", "https://summit.example"
    said = Client().get("/.well-known/security.txt").content.decode().splitlines()
    assert said[0].startswith("# Nobody has set SECURITY_CONTACT here.")
    assert said[1] == "Contact: mailto:security@summit.example"


def test_pages_for_a_new_password_are_kept_nowhere() -> None:
    for path in ("/accounts/password/reset/", "/accounts/password/reset/done/"):
        assert "no-store" in Client().get(path)["Cache-Control"]


# --- guessing -----------------------------------------------------------------------------------------------------
def sign_in(email: str, password: str, **request: Any) -> int:
    """Return the status: 302 inside, or 200 for the form again, which says that there were too many attempts."""
    return Client(**request).post("/accounts/login/", {"login": email, "password": password}).status_code


@pytest.mark.parametrize(("by_network", "owner"), [(True, 302), (False, 200)])
def test_who_knows_a_mailbox_locks_nobody_out(by_network: bool, owner: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: counted by the mailbox alone, the owner is out."""
    if not by_network:
        monkeypatch.setattr("summit.accounts.account_adapter.get_ip", lambda request: "")
    user = UserFactory(email="zoe@host.example", password=PASSWORD)
    for number in range(10):
        sign_in(user.email, "wrong", REMOTE_ADDR=f"192.0.2.{number % 2}")
    assert sign_in(user.email, PASSWORD, REMOTE_ADDR="192.0.2.1") == 200
    assert sign_in(user.email, PASSWORD, REMOTE_ADDR="198.51.100.7") == owner


@pytest.mark.slow("tries a minute's passwords")
def test_guests_of_a_venue_behind_one_address_lock_each_other_out_of_nothing() -> None:
    zoe, max = (UserFactory(email=f"{name}@host.example", password=PASSWORD) for name in ("zoe", "max"))
    for number in range(11):
        sign_in(f"guest{number}@host.example", "wrong", REMOTE_ADDR="192.0.2.66")
    assert sign_in(max.email, PASSWORD, REMOTE_ADDR="192.0.2.66") == 302
    # Who has signed in with this browser before isn't counted with the others of the network.
    known = Client(REMOTE_ADDR="192.0.2.66")
    assert known.post("/accounts/login/", {"login": zoe.email, "password": PASSWORD}).status_code == 302
    known.post("/accounts/logout/")
    for number in range(60):
        sign_in(f"nobody{number}@host.example", "wrong", REMOTE_ADDR="192.0.2.66")
    assert sign_in(max.email, PASSWORD, REMOTE_ADDR="192.0.2.66") == 200
    assert known.post("/accounts/login/", {"login": max.email, "password": PASSWORD}).status_code == 200
    assert known.post("/accounts/login/", {"login": zoe.email, "password": PASSWORD}).status_code == 302


def test_the_page_says_the_true_time_to_wait() -> None:
    UserFactory(email="zoe@host.example", password=PASSWORD)
    start = datetime.now(UTC)
    for seconds in range(5):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            sign_in("zoe@host.example", "wrong", REMOTE_ADDR="192.0.2.1")
    for seconds, said in ((5, "5 minutes"), (200, "2 minutes"), (290, "10 seconds"), (299, "1 second")):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            values = {"login": "zoe@host.example", "password": PASSWORD}
            page = Client(REMOTE_ADDR="192.0.2.1").post("/accounts/login/", values).content.decode()
        assert f"Too many attempts. Try again in {said}." in page
    with time_machine.travel(start + timedelta(seconds=301), tick=False):
        assert sign_in("zoe@host.example", PASSWORD, REMOTE_ADDR="192.0.2.1") == 302


@pytest.mark.slow("tries a minute's passwords")
@pytest.mark.parametrize(("proxies", "status"), [(1, 302), (0, 200)])
def test_a_client_that_tries_many_mailboxes_is_stopped_and_no_other(proxies: int, status: int, settings: Any) -> None:
    """Control: where nobody says that a proxy stands before it, all clients are one."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    user = UserFactory(email="zoe@host.example", password=PASSWORD)
    guesser, owner = ({"headers": {"X-Forwarded-For": address}} for address in ("192.0.2.66", "192.0.2.1"))
    for number in range(60):
        sign_in(f"nobody{number}@host.example", "wrong", **guesser)
    assert sign_in(user.email, PASSWORD, **guesser) == 200
    assert sign_in(user.email, PASSWORD, **owner) == status


def test_many_entries_push_out_no_count() -> None:
    user = UserFactory(email="zoe@host.example", password=PASSWORD)
    for _ in range(5):
        sign_in(user.email, "wrong", REMOTE_ADDR="192.0.2.1")
    cache.set_many({f"other-{number}": number for number in range(400)})
    assert sign_in(user.email, PASSWORD, REMOTE_ADDR="192.0.2.1") == 200


def test_a_mailbox_is_not_filled_with_resets() -> None:
    UserFactory(email="zoe@host.example")
    start = datetime.now(UTC)
    for minute in range(16):
        with time_machine.travel(start + timedelta(minutes=4 * minute), tick=False):
            client = Client(REMOTE_ADDR=f"192.0.2.{minute + 1}")
            client.post("/accounts/password/reset/", {"email": "zoe@host.example"})
    # Five in the first hour, and one in the minutes after it.
    assert Message.objects.count() == 6


# --- subscriptions ------------------------------------------------------------------------------------------------
def ask(summit: Summit, address: str) -> Any:
    path = f"/{summit.slug}/press/subscribe/"
    return Client(enforce_csrf_checks=True).post(path, {"address": address, "language": "en"})


def flood(summit: Summit, number: int) -> set[tuple[int, bytes]]:
    answers = [ask(summit, f"victim{n}@paper.example") for n in range(number)]
    return {(answer.status_code, bytes(answer.content)) for answer in answers}


def test_a_flood_of_addresses_is_not_written_to(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(flood(summit, 21)) == 1  # the same answer all along
    assert (Message.objects.count(), Subscriber.objects.count()) == (20, 20)
    ask(SummitFactory(), "reader@paper.example")  # another summit's readers don't notice
    assert Message.objects.count() == 21
    Subscriber.objects.update(asked_at=ago(0.02))
    ask(summit, "reader@paper.example")
    assert Message.objects.count() == 22
    # Control: without the limit all are written to.
    monkeypatch.setattr(subscribers, "MOST_WAITING", ())
    other = SummitFactory()
    flood(other, 21)
    assert Message.objects.filter(summit=other).count() == 21


def test_an_hour_has_its_limit_and_who_confirmed_is_not_counted(summit: Summit) -> None:
    SubscriberFactory.create_batch(299, summit=summit, confirmed_at=None, asked_at=ago(0.5))
    SubscriberFactory.create_batch(5, summit=summit)
    a, b = ({"summit": summit, "address": f"{name}@paper.example", "language": "en"} for name in "ab")
    assert (subscribers.ask(**a), subscribers.ask(**b)) == (True, False)
    subscribers.confirm(
        subscription_links.Claim(Subscriber.objects.get(address="a@paper.example"), subscription_links.CONFIRM)
    )
    assert subscribers.ask(**b) is True
