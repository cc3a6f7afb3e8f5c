"""How Celery is set up, and that the web never uses it."""

import ast
import atexit
import gc
import logging.config
import os
import runpy
import socket
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import celery.apps.worker
import pytest
from celery import Celery, current_app, signals
from celery.apps.worker import safe_say
from celery.fixups.django import DjangoWorkerFixup
from celery.utils.quorum_queues import detect_quorum_queues
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as BrowserSession
from django.core import mail
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from summit import settings as module
from summit.celery import app, close_stale_connections, configure_logging
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.tasks import clear_expired
from tests.factories import PASSWORD, UserFactory
from tests.ratchets import hold, table
from tests.sources import calls, sources, text, tree
from tests.threads import at_once

QUEUES, LATER = ("delay", "apply_async", "send_task"), ("eta", "countdown", "expires")


def test_what_a_worker_that_died_held_comes_back_and_redis_is_given_up_on_after_two_seconds() -> None:
    assert (current_app.conf.task_serializer, list(app.conf.accept_content)) == ("json", ["json"])
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert (app.conf.worker_prefetch_multiplier, app.conf.worker_soft_shutdown_timeout) == (1, 3.0)
    assert (app.conf.result_backend, app.conf.task_ignore_result) == (None, True)
    options = app.conf.broker_transport_options
    limits = (options["socket_timeout"], options["socket_connect_timeout"], app.conf.broker_connection_timeout)
    assert limits == (2.0, 2.0, 2.0)
    assert 1 <= options["unacked_restore_interval"] <= 2
    assert options["unacked_restore_throttle"] == 1
    assert options["visibility_timeout"] <= settings.OUTBOX_LEASE


def test_an_amqp_address_is_the_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "environ", {"VAR_DIR": str(tmp_path), "REDIS_URL": "amqp://u:p@rabbit.example//"})
        found = {name: value for name, value in runpy.run_path(module.__file__).items() if name.startswith("CELERY_")}
    other = Celery("other", set_as_current=False)
    other.config_from_object(found, namespace="CELERY")
    # None of Redis' own options reach it.
    assert other.connection_for_write().transport_cls == "amqp"
    options = (other.conf.broker_transport_options, other.conf.broker_connection_timeout, other.conf.broker_heartbeat)
    assert options == ({"confirm_publish": True}, 2.0, 10)
    # RabbitMQ can keep quorum queues on several nodes, and Celery limits their tasks in another way.
    types = {queue.name: queue.queue_arguments["x-queue-type"] for queue in other.amqp.queues.values()}
    assert types == dict.fromkeys(("celery", "mail", "webhooks", "jobs"), "quorum")
    assert detect_quorum_queues(other, "amqp")[0]


def test_a_broker_on_another_host_that_is_cut_off_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "environ", {"VAR_DIR": str(tmp_path), "REDIS_URL": "redis://valkey.example/0"})
        options = runpy.run_path(module.__file__)["CELERY_BROKER_TRANSPORT_OPTIONS"]
    keepalive = options["socket_keepalive_options"]
    assert options["socket_keepalive"]
    assert keepalive[socket.TCP_KEEPIDLE] + keepalive[socket.TCP_KEEPINTVL] * keepalive[socket.TCP_KEEPCNT] <= 15
    # A socket on this host has no use for it.
    assert "socket_keepalive_options" not in settings.CELERY_BROKER_TRANSPORT_OPTIONS


def test_a_database_that_is_cut_off_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def options(url: str) -> dict[str, object]:
        with monkeypatch.context() as patched:
            patched.setattr(os, "environ", {"VAR_DIR": str(tmp_path), "DATABASE_URL": url})
            return runpy.run_path(module.__file__)["DATABASES"]["default"]["OPTIONS"]

    several = options("postgres://u:p@one.example:5432,two.example:5432/s?target_session_attrs=read-write")
    assert several["target_session_attrs"] == "read-write"
    assert (several["connect_timeout"], several["tcp_user_timeout"], several["keepalives_idle"]) == (3, 5000, 5)
    assert options("postgres://u:p@one.example/s?connect_timeout=20")["connect_timeout"] == 20


def test_what_may_hang_has_a_queue_of_its_own() -> None:
    app.loader.import_default_modules()
    own = {name for name in app.tasks if not name.startswith("celery.")}
    found: dict[str, set[str]] = {}
    for name in own:
        found.setdefault(app.amqp.router.route({}, name)["queue"].name, set()).add(name)
    assert found == {
        "mail": {kind.task for kind in KINDS.values()},
        "webhooks": {"webhooks.tasks.work"},
        "jobs": {"jobs.tasks.run", "summit.tasks.scan"},
        "celery": {entry["task"] for entry in app.conf.beat_schedule.values()},
    }


def test_workers_and_beat_close_their_connections_and_leave_their_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this order, or SQLite's log would stay: what is registered last runs first."""
    registered: list[Any] = []
    monkeypatch.setattr(atexit, "register", registered.append)
    for started in (signals.celeryd_init, signals.beat_init):
        started.send(None)
    assert registered == [gc.freeze, connections.close_all] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("guarded", [True, False])
