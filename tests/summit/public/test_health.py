"""Alive, ready and numbers; the language of an answer; one line a request, and its id."""

import json
import logging
import re
import runpy
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import gunicorn.http.wsgi
import pytest
from celery import signals
from django.conf import LazySettings
from django.core.cache import cache
from django.core.cache.backends import db
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import formats, translation
from django.utils.translation import override

from summit.celery import REQUEST_ID
from summit.core import request_ids
from summit.core.database_cache import DatabaseCache
from summit.core.transient_errors import is_unreachable
from summit.maintenance.upgrades import Waiting
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.public import health
from summit.public import views as public_views
from summit.public.error_pages import busy
from summit.public.language_middleware import LanguageMiddleware
from summit.public.page_cache_headers import PageCacheHeadersMiddleware
from summit.public.unread_bodies import UnreadBodyMiddleware
from summit.public_base.public_pages import mark_same_for_everybody
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.factories import SummitFactory, UserFactory
from tests.sources import ROOT

pytestmark = pytest.mark.django_db


# --- Alive, ready, numbers ----------------------------------------------------------------------------------------
def test_alive_asks_nobody(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_where_the_database_is_migrated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").content == b"ok\n"
    two = Waiting([("press", "0098_a"), ("press", "0099_b")], [("press", "0100_for_afterwards")], [])
    monkeypatch.setattr(health.upgrades, "waiting", lambda: two)
    waiting = client.get("/readyz")
    assert (waiting.status_code, waiting.content) == (503, b"2 migrations wait: run manage.py upgrade before\n")

    def gone() -> None:
        raise health.DatabaseError("gone")

    monkeypatch.setattr(health.upgrades, "waiting", gone)
    silent = client.get("/readyz")
    assert (silent.status_code, silent.content) == (503, b"no database\n")


def test_each_host_is_asked_by_its_address(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.BASE_URL = ["summit.example"], "https://summit.example"
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, HTTP_HOST="10.0.0.11:8000").status_code == 200
    # Control: nothing else is answered under that name.
    assert client.get("/accounts/login/", HTTP_HOST="10.0.0.11:8000").status_code == 400


def test_numbers_are_for_loopback_or_whoever_has_the_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    near = client.get("/metrics")
    assert near.status_code == 200
    assert near["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# HELP summit_outbox_messages Messages by kind and state." in near.content.decode()
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.7"}).status_code == 404
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer another"}).status_code == 404
    right = {"authorization": "Bearer a long token"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="10.0.0.7").status_code == 200


# --- The language -------------------------------------------------------------------------------------------------
def language_of(request: HttpRequest) -> tuple[str, str]:
    """Return the language in which a request is answered, and what the answer says of it."""
    seen = []
    middleware = LanguageMiddleware(lambda _request: HttpResponse(seen.append(translation.get_language()) or ""))
    response = middleware(request)
    return seen[0], response["Content-Language"]


def test_the_address_names_the_language_of_public_pages(rf: RequestFactory) -> None:
    assert language_of(rf.get("/x/?lang=fr")) == ("fr", "fr")
    assert language_of(rf.get("/x/", headers={"accept-language": "fr"})) == ("en", "en")
    assert language_of(rf.get("/x/?lang=tlh")) == ("en", "en")
    assert translation.get_language() == "en"


# --- a database that can't be used ----------------------------------------------------------------------------------
def problem(cause: Exception | None, **values: str | None) -> OperationalError:
    found = OperationalError("it can't be used")
    found.__cause__ = cause
    for name, value in values.items():
        setattr(cause, name, value)
    return found


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (problem(Exception("connection timed out"), sqlstate=None), 504),
        (problem(Exception("connection failure"), sqlstate="08006"), 504),
        (problem(Exception("terminating connection"), sqlstate="57P01"), 504),
        (problem(Exception("the statement took too long"), sqlstate="57014"), 503),
        (problem(Exception("lock not available"), sqlstate="55P03"), 503),
        (problem(Exception("out of memory"), sqlstate="53200"), 503),
        (problem(None), 503),
    ],
    ids=lambda each: str(each.__cause__) if isinstance(each, OperationalError) else str(each),
)
def test_a_host_that_is_cut_off_from_the_database_says_so(raised: OperationalError, status: int) -> None:
    page = busy(RequestFactory().get("/border-security-2025/"), raised)
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (status, "30", "no-store")
    answer = busy(RequestFactory().get("/api/v1/summits/"), raised)
    assert (answer.status_code, json.loads(answer.content)["status"], answer["Retry-After"]) == (status, status, "30")
    assert is_unreachable(raised) is (status == 504)


