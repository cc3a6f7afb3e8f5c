"""How Celery is set up, and that the web never uses it."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings

from delegations.domain import nightly
from summit.celery import app
from summit.models import Heartbeat

ROOT = Path(settings.BASE_DIR)
APPS = ("summit", "delegations", "sessions", "press", "portal")


def sources() -> list[Path]:
    return sorted(path for name in APPS for path in (ROOT / name).rglob("*.py"))


def test_settings() -> None:
    assert current_app.conf.task_serializer == "json"
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.result_backend is None
    assert app.conf.task_ignore_result is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_soft_shutdown_timeout == 3.0
    assert app.conf.beat_scheduler == "celery.beat:Scheduler"
    assert app.conf.broker_connection_timeout == 2.0
    assert app.conf.enable_utc is True


def test_redis_is_given_up_on_after_two_seconds_and_lost_tasks_are_back_soon() -> None:
    options = app.conf.broker_transport_options
    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (2.0, 2.0)
    assert 1 <= options["unacked_restore_interval"] <= 2
    assert options["unacked_restore_throttle"] == 1
    assert options["visibility_timeout"] <= settings.OUTBOX_LEASE


def test_an_amqp_address_is_the_broker(tmp_path: Path) -> None:
    code = (
        "from summit.celery import app; c = app.connection_for_write(); "
        "print(c.transport_cls, app.conf.broker_transport_options, app.conf.broker_connection_timeout)"
    )
    variables = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "REDIS_URL": "amqp://u:p@rabbit.example//"}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    # None of Redis' own options reach it.
    assert done.stdout == "amqp {} 2.0\n"


def test_sweeps_run_often_and_expire() -> None:
    schedule = app.conf.beat_schedule
    assert {name: entry["task"] for name, entry in schedule.items()} == {
        "sweep-outbox": "outbox.tasks.sweep",
        "announce-publications": "press.tasks.announce_publications",
        "raise-alarms": "press.tasks.raise_alarms",
        "chain-audit": "summit.tasks.chain_audit",
        "clear-expired": "summit.tasks.clear_expired",
        "remind-parties": "delegations.tasks.remind",
        "sweep-hooks": "hooks.tasks.sweep",
        "sweep-work": "work.tasks.sweep",
        "purge": "delegations.tasks.purge",
    }
    assert schedule["sweep-outbox"]["schedule"] <= 2
    assert schedule["announce-publications"]["schedule"] <= 2
    assert schedule["sweep-work"]["schedule"] <= 2
    # Whatever the page says of the next purge.
    night = schedule["purge"]["schedule"]
    assert (night.hour, night.minute) == ({nightly.HOUR}, {nightly.MINUTE})
    assert all(entry["options"]["expires"] for entry in schedule.values())


def test_every_task_has_a_name_of_its_own() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == {
        "delegations.tasks.deliver_invitations",
        "delegations.tasks.deliver_codes",
        "delegations.tasks.deliver_reminders",
        "delegations.tasks.remind",
        "delegations.tasks.purge",
        "sessions.tasks.deliver_agenda_changes",
        "press.tasks.announce_publications",
        "press.tasks.raise_alarms",
        "press.tasks.deliver_announcements",
        "outbox.tasks.sweep",
        "outbox.tasks.deliver",
        "summit.tasks.chain_audit",
        "summit.tasks.clear_expired",
        "hooks.tasks.sweep",
        "hooks.tasks.work",
        "work.tasks.sweep",
        "work.tasks.run",
    }
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= ours


def test_every_kind_of_message_has_a_task() -> None:
    from summit.outbox.kinds import KINDS

    app.loader.import_default_modules()
    assert {kind.name: kind.task for kind in KINDS.values()} == {
        "system": "outbox.tasks.deliver",
        "welcome": "outbox.tasks.deliver",
        "webhook_off": "outbox.tasks.deliver",
        "sign_in_code": "delegations.tasks.deliver_codes",
        "invitation": "delegations.tasks.deliver_invitations",
        "invitation_test": "delegations.tasks.deliver_invitations",
        "reminder": "delegations.tasks.deliver_reminders",
        "focal_point": "delegations.tasks.deliver_invitations",
        "own_data": "delegations.tasks.deliver_invitations",
        "visa_letter": "delegations.tasks.deliver_invitations",
        "agenda_change": "sessions.tasks.deliver_agenda_changes",
        "floor_request": "sessions.tasks.deliver_agenda_changes",
        "place_free": "sessions.tasks.deliver_agenda_changes",
        "alarm": "press.tasks.deliver_announcements",
        "publication": "press.tasks.deliver_announcements",
        "withdrawal": "press.tasks.deliver_announcements",
        "subscription": "press.tasks.deliver_announcements",
    }
    assert {kind.task for kind in KINDS.values()} <= set(app.tasks)


def calls(path: Path) -> set[str]:
    """What a file would queue: names of calls, and keywords that put a task off."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("delay", "apply_async", "send_task"):
                found.add(node.func.attr)
            found |= {str(word.arg) for word in node.keywords if word.arg in ("eta", "countdown")}
    return found


def test_nothing_is_queued_but_by_the_sweeps() -> None:
    assert {str(path.relative_to(ROOT)): calls(path) for path in sources() if calls(path)} == {
        "summit/hooks/tasks.py": {"send_task"},
        "summit/outbox/tasks.py": {"send_task"},
        "summit/work/tasks.py": {"send_task"},
    }


def test_control_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text("task.delay(1)\ntask.apply_async(args=[1], countdown=5)\nf(eta=later)\n")
    assert calls(path) == {"delay", "apply_async", "countdown", "eta"}


@pytest.mark.django_db
def test_a_heartbeat_is_noted_and_renewed(django_assert_num_queries: Any) -> None:
    from summit.domain import upkeep

    upkeep.beat("sweep")
    first = Heartbeat.objects.get(pk="sweep").at
    with django_assert_num_queries(1):
        upkeep.beat("sweep")
    assert Heartbeat.objects.get(pk="sweep").at >= first
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_expired_sessions_are_cleared() -> None:
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session as BrowserSession
    from django.core.cache import cache

    from summit.tasks import clear_expired

    kept, gone = SessionStore(), SessionStore()
    gone.set_expiry(-10)
    for store in (kept, gone):
        store["x"] = 1
        store.save()
    clear_expired()
    assert list(BrowserSession.objects.values_list("session_key", flat=True)) == [kept.session_key]
    assert cache.get("upkeep") == 1