def test_a_worker_keeps_its_connection_until_its_time_is_over(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not guarded:
        # The control: Celery closes it after each task.
        monkeypatch.setitem(app.conf, "CELERY_DB_REUSE_MAX", None)
    fixup = DjangoWorkerFixup(app)
    task = SimpleNamespace(request=SimpleNamespace(is_eager=False))

    def kept_and_kept_too_long() -> list[bool]:
        connection.ensure_connection()
        opened = connection.connection
        found = []
        for over in (3600.0, -1.0):
            connection.close_at = time.monotonic() + over
            fixup.on_task_postrun(task)
            close_stale_connections(sender=task)
            found.append(opened is not None and connection.connection is opened)
        return found

    assert at_once(kept_and_kept_too_long) == [[guarded, False]]


def queues(path: Path) -> dict[str, str]:
    """Return what a file would queue, names of calls and keywords that put a task off, with where it does."""
    found = list(calls(tree(path))) if any(name in text(path) for name in (*QUEUES, *LATER)) else []
    methods = [(each.func.attr, each) for each in found if isinstance(each.func, ast.Attribute)]
    names = [(name, call) for name, call in methods if name in QUEUES]
    names += [(str(word.arg), each) for each in found for word in each.keywords if word.arg in LATER]
    return {f"{path}: {name}": f"{path}:{call.lineno}" for name, call in names}


@pytest.mark.slow("reads every file of the source")
def test_nothing_is_queued_but_by_the_sweeps(tmp_path: Path) -> None:
    found = {name: where for path in sources() for name, where in queues(path).items()}
    sweeps = {f"summit/{each}tasks.py: send_task" for each in ("", "jobs/", "outbox/", "webhooks/")}
    todo = "Store a row that a sweep finds: what is queued is lost with the broker."
    hold(table(found, sweeps, f"{__file__} sweeps", todo))
    # The control: the search finds what it looks for.
    path = tmp_path / "bad.py"
    path.write_text("task.delay(1)\ntask.apply_async(args=[1], countdown=5)\nf(eta=later, expires=3)\n")
    names = {name.rpartition(" ")[2] for name in queues(path)}
    assert names == {"delay", "apply_async", "countdown", "eta", "expires"}


def test_that_a_worker_ends_is_a_record_of_the_log(capfd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.apps.worker.safe_say", safe_say)
    monkeypatch.setattr(logging.config, "dictConfig", lambda _config: None)
    configure_logging()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    with monkeypatch.context() as patched:
        patched.setattr(logging.root, "handlers", [handler])
        celery.apps.worker.safe_say("worker: Warm shutdown (MainProcess)", sys.__stdout__)
    assert capfd.readouterr() == ("", "INFO celery.apps.worker: worker: Warm shutdown (MainProcess)\n")


@pytest.mark.django_db
def test_expired_sessions_are_cleared() -> None:
    kept, gone = SessionStore(), SessionStore()
    gone.set_expiry(-10)
    for store in (kept, gone):
        store["x"] = 1
        store.save()
    clear_expired()
    assert list(BrowserSession.objects.values_list("session_key", flat=True)) == [kept.session_key]
    assert cache.get("upkeep") == 1


# --- the web alone --------------------------------------------------------------------------------------------------
@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Refuse and list every connection that Python would open."""
    tried: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> None:
        tried.append(address)
        raise OSError("refused by the test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return tried


@pytest.mark.django_db
def test_a_forgotten_password_needs_neither(client: Client, attempts: list[Any], settings: Any) -> None:
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    UserFactory(email="zoe@host.example")
    response = client.post("/accounts/password/reset/", {"email": "zoe@host.example"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/password/reset/done/")
    assert client.get("/accounts/password/reset/done/").status_code == 200
    message = Message.objects.get()
    assert (message.kind, message.address, message.state) == ("system", "zoe@host.example", "pending")
    assert b"/accounts/password/reset/key/" in bytes(message.rendered)
    assert (attempts, mail.outbox) == ([], [])


@pytest.mark.django_db
def test_pages_and_signing_in_need_neither(client: Client, attempts: list[Any]) -> None:
    for path in ("/healthz", "/readyz", "/robots.txt", "/api/v1/summits/", "/accounts/login/"):
        assert client.get(path).status_code == 200
    response = client.post("/accounts/login/", {"login": UserFactory().email, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/portal/")
    assert attempts == []


@pytest.mark.django_db
def test_control_a_queued_task_would_be_seen(attempts: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.conf.broker_transport_options, "max_retries", 0)
    with pytest.raises(Exception, match=r"refused by the test|Error"):
        current_app.send_task("summit.tasks.sweep", retry=False)
    assert attempts != []


@pytest.mark.slow_in_transaction("the control sends mail in the request, as the product never does")
@pytest.mark.django_db
def test_control_mail_sent_at_once_would_be_seen(client: Client, attempts: list[Any], settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    UserFactory(email="zoe@host.example")
    with pytest.raises(OSError, match="refused by the test"):
        client.post("/accounts/password/reset/", {"email": "zoe@host.example"})
    assert attempts == [("127.0.0.1", 9)]