# --- what is left of a body -----------------------------------------------------------------------------------------
def test_the_rest_of_a_body_is_read_behind_a_proxy(settings: Any) -> None:
    for settings.BEHIND_PROXY, left in ((True, 0), (False, 100_000)):
        body = BytesIO(b"a" * 100_000)
        environ = RequestFactory()._base_environ(**{"wsgi.input": body, "CONTENT_LENGTH": "100000"})
        answer = UnreadBodyMiddleware(lambda _request: HttpResponse(status=413))(WSGIRequest(environ))
        assert (answer.status_code, len(body.read())) == (413, left)


# --- what nginx is told ---------------------------------------------------------------------------------------------
BY_NGINX = {"x-page-cache": "1"}


@pytest.fixture
def summit(settings: LazySettings) -> Summit:
    settings.BEHIND_PROXY = True
    return SummitFactory(public=True)


def test_a_public_page_is_kept_to_the_end_of_its_second(summit: Summit, client: Client) -> None:
    for path, status, for_browsers in (
        (f"/{summit.slug}/agenda/", 200, "public, no-cache"),
        # Shared caches behind nginx ask each time: seconds that were true once aren't later.
        (f"/{summit.slug}/press/", 200, "public, no-cache"),
        (f"/{summit.slug}/press/nothing/", 404, "no-store"),
        (f"/{summit.slug}/agenda", 301, "public, no-cache"),
    ):
        began = int(time.time())
        answer = client.get(path, headers=BY_NGINX)
        until = int(answer["X-Accel-Expires"].removeprefix("@"))
        assert began <= until <= time.time(), path
        assert answer["Cache-Control"] == "max-age=1, stale-while-revalidate=3", path
        assert (answer.status_code, answer["X-Page-Cache-Control"]) == (status, for_browsers), path
    # So is whoever has it still.
    path = f"/{summit.slug}/agenda/"
    etag = client.get(path)["ETag"]
    answer = client.get(path, headers={**BY_NGINX, "if-none-match": etag})
    assert (answer.status_code, "X-Accel-Expires" in answer) == (304, True)


def test_of_other_pages_nothing_is_told(summit: Summit, client: Client, settings: LazySettings) -> None:
    client.force_login(UserFactory.with_role(Role.ORGANISER, summit))
    paths = ("/portal/", "/portal/nothing/", "/portal/agenda", "/admin/", "/accounts/login/", "/")
    for path in (*paths, f"/{summit.slug}/press/subscribe/"):
        answer = client.get(path, headers=BY_NGINX)
        assert ("X-Accel-Expires" in answer, "X-Page-Cache-Control" in answer) == (False, False), path
    for proxy, headers in ((False, BY_NGINX), (True, {})):
        settings.BEHIND_PROXY = proxy
        answer = client.get(f"/{summit.slug}/agenda/", headers=headers)
        assert ("X-Accel-Expires" in answer, answer["Cache-Control"]) == (False, "public, no-cache")


def test_what_depends_on_who_asks_isnt_kept(summit: Summit, rf: RequestFactory) -> None:
    for method, cookie, vary, kept in (
        *(("GET", "", "Accept-Encoding", True), ("POST", "", "", False)),
        *(("GET", "a", "", False), ("GET", "", "Accept-Encoding, Cookie", False)),
    ):
        response = HttpResponse("words", headers={"Vary": vary} if vary else {})
        mark_same_for_everybody(response)
        if cookie:
            response.set_cookie(cookie, "1")
        middleware = PageCacheHeadersMiddleware(lambda _request, response=response: response)
        answer = middleware(rf.generic(method, "/a/", headers=BY_NGINX))
        assert ("X-Accel-Expires" in answer) is kept, (method, cookie, vary)


