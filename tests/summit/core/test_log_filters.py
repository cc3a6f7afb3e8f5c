"""What opens doors stands in no log."""

import logging
import logging.config
from unittest.mock import Mock

import pytest
from celery import signals
from django.conf import settings
from django.test import Client

from delegations.invitations.services import links
from summit.celery import configure_logging
from summit.core.log_filters import PersonalDataFilter, TokenFilter, without_tokens
from tests import factories as f

TOKEN = "Ab3_-" * 8 + "xyz9"


def test_tokens_are_left_out_of_addresses() -> None:
    for said, left in (
        (f"Not Found: /i/{TOKEN}/", "Not Found: /i/[hidden]/"),
        (f'"GET /i/{TOKEN}/?lang=fr HTTP/1.1" 303', '"GET /i/[hidden]/?lang=fr HTTP/1.1" 303'),
        (f"https://s.example/i/{TOKEN}", "https://s.example/i/[hidden]"),
        ("/portal/invitation/0123456789abcdef/", "/portal/invitation/0123456789abcdef/"),
    ):
        assert without_tokens(said) == left


def test_a_record_is_written_without_them() -> None:
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


def test_a_worker_logs_as_all_do_and_of_its_tasks_what_did_something(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
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


@pytest.mark.django_db
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
