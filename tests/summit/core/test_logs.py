"""No log and no report holds personal data or a secret, in no format, whatever goes wrong."""

import io
import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
import sentry_sdk
from celery import signals
from django.conf import settings
from django.db import DatabaseError, IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from sentry_sdk.transport import Transport

from delegations.invitations.services import links
from delegations.members.models.members import Membership
from summit.celery import configure_logging
from summit.core import error_reports, log_filters, log_formats, request_ids
from summit.core.exception_text import described, traceback_text
from summit.core.log_filters import PersonalDataFilter, TokenFilter, without_tokens
from summit.jobs import job_kinds, runner
from summit.jobs.models.jobs import Job
from summit.outbox import delivery, mime, smtp_connection
from summit.outbox.models import Message
from summit.outbox.tasks import deliver as deliver_task
from summit.people.models import Person
from summit.public import views as public_views
from summit.users.models import User
from summit.webhooks import delivery as webhook_delivery
from summit.webhooks import payload
from tests import factories as f
from tests.canaries import MARK
from tests.canary_person import NAME, known_person
from tests.clients import signed_in
from tests.module_fixtures import once_a_module

pytestmark = pytest.mark.django_db
FORMATS = ("json", "text")
TOKEN = "Ab3_-" * 8 + "xyz9"


@once_a_module
def world() -> tuple[Person, User]:
    """Make somebody with a canary in each personal column, and an organiser."""
    return known_person()


@pytest.fixture
def logs() -> Iterator[dict[str, io.StringIO]]:
    """Give what is logged meanwhile in each format, as production writes it, from DEBUG on."""
    found = {}
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = []
    for name in FORMATS:
        found[name] = io.StringIO()
        handler = logging.StreamHandler(found[name])
        handler.setFormatter(import_string(settings.LOGGING["formatters"][name]["()"])(values=False))
        for each in settings.LOGGING["handlers"]["console"]["filters"]:
            handler.addFilter(import_string(settings.LOGGING["filters"][each]["()"])())
        handlers.append(handler)
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    # Of the tests themselves.
    logging.getLogger("factory").setLevel(logging.INFO)
    yield found
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def raises(kind: type[Exception], words: str = NAME) -> Callable[..., Any]:
    """Return a function that raises an exception that quotes a name, which is in a local variable too."""

    def fail(*args: Any, **kwargs: Any) -> Any:
        local = NAME  # noqa: F841 - no traceback may show it
        try:
            raise ValueError(f"couldn't read {words}")
        except ValueError as cause:
            # PostgreSQL's first line has no values.
            first = "null value in a column" if issubclass(kind, DatabaseError) else f"{words} <{MARK}@land.example>"
            raise kind(f"{first}\nDETAIL: Failing row contains ({words})") from cause

    return fail


def browse(person: Person, organiser: User) -> None:
    """Open the pages about somebody, send forms that are refused, look for them, and fail to sign in as them."""
    desk, nobody = signed_in(organiser), Client(raise_request_exception=False)
    membership = Membership.objects.filter(person=person).first()
    message = Message.objects.filter(person=person).first()
    for row in (person, membership, membership and membership.party, message):
        assert row is not None
        path = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        assert desk.get(path, {"q": MARK}).status_code in (200, 302)
        desk.post(path, {"name": NAME, "email": f"{MARK} at nowhere", "passport_number": MARK})
    for path in (f"/{MARK}/agenda/", f"/portal/person/{MARK}/", f"/api/v1/summits/{MARK}/?name={MARK}"):
        assert nobody.get(path, {"q": NAME}).status_code in (302, 404)
    nobody.post("/accounts/login/", {"login": f"{MARK}-account@land.example", "password": f"{MARK}-secret"})
    nobody.post("/accounts/password/reset/", {"email": f"{MARK}@land.example"})
    nobody.get("/accounts/password/reset/key/3k-set-password/")
    nobody.get("/api/v1/me/", headers={"authorization": f"Bearer {MARK}-token"})
    nobody.get("/", headers={"host": f"{MARK}.example"})
    link = membership and membership.party.invitations.get().links.first()
    assert link is not None
    nobody.get(f"/i/{links.token(link)}/")
    strict = Client(enforce_csrf_checks=True)
    for headers in ({"origin": f"https://{MARK}.example"}, {"referer": f"https://x.example/{MARK}"}):
        assert strict.post("/accounts/login/", {"login": MARK}, secure=True, headers=headers).status_code == 403


