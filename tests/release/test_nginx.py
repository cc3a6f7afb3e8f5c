"""The shipped nginx in front of the application, on PostgreSQL: sizes, moments, and what it must not keep.

Needs the packages nginx-light, wrk, curl, postgresql, redis-server and openssl.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socketserver
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from bench import processes as taken
from tests.processes import wait_for
from tests.release.nginx import LOAD, Answer, Site, ask_on, beside, postgresql, site

pytestmark = [pytest.mark.release, pytest.mark.loopback]

SUMMIT = "border-security-2025"
AGENDA = f"/{SUMMIT}/agenda/"
MEGABYTE = 1024 * 1024
CANARY = b"The canary sings."
START = """
import json
from datetime import timedelta
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from summit.users.models import User
summit = Summit.objects.get(slug="border-security-2025")
officer = User.objects.get(email="press@summit.example")
approver = User.objects.get(email="approver@summit.example")
organiser = User.objects.get(email="organiser@summit.example")
"""
PUBLISH = (
    START
    + """
import math
from press.embargoes.services import embargoes
from press.texts.services import decisions, texts
text = texts.create_text(
    summit=summit, kind="notice", slug="{slug}", title="Title of {slug}", summary="", body="The canary sings.",
    language="en", by=officer,
)
edition = text.versions.get().editions.get()
decisions.submit(edition=edition, by=officer)
decisions.approve(edition=edition, by=approver)
moment = db_now().replace(microsecond=0) + timedelta(seconds={ahead})
embargoes.set_moment(embargo=text.embargo, moment=moment, by=officer)
print(moment.timestamp())
"""
)
WITHDRAW = (
    START
    + """
from press.texts.models.texts import Text
from press.texts.services import texts
text = Text.objects.get(slug="{slug}")
texts.withdraw(text=text, reason="Not so.", by=approver)
texts.remove(text=text, reason="Not so.", by=approver)
print(db_now().timestamp())
"""
)
TOKEN = (
    START
    + """
from summit.api_base import token_services
from sessions.draft.models.sessions import Session
made = token_services.make(by=organiser, name="Program", scopes=["session-documents:write"])
print(made.secret, Session.objects.filter(summit=summit).first().public_id)
"""
)
LINKS = (
    START
    + """
from delegations.invitations.services import links
from tests.factories import InvitationLinkFactory
def link(name):
    return InvitationLinkFactory.create(invitation__party__summit=summit, invitation__party__name=name)
