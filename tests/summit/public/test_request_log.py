"""One line a request, and its id in the answer, in tasks and in mails."""

import json
import logging
import re
import runpy
from email import message_from_bytes
from pathlib import Path
from typing import Any

import gunicorn.http.wsgi
import pytest
from celery import signals
from django.db import transaction
from django.test import Client

from summit.celery import REQUEST_ID
from summit.core import request_ids
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.public import views as public_views
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
GIVEN = "proxy-0123456789"
MADE = re.compile(r"[0-9a-f]{32}")
ROOT = Path(__file__).resolve().parents[3]


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