def fail(organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages, mails, webhooks and jobs fail by exceptions that quote canaries."""
    client = Client(raise_request_exception=False)
    for kind, status in ((ValueError, 500), (IntegrityError, 500), (UnicodeError, 500)):
        with monkeypatch.context() as patched:
            patched.setattr(public_views.Summit.objects, "open_to_public", raises(kind))
            assert client.get("/", {"q": NAME}).status_code == status
    for module, name in ((mime, "render"), (smtp_connection.MailConnection, "send")):
        unrendered = f.MessageFactory(address=f"{MARK}-to@land.example", facts={"name": NAME})
        Message.objects.filter(pk=unrendered.pk).update(**({"rendered": None} if module is mime else {}))
        with monkeypatch.context() as patched:
            patched.setattr(module, name, raises(OSError))
            assert delivery.deliver([unrendered.pk]) == 0
    row = f.DeliveryFactory(endpoint__url=f"https://{MARK}.example/{MARK}")
    with monkeypatch.context() as patched:
        patched.setattr(payload, "body", raises(KeyError))
        webhook_delivery.work(row.endpoint_id)
    with monkeypatch.context() as patched:
        patched.setattr(delivery, "deliver", raises(DatabaseError))
        assert deliver_task.apply(args=[[1]]).state == "FAILURE"
    kind = next(iter(job_kinds.KINDS))
    job = Job.objects.create(kind=kind, by=organiser, key=MARK)
    with monkeypatch.context() as patched:
        patched.setattr(runner, "step", raises(LookupError))
        runner.run(job.pk)


def gunicorn_fails() -> None:
    log = logging.getLogger("gunicorn.error")
    try:
        raises(RuntimeError)()
    except RuntimeError:
        log.exception("Error handling request %s", f"/{MARK}/?q={MARK}")
    log.warning(f"Invalid request from ip=192.0.2.7: {MARK}")


@pytest.mark.slow("opens pages, and lets mails, webhooks and jobs fail")
def test_nothing_of_a_person_is_logged(
    world: tuple[Person, User], logs: dict[str, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, organiser = world
    browse(person, organiser)
    fail(organiser, monkeypatch)
    gunicorn_fails()
    for stream in logs.values():
        assert [line for line in stream.getvalue().splitlines() if MARK in line.casefold()] == []
    lines = [json.loads(line) for line in logs["json"].getvalue().splitlines()]
    requests = [line for line in lines if line["logger"] == "summit.requests"]
    assert {line["status"] for line in requests} >= {200, 302, 401, 403, 404, 500}
    assert {line.get("account") for line in requests} == {None, organiser.pk}
    assert {"i/<token>/", "-"} & {line["route"] for line in requests} != set()
    failed = {line["logger"] for line in lines if "traceback" in line}
    assert failed == {
        *("django.request", "summit.outbox.delivery", "summit.webhooks.delivery", "summit.jobs.runner"),
        *("celery.app.trace", "gunicorn.error"),
    }
    # Each request that failed is found by its id.
    ids = {line["request_id"] for line in lines if line["logger"] == "django.request"}
    assert ids == {line["request_id"] for line in requests if line["status"] == 500}


def test_control_without_filters_and_with_values(
    world: tuple[Person, User], logs: dict[str, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_filters.PersonalDataFilter, "filter", lambda self, record: True)
    monkeypatch.setattr(log_formats, "traceback_text", lambda problem: f"{problem}")
    monkeypatch.setattr(log_formats, "described", str)
    for step in (lambda: Client().get(f"/{MARK}/agenda/"), lambda: fail(world[1], monkeypatch)):
        step()
        for stream in logs.values():
            assert MARK in stream.getvalue().casefold()
            stream.seek(0)
            stream.truncate()


def test_exceptions_are_told_without_values() -> None:
    with pytest.raises(IntegrityError) as raised:
        raises(IntegrityError)()
    assert described(raised.value) == "django.db.utils.IntegrityError: null value in a column"
    whole = traceback_text(raised.value)
    assert MARK not in whole
    assert "ValueError (message withheld)\nThis was the direct cause of:\nTraceback (most recent call last):" in whole
    assert "in fail" in whole
    for problem, told in (
        (ValueError("x"), "ValueError (message withheld)"),
        (KeyError(), "KeyError"),
        (AttributeError("'A' object has no attribute 'b'"), "AttributeError: 'A' object has no attribute 'b'"),
        (TypeError("'NoneType' object is not iterable"), "TypeError: 'NoneType' object is not iterable"),
        (TypeError("Field 'id' expected a number but got ['x']."), "TypeError (message withheld)"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: Connection refused"),
    ):
        assert described(problem) == told
    group = traceback_text(ExceptionGroup("x", [ValueError("y")]))
    assert group.endswith("Exception 1 of the group:\nValueError (message withheld)")


# --- what opens doors -----------------------------------------------------------------------------------------------
def test_tokens_are_left_out_of_addresses() -> None:
    for said, left in (
        (f"Not Found: /i/{TOKEN}/", "Not Found: /i/[hidden]/"),
        (f'"GET /i/{TOKEN}/?lang=fr HTTP/1.1" 303', '"GET /i/[hidden]/?lang=fr HTTP/1.1" 303'),
        (f"https://s.example/i/{TOKEN}", "https://s.example/i/[hidden]"),
        ("/portal/invitation/0123456789abcdef/", "/portal/invitation/0123456789abcdef/"),
    ):
        assert without_tokens(said) == left
    # So is a record.
    for path, said in ((f"/i/{TOKEN}/", "Gone: /i/[hidden]/"), ("/x/", "Gone: /x/")):
        found = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Gone", path), None)
        assert (TokenFilter().filter(found), found.getMessage()) == (True, said)


def test_every_handler_leaves_them_out_and_none_sends_mail() -> None:
    kept = settings.LOGGING
    assert all("tokens" in handler["filters"] for handler in kept["handlers"].values())
    for name in ("django", "django.server"):
        assert (kept["loggers"][name]["handlers"], kept["loggers"][name]["propagate"]) == ([], True)
    # As it was set up, with what Django brings by itself.
    for name in ("django", "django.server", "django.request"):
        assert logging.getLogger(name).handlers == []


def test_a_worker_logs_what_did_something(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up = Mock()
    monkeypatch.setattr(logging.config, "dictConfig", set_up)
    receivers = signals.setup_logging.send(sender="x", loglevel="WARNING")
    assert (receivers, set_up.call_args.args) == ([(configure_logging, None)], (settings.LOGGING,))
    trace, said = logging.getLogger("celery.app.trace"), {}
    assert (trace.getEffectiveLevel(), trace.propagate) == (logging.INFO, True)
    for returned in ("None", "0", "12"):
        with caplog.at_level(logging.INFO):
            trace.info("Task %(name)s succeeded: %(return_value)s", {"name": "x", "return_value": returned})
        said[returned] = [entry.getMessage() for entry in caplog.records if entry.name == "celery.app.trace"]
        caplog.clear()
    trace.error("Task %(name)s raised", {"name": "x"})
    assert (said, caplog.records[-1].getMessage()) == (
        {"None": [], "0": [], "12": ["Task x succeeded: 12"]},
        "Task x raised",
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_links_token_is_logged_and_control_it_would_be(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    link = f.InvitationLinkFactory(**({"revoked_at": f.START} if method == "get" else {}))
    token, told = links.token(link), []
    written: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: written.append(record.getMessage())  # type: ignore[method-assign]
    for each in (PersonalDataFilter(), TokenFilter()):
        handler.addFilter(each)
    logging.getLogger().addHandler(handler)
    try:
        for hidden in (True, False):
            if not hidden:
                for kind in (PersonalDataFilter, TokenFilter):
                    monkeypatch.setattr(kind, "filter", lambda self, record: True)
            written.clear()
            getattr(Client(), method)(f"/i/{token}/")
            told.append(any(token in line for line in written))
    finally:
        logging.getLogger().removeHandler(handler)
    assert told == [False, True]


# --- reports to Sentry ----------------------------------------------------------------------------------------------
DSN = "https://key@sentry.example/1"


class Kept(Transport):
    sent: list[str] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.sent += [json.dumps(item.payload.json) for item in envelope.items]


@pytest.fixture
def reports(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Start reporting as production does, and give the reports, which go nowhere."""
    settings.SENTRY_DSN = DSN
    real = sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: real(transport=Kept, **options))
    Kept.sent = []
    error_reports.start()
    yield Kept.sent
    sentry_sdk.get_client().close()
    monkeypatch.undo()
    sentry_sdk.get_global_scope().set_client(None)