print(json.dumps([[links.token(link(name)), name] for name in ("Alandia", "Belandia")]))
"""
)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def run(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("nginx") / "site", database) as found:
        yield found


def form(secret: str, session: str, size: int) -> tuple[bytes, dict[str, str]]:
    """Return a form with a PDF of so many bytes, and its headers."""
    fields = {"session": session, "language": "en", "file_name": "brief.pdf"}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}' for key, value in fields.items()]
    parts.append('--b\r\nContent-Disposition: form-data; name="content"; filename="brief.pdf"\r\n\r\n')
    content = b"%PDF-1.7\n".ljust(size, b" ")
    body = "\r\n".join(parts).encode() + content + b"\r\n--b--\r\n"
    return body, {"Authorization": f"Bearer {secret}", "Content-Type": "multipart/form-data; boundary=b"}


# --- sizes and limits ---------------------------------------------------------------------------------------------
def test_20_megabytes_come_in_and_more_are_refused_in_words(run: Site, tmp_path: Path) -> None:
    secret, session = run.processes.python(TOKEN).split()[-2:]
    path = f"/api/v1/summits/{SUMMIT}/desk/session-documents/"

    def send(where: Site, megabytes: int) -> Answer:
        body, headers = form(secret, session, megabytes * MEGABYTE)
        return where.ask(path, "POST", body, headers)

    assert send(run, 20).status == 201
    # The application says it, and beyond what comes through to it nginx does.
    for megabytes, words in ((21, "too-large"), (26, "up to 20 MB")):
        refused = send(run, megabytes)
        assert (refused.status, refused.headers["content-type"]) == (413, "application/problem+json"), refused.text
        assert words in refused.text
    # Whoever is refused before the body is read hears why.
    body, headers = form("sk_nothing", session, 20 * MEGABYTE)
    assert run.ask(path, "POST", body, headers).status == 401
    page = run.ask("/admin/", "POST", b"a" * 26 * MEGABYTE)
    assert (page.status, "The file is too large" in page.text, 'dir="rtl"' in page.text) == (413, True, True)
    # Control: with nginx's own limit two megabytes are too many.
    with beside(run, tmp_path / "site", {"client_max_body_size 25m;": ""}) as default:
        assert send(default, 2).status == 413


def test_error_pages_come_over_http_2_and_are_logged_as_they_were_asked(run: Site, tmp_path: Path) -> None:
    """An error page is never refused in its turn for the size of the request that led to it."""
    (tmp_path / "sent").write_bytes(b"a" * 26 * MEGABYTE)
    (tmp_path / "small").write_bytes(b"a" * 5 * MEGABYTE)

    def send(where: Site, name: str) -> tuple[str, str]:
        told = ("--silent", "--http2", "--cacert", str(where.folder / "certificate.pem"), "--write-out")
        command = ["curl", *told, "\n%{http_version} %{http_code}", "--data-binary", f"@{tmp_path / name}"]
        done = subprocess.run([*command, f"{where.base}/portal/"], capture_output=True, check=False, text=True)
        page, _line, status = done.stdout.rpartition("\n")
        return status, page

    status, page = send(run, "sent")
    assert (status, "The file is too large" in page) == ("2 413", True)
    wait_for(lambda: '"POST /portal/ HTTP/2.0" 413' in run.log(), 5, "the log is written")
    with beside(run, tmp_path / "site", socket=tmp_path / "nobody.sock") as alone:
        status, page = send(alone, "small")
        assert (status, "<h1" in page, "nginx" in page) == ("2 503", True, False)


def test_whoever_asks_too_much_reads_what_to_do(run: Site) -> None:
    context = ssl.create_default_context(cafile=str(run.folder / "certificate.pem"))
    connection = http.client.HTTPSConnection("localhost", run.port, context=context, timeout=60)
    with contextlib.closing(connection):
        sent = [ask_on(connection, "/accounts/login/", "POST", b"", {"Content-Length": "0"}) for _number in range(80)]
        refused = sent[-1]
        assert (sent[0].status, refused.status, refused.headers["retry-after"]) == (403, 429, "60")
        assert "Wait a minute, go back and try again." in refused.text
        assert refused.headers["cache-control"] == "no-store"
        # Whoever only reads has no limit there.
        assert ask_on(connection, "/accounts/login/").status == 200
        of_api = [ask_on(connection, "/api/v1/me/") for _number in range(400)]
        assert (of_api[0].status, of_api[-1].status) == (401, 429)
        assert "#too-many" in of_api[-1].text
        links = [ask_on(connection, f"/i/{'a' * 44}/") for _number in range(150)]
        assert links[-1].status == 429


# --- who asks, and what is logged ---------------------------------------------------------------------------------
class Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = "".join(f"{name.lower()}: {value}\n" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def address_string(self) -> str:
        """Return nothing: a socket in the file system has no address."""
        return ""

    def log_message(self, *_args: object) -> None:
        """Log nothing."""


def test_what_clients_say_of_themselves_changes_nothing(run: Site, tmp_path: Path) -> None:
    false = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;proto=http",
        "X-Page-Cache": "1",
    }
    # Proxied as HTTP, the application would lead to HTTPS for ever.
    assert run.ask("/portal/sign-in/", headers=false).status == 200
    socket = tmp_path / "echo.sock"
    server = socketserver.ThreadingUnixStreamServer(str(socket), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with server, beside(run, tmp_path / "site", socket=socket) as echo:
        told = dict(line.split(": ", 1) for line in echo.ask("/portal/", headers=false).text.splitlines())
        at_public = echo.ask(AGENDA, headers={**false, "Cookie": "a=b", "Authorization": "Bearer a"}).text
        server.shutdown()
    assert (told["x-forwarded-for"], told["x-forwarded-proto"], told["host"]) == ("127.0.0.1", "https", "localhost")
    assert {"x-forwarded-host", "x-real-ip", "forwarded", "x-page-cache"}.isdisjoint(told)
    assert not {"cookie", "authorization"} & {line.partition(":")[0] for line in at_public.splitlines()}
    assert "x-page-cache: 1" in at_public


def test_hosts_that_are_not_ours_get_no_answer(run: Site) -> None:
    context = ssl.create_default_context(cafile=str(run.folder / "certificate.pem"))
    context.check_hostname = False
    other = http.client.HTTPSConnection("127.0.0.1", run.port, context=context)
    with contextlib.closing(other), pytest.raises(ssl.SSLError):
        other.request("GET", "/")
    with contextlib.closing(http.client.HTTPConnection("localhost", run.plain)) as plain:
        led = ask_on(plain, AGENDA)
    assert (led.status, led.headers["location"]) == (301, f"https://localhost{AGENDA}")
    other_plain = http.client.HTTPConnection("127.0.0.1", run.plain)
    with contextlib.closing(other_plain), pytest.raises(http.client.RemoteDisconnected):
        ask_on(other_plain, AGENDA)


def test_no_token_is_in_a_log(run: Site) -> None:
    token, screen = "Zq9" * 15, "zq0screen1key2abcdefgh"
    paths = (
        f"/i/{token}/",
        f"/calendar/{token}.ics",
        f"/{SUMMIT}/press/subscription/{token}/",
        f"/accounts/password/reset/key/1-{token}/",
        f"/{SUMMIT}/screens/{screen}/",
        f"/{SUMMIT}/screens/{screen}/content/",
        f"https://localhost:{run.port}/{SUMMIT}/screens/{screen}/",
        f"/{SUMMIT}/agenda/live/{screen}/",
        f"/{SUMMIT}/agenda/?token={token}",
    )
    # So often that the limits refuse some, which the error log tells of.
    for path in paths:
        for _number in range(3):
            run.ask(path, headers={"Referer": f"https://localhost{path}"})
    wait_for(lambda: f"/{SUMMIT}/screens/[hidden]" in run.log(), 5, "the log is written")
    logs = run.log() + run.log("summit.error.log") + run.log("main.log")
    assert (token in logs, screen in logs) == (False, False)
    assert "/i/[hidden]" in logs
    assert f'"GET /{SUMMIT}/agenda/ HTTP/1.1" 200' in logs


# --- pages of people ----------------------------------------------------------------------------------------------
def test_a_page_of_one_person_is_no_other_persons(run: Site, tmp_path: Path) -> None:
    (first, name), (second, other) = json.loads(run.processes.python(LINKS).splitlines()[-1])
    cookies = []
    for token in (first, second):
        answer = run.ask(f"/i/{token}/")
        assert answer.status == 303, answer.text
        cookies.append(answer.headers["set-cookie"].partition(";")[0])

    def read(where: Site) -> list[tuple[bool, bool]]:
        texts = [where.ask("/portal/", headers={"Cookie": each}).text for each in cookies]
        return [(name in text, other in text) for text in texts]

    assert read(run) == read(run) == [(True, False), (False, True)]
    assert "no-store" in run.ask("/portal/", headers={"Cookie": cookies[0]}).headers["cache-control"]
    # Control: where nginx is told to keep pages of the portal, the second person reads the first one's.
    kept = "proxy_cache summit_pages; proxy_cache_valid 200 1m; proxy_ignore_headers Cache-Control Set-Cookie Vary;"
    with beside(run, tmp_path / "site", {"location ^~ /portal/ {": f"location ^~ /portal/ {{ {kept}"}) as wrong:
        assert read(wrong) == [(True, False), (True, False)]


def test_personal_pages_are_not_compressed(run: Site) -> None:
    packed = {"Accept-Encoding": "gzip"}
    assert "content-encoding" not in run.ask("/accounts/login/", headers=packed).headers
    assert run.ask(AGENDA, headers=packed).headers["content-encoding"] == "gzip"
    page = run.ask(AGENDA).text
    style = re.search(r'href="(/static/css/summit\.[0-9a-f]{12}\.css)"', page)
    assert style is not None
    answer = run.ask(style[1], headers=packed)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


# --- moments ------------------------------------------------------------------------------------------------------
class Reader(threading.Thread):
    """Asks for a page again and again, and notes when it asked, when it was answered and whether the canary sang."""

    def __init__(self, run: Site, path: str, canary: bytes) -> None:
        super().__init__(daemon=True)
        self.run_, self.path, self.canary = run, path, canary
        self.found: list[tuple[float, float, bool]] = []
        self.done = threading.Event()

    def run(self) -> None:
        context = ssl.create_default_context(cafile=str(self.run_.folder / "certificate.pem"))
        connection = http.client.HTTPSConnection("localhost", self.run_.port, context=context, timeout=60)
        with contextlib.closing(connection):
            while not self.done.wait(0.02):
                asked = time.time()
                body = ask_on(connection, self.path).body
                self.found.append((asked, time.time(), self.canary in body))


@contextlib.contextmanager
def under_load(run: Site, pages: dict[str, bytes]) -> Iterator[list[Reader]]:
    """Let wrk ask for the first page as often as it can, and readers for each, with their canaries."""
    command = [*LOAD, "-t1", "-c32", "-d600s", f"{run.base}{next(iter(pages))}"]
    load = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    readers = [Reader(run, path, canary) for path, canary in pages.items()]
    for reader in readers:
        reader.start()
    try:
        yield readers
    finally:
        for reader in readers:
            reader.done.set()
            reader.join()
        load.kill()
        load.wait()


def test_at_a_moment_nothing_is_early_or_late_and_a_withdrawal_is_gone(run: Site) -> None:
    slug = f"at-{time.time_ns()}"
    path, listed = f"/{SUMMIT}/press/{slug}/", f"/{SUMMIT}/press/"
    run.processes.python(PUBLISH.format(slug=f"before-{slug}", ahead=1))
    moment = float(run.processes.python(PUBLISH.format(slug=slug, ahead=20)).split()[-1])
    # Processes that have made no such page yet load what they need for it; addresses with unknown parameters are made
    # anew each time.
    for number in range(12):
        assert run.ask(f"/{SUMMIT}/press/before-{slug}/?number={number}").status == 200
        run.ask(f"{listed}?number={number}")
    with under_load(run, {path: CANARY, listed: f"Title of {slug}".encode()}) as readers:
        wait_for(lambda: time.time() > moment - 4, 60, "the moment is near")
        assert readers[0].found
        since = len(run.origin())
        wait_for(lambda: time.time() > moment + 5, 60, "the moment has passed")
        counts = {each: run.busiest(each, since) for each in (path, listed)}
        out = [list(reader.found) for reader in readers]
        withdrawn = float(run.processes.python(WITHDRAW.format(slug=slug)).split()[-1])
        wait_for(lambda: time.time() > withdrawn + 7, 60, "some seconds have passed")
    early = [answered - moment for found in out for _asked, answered, sang in found if sang and answered < moment]
    late = [asked - moment for found in out for asked, _answered, sang in found if not sang and asked >= moment + 1]
    assert (early, max(late, default=0.0)) == ([], 0.0)
    assert sum(asked < moment for asked, _answered, _sang in out[0]) > 20
    assert {1, 2} >= set(counts.values()), counts
    sings = [asked for asked, _answered, sang in readers[0].found if sang]
    assert max(sings) < withdrawn + 5
    print(f"gone after {max(sings) - withdrawn:.1f} s; the origin had {counts} in its busiest second")


@pytest.mark.parametrize("shipped", [True, False])
def test_after_ten_idle_minutes_nobody_reads_what_was_withdrawn(shipped: bool, run: Site, tmp_path: Path) -> None:
    """The first reader asks the application, which takes its time; the others wait as well. Control: with `updating`
    and no limit of age they read the page of ten minutes ago."""
    slug = f"idle-{time.time_ns()}"
    path = f"/{SUMMIT}/press/{slug}/"
    moment = float(run.processes.python(PUBLISH.format(slug=slug, ahead=2)).split()[-1])
    changes = {"inactive=4s": "inactive=60m"}
    if not shipped:
        changes["proxy_cache_use_stale off;"] = "proxy_cache_use_stale updating;"
    with beside(run, tmp_path / "site", changes) as idle:
        wait_for(lambda: time.time() > moment and CANARY in idle.ask(path).body, 20, "the text is out and kept")
        run.processes.python(WITHDRAW.format(slug=slug))
        age(idle.folder / "cache", path, 600)
        web = taken.below(run.pids[0])
        readers = [threading.Thread(target=lambda: found.append(idle.ask(path).body)) for _number in range(8)]
        found: list[bytes] = []
        for pid in web:
            os.kill(pid, signal.SIGSTOP)
        try:
            for reader in readers:
                reader.start()
            time.sleep(1)
            at_once = list(found)
        finally:
            for pid in web:
                os.kill(pid, signal.SIGCONT)
        for reader in readers:
            reader.join()
    assert [any(CANARY in body for body in bodies) for bodies in (at_once, found)] == [not shipped] * 2
    assert len(found) == len(readers)


def age(cache: Path, path: str, seconds: int) -> None:
    """Make a kept page older: the second until which it is valid is the second number of its file."""
    for file in cache.rglob("*"):
        if file.is_file() and f"KEY: localhost{path}|".encode() in file.read_bytes():
            with file.open("r+b") as opened:
                opened.seek(8)
                (valid,) = struct.unpack("q", opened.read(8))
                assert abs(valid - time.time()) < 60
                opened.seek(8)
                opened.write(struct.pack("q", valid - seconds))
            return
    raise AssertionError("not kept")