# --- a full disk ----------------------------------------------------------------------------------------------------
@pytest.fixture
def full() -> Iterator[None]:
    """Let the database's file grow no more."""
    f.UserFactory.create_batch(3)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def fill() -> None:
    """Store until nothing more fits, however small."""
    for size in (2000, 100, 1):
        for number in range(2000):
            try:
                cache.add(f"filler-{size}-{number}", "x" * size)
            except OperationalError:
                break
        else:
            raise AssertionError("it grows on")


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_signing_in_is_answered_by_503_and_not_by_too_often(full: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fill()
    said = {"login": "ada@land.example", "password": "correct-border-2025"}
    assert Client(raise_request_exception=False).post("/accounts/login/", said).status_code == 503
    # The control: Django's own cache answers as if it had been too often.
    monkeypatch.setattr(DatabaseCache, "add", db.DatabaseCache.add)
    assert Client(raise_request_exception=False).post("/accounts/login/", said).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_a_count_whose_commit_fails_was_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite writes what a transaction changed when it is committed."""
    monkeypatch.setattr(connection, "_commit", Mock(side_effect=OperationalError("database or disk is full")))
    with pytest.raises(OperationalError, match="disk is full"):
        cache.add("attempts", 1)
    # The control
    monkeypatch.setattr(DatabaseCache, "add", db.DatabaseCache.add)
    assert cache.add("attempts", 1) is False


@pytest.mark.once
def test_readiness_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(free=health.LEAST_FREE - 1))
    answer = client.get("/readyz")
    said = b"the disk is full: nothing can be written to the database\n"
    assert (answer.status_code, answer.content) == (503, said)


def test_what_was_sent_is_refused_with_that_reason() -> None:
    raised = problem(Exception("could not extend file"), sqlstate="53100")
    page = busy(RequestFactory().post("/border-security-2025/"), raised)
    assert (page.status_code, "The system's disk is full." in page.content.decode()) == (503, True)
    answer = json.loads(busy(RequestFactory().post("/api/v1/summits/"), raised).content)
    assert (answer["type"].partition("#")[2], answer["status"]) == ("full", 503)


@pytest.mark.postgresql
def test_postgresql_is_asked_for_room(client: Client) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {health._SORT}")
        assert '"Sort Space Type": "Disk"' in json.dumps(cursor.fetchone()[0])

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql != health._SORT:
            return execute(sql, params, many, context)
        raise problem(Exception("could not write to file"), sqlstate="53100")

    with connection.execute_wrapper(refuse):
        assert client.get("/readyz").content == b"the disk is full: nothing can be written to the database\n"


# --- moments as each language writes them ---------------------------------------------------------------------------
MOMENT = datetime(2025, 4, 1, 14, 30, tzinfo=UTC)


def said(language: str) -> list[str]:
    with override(language):
        return [formats.date_format(MOMENT, name) for name in ("DATETIME_FORMAT", "DATE_FORMAT", "TIME_FORMAT")]


# --- one line a request, and its id in the answer, in tasks and in mails --------------------------------------------
GIVEN = "proxy-0123456789"
MADE = re.compile(r"[0-9a-f]{32}")


class Request(dict[str, Any]):
    is_eager = False


class Task:
    name = "x"

    def __init__(self, sent: str | None) -> None:
        self.request = Request({REQUEST_ID: sent})


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    found = [record.__dict__["fields"] for record in caplog.records if record.name == "summit.requests"]
    caplog.clear()
    return found


def test_a_line_has_the_pattern_and_the_account(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="summit.requests")
    user = f.UserFactory()
    signed_in(user).get("/portal/?q=secret")
    (line,) = lines(caplog)
    assert (line["method"], line["route"], line["status"], line["account"]) == (
        "GET",
        "portal/",
        line["status"],
        user.pk,
    )
    assert (line["ms"] > 0, set(line)) == (True, {"request_id", "method", "route", "status", "ms", "account"})
    summit = f.SummitFactory()
    Client().get(f"/{summit.slug}/")
    (line,) = lines(caplog)
    assert (line["route"], line["status"], "account" in line) == ("<slug:summit>/", 200, False)
    for path in ("/healthz", "/readyz", "/metrics", "/static/nothing.css"):
        Client().get(path)
    assert lines(caplog) == []


@pytest.mark.parametrize("behind", [True, False])
def test_an_id_is_taken_from_a_proxy_alone(behind: bool, settings: Any) -> None:
    settings.BEHIND_PROXY = behind
    told = {
        given: Client().get("/accounts/login/", headers={"x-request-id": given})["X-Request-ID"]
        for given in (GIVEN, "short", "x" * 65, "with space", "line\nbreak")
    }
    assert (told.pop(GIVEN) == GIVEN) is behind
    assert all(MADE.fullmatch(one) for one in told.values())


def test_what_caches_share_has_none_and_an_error_has(monkeypatch: pytest.MonkeyPatch) -> None:
    summit = f.SummitFactory()
    for path in (f"/{summit.slug}/", f"/{summit.slug}/agenda/", f"/{summit.slug}/press/nothing/"):
        assert "X-Request-ID" not in Client().get(path).headers
    monkeypatch.setattr(public_views.summits, "get_summit", None)
    failed = Client(raise_request_exception=False).get(f"/{summit.slug}/theme.css")
    assert (failed.status_code, bool(MADE.fullmatch(failed["X-Request-ID"]))) == (500, True)


def test_a_task_takes_over_the_id_that_it_was_sent_with() -> None:
    headers: dict[str, object] = {}
    with request_ids.bound(GIVEN):
        signals.before_task_publish.send(sender="x", headers=headers)
    assert headers[REQUEST_ID] == GIVEN
    seen = []
    for sent in (GIVEN, "not an id!", None):
        task = Task(sent)
        signals.task_prerun.send(sender=task, task_id="task-1234")
        seen.append(request_ids.current_id())
        signals.task_postrun.send(sender=task, task_id="task-1234", state="SUCCESS")
    assert (seen, request_ids.current_id()) == ([GIVEN, "task-1234", "task-1234"], "")


def test_a_mail_and_what_is_logged_of_it_have_the_id(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    user = f.UserFactory()
    Client().post("/accounts/password/reset/", {"email": user.email}, headers={"x-request-id": GIVEN})
    message = Message.objects.get()
    assert message.request_id == GIVEN
    assert message_from_bytes(bytes(message.rendered))["X-Summit-Request-ID"] == GIVEN
    ids = []
    handler = logging.Handler()
    handler.emit = lambda record: ids.append(request_ids.current_id())  # type: ignore[method-assign]
    logger = logging.getLogger("summit.outbox.delivery")
    logger.addHandler(handler)
    caplog.set_level(logging.INFO, logger=logger.name)
    with transaction.atomic():
        delivery.deliver([message.pk])
    logger.removeHandler(handler)
    assert (ids, f"message {message.public_id} (system) was sent" in caplog.messages) == ([GIVEN], True)


def test_gunicorns_main_process_writes_the_same_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(**env: str) -> str:
        with monkeypatch.context() as patched:
            patched.setenv("PROMETHEUS_MULTIPROC_DIR", "/nowhere")
            for name in ("PRODUCTION", "SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS", "LOG_FORMAT"):
                patched.setenv(name, env.get(name, ""))
            record = logging.LogRecord("gunicorn.error", logging.INFO, "", 0, "Booting worker", None, None)
            line = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["_formatter"]().format(record)
        return "json" if line.startswith("{") and json.loads(line)["message"] == "Booting worker" else "text"

    assert [chosen(), chosen(SECRET_KEY="x"), chosen(PRODUCTION="1")] == ["text", "json", "json"]
    # Nor does an answer say which program this is.
    assert gunicorn.http.wsgi.SERVER == "Summit"
    assert [chosen(SECRET_KEY="x", LOG_FORMAT="text"), chosen(SECRET_KEY="x", PRODUCTION="0")] == ["text", "text"]