def report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page and a log tell of an error with canaries everywhere."""
    user = f.UserFactory(email=f"{MARK}@land.example", name=f"{MARK} Ünal")
    browser = signed_in(user)
    browser.raise_request_exception = False
    for kind in (ValueError, IntegrityError):
        with monkeypatch.context() as patched:
            patched.setattr(public_views.Summit.objects, "open_to_public", raises(kind))
            answer = browser.get("/", {"q": MARK}, headers={"referer": f"https://x.example/{MARK}"})
            assert answer.status_code == 500
    logging.getLogger("summit.x").error("message %s has failed: %s", "m1", f"{MARK}")
    logging.getLogger("summit.x").error(f"about {MARK}")


def test_a_report_is_scrubbed(reports: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    report(monkeypatch)
    assert reports != []
    assert [text for text in reports if MARK in text] == []
    whole = [json.loads(text) for text in reports]
    names = {name for each in whole for name in each}
    assert names & {"request", "user", "breadcrumbs", "extra", "contexts", "server_name", "modules"} == set()
    failed = next(each for each in whole if "exception" in each)
    assert [value["type"] for value in failed["exception"]["values"]] == ["ValueError", "ValueError"]
    assert "vars" not in json.dumps(failed)
    assert failed["release"].startswith("summit@")
    assert len(failed["tags"]["request_id"]) == 32
    assert "null value in a column" in json.dumps(whole)
    assert "message %s has failed: %s" in json.dumps(whole)


def test_control_without_the_filter(reports: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    sentry_sdk.get_client().options["before_send"] = None
    report(monkeypatch)
    assert [text for text in reports if MARK in text] != []


def test_the_route_is_a_pattern_and_never_a_path() -> None:
    request = SimpleNamespace(method="GET", resolver_match=SimpleNamespace(route="i/<token>/"))
    record = logging.LogRecord("x", logging.ERROR, "", 0, "x", None, None)
    record.request = request
    with request_ids.bound("abcdefgh"):
        found = error_reports.scrubbed({"transaction": "/i/abc/", "request": {}}, {"log_record": record})
    assert (found["transaction"], found["tags"]) == ("GET i/<token>/", {"request_id": "abcdefgh"})
    record = logging.LogRecord("celery.app.trace", logging.ERROR, "", 0, "x", None, None)
    record.data = {"name": "outbox.tasks.deliver", "args": "(1,)"}
    assert error_reports.scrubbed({}, {"log_record": record})["transaction"] == "outbox.tasks.deliver"


def beat_fails(logger: logging.Logger) -> None:
    """Log what beat logs of a task that it can't send, with the stack from which it tried."""
    try:
        try:
            raise ConnectionRefusedError("refused")
        except OSError as problem:
            raise RuntimeError("Couldn't apply scheduled task sweep: refused") from problem
    except RuntimeError as problem:
        logger.error("Message Error: %s\n%s", problem, ["a line\n"] * 40, exc_info=True)


def test_trouble_with_the_broker_is_one_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    said, now = io.StringIO(), [1000.0]
    handler = logging.StreamHandler(said)
    handler.addFilter(log_filters.BrokerFilter())
    logger = logging.Logger("celery.beat")
    logger.addHandler(handler)
    monkeypatch.setattr(log_filters.time, "monotonic", lambda: now[0])
    for second in (0, 1, 30, 59, 61):
        now[0] = 1000.0 + second
        beat_fails(logger)
        logger.error("beat: Connection error: %s. Trying again in %s seconds...", OSError("refused"), 2)
    logger.error("Another error: %s", "x")
    first, again = "Message Error: Couldn't apply scheduled task sweep: refused", "beat: Connection error: refused."
    more = " (3 times more since the last line)"
    assert said.getvalue().splitlines() == [
        *(first, f"{again} Trying again in 2 seconds..."),
        *(first + more, f"{again} Trying again in 2 seconds...{more}"),
        "Another error: x",
    ]
    # The control: without the filter each has its stack.
    handler.filters.clear()
    beat_fails(logger)
    assert said.getvalue().count("Traceback") == 2
