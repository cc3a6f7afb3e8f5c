"""Reports to Sentry hold no personal data and no secret, and without a DSN its library isn't even imported."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import sentry_sdk
from django.db import IntegrityError
from sentry_sdk.transport import Transport

from summit.core import error_reports, request_ids
from summit.public import views as public_views
from tests import factories as f
from tests.canaries import MARK
from tests.clients import signed_in
from tests.summit.core.test_log_privacy import raises

pytestmark = pytest.mark.django_db
DSN = "https://key@sentry.example/1"


class Kept(Transport):
    """Keeps what would be sent."""

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


@pytest.mark.once
@pytest.mark.slow("starts Django twice")
def test_nothing_is_imported_where_no_dsn_is_set() -> None:
    code = "import sys, django; django.setup(); print('sentry_sdk' in sys.modules)"
    told = []
    for dsn in ("", DSN):
        env = {"DJANGO_SETTINGS_MODULE": "summit.settings", "SENTRY_DSN": dsn, "PATH": ""}
        told.append(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True))
    assert [each.stdout.strip() for each in told] == ["False", "True"]
