"""What a process loads, counts and keeps, and how its work gives way to other writers."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import signals
from django.db import DatabaseError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from press.embargoes.services import bulk_decisions
from press.subscriptions.services import announcements
from summit.audit.actions import ACTION_WORDS
from summit.core import lock_yielding, process_metrics
from summit.core.metrics import exposition
from summit.core.process_cache import Memory, forget_all
from summit.maintenance import metrics as maintenance_metrics
from summit.outbox import delivery
from tests import factories as f
from tests.press.helpers import ago, approver, make_text
from tests.ratchets import at, broken, hold
from tests.sources import ROOT

pytestmark = pytest.mark.django_db
MONITORING = ROOT / "deploy" / "monitoring"
# What Prometheus and other exporters give.
OTHERS = {"summit_metrics_token"}
# A process that has just begun, and one that it forks: both count a request.
FRESH = """
import json, os, sys
import django
django.setup()
from django.conf import settings
from prometheus_client import generate_latest
from summit.audit.actions import ACTION_WORDS
from summit.core import error_reports, process_metrics

told = {"actions": list(ACTION_WORDS), "sentry": ["sentry_sdk" in sys.modules]}
settings.SENTRY_DSN = "https://key@sentry.example/1"
error_reports.start()
told["sentry"].append("sentry_sdk" in sys.modules)
child = os.fork()
process_metrics.count_request("x/", "GET", 200, 0.01)
if not child:
    os._exit(0)
os.waitpid(child, 0)
told["metrics"] = generate_latest(process_metrics.registry(several=True)).decode()
print(json.dumps(told))
"""


@pytest.mark.once
@pytest.mark.slow("starts Django in a process of its own")
def test_a_process_knows_all_actions_imports_no_sentry_and_adds_its_counts_to_others(tmp_path: Path) -> None:
    """The history may be read by a process that calls none of the services that declare actions."""
    env = {"DJANGO_SETTINGS_MODULE": "summit.settings", "SENTRY_DSN": "", "PATH": ""}
    env |= {process_metrics.DIRECTORY: str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FRESH], env=env, cwd=ROOT, check=True, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    assert set(told["actions"]) == set(ACTION_WORDS)
    # The control: with a DSN it is imported.
    assert told["sentry"] == [False, True]
    assert 'summit_http_requests_total{method="GET",route="x/",status="2xx"} 2.0' in told["metrics"]
    assert 'summit_http_request_seconds_count{route="x/"} 2.0' in told["metrics"]


# --- what it counts -------------------------------------------------------------------------------------------------
def value(name: str, **labels: str) -> float:
    return process_metrics.OWN.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_the_pattern_and_bounded() -> None:
    summit = f.SummitFactory()
    labels = {"route": "<slug:summit>/", "method": "GET", "status": "2xx"}
    before = value("summit_http_requests_total", **labels), value("summit_http_request_seconds_count", route="-")
    Client().get(f"/{summit.slug}/?q=x")
    for path in ("/a-b/c/d/e/f/", "/g-h/i/j/k/l/m/n/"):
        Client().generic("BREW", path)
    after = value("summit_http_requests_total", **labels), value("summit_http_request_seconds_count", route="-")
    assert (after[0] - before[0], after[1] - before[1]) == (1, 2)
    assert value("summit_http_requests_total", route="-", method="other", status="4xx") >= 2
    assert value("summit_http_requests_total", route="-", method="BREW", status="4xx") == 0


def test_queries_and_their_errors_are_counted() -> None:
    process_metrics.measure_connection(connection)
    process_metrics.measure_connection(connection)
    names = ("summit_database_query_seconds_count", "summit_database_query_errors_total")
    before = [value(name) for name in names]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert [value(name) - number for name, number in zip(names, before, strict=True)] == [2, 1]


def test_tasks_are_counted_by_name_and_outcome() -> None:
    class Task:
        name = "x.tasks.y"
        request = SimpleNamespace(is_eager=True)

    task = Task()
    for state in ("SUCCESS", "FAILURE", "FAILURE"):
        signals.task_prerun.send(sender=task, task_id="t")
        signals.task_postrun.send(sender=task, task_id="t", state=state)
    counted = [value("summit_tasks_total", task=task.name, outcome=outcome) for outcome in ("success", "failure")]
    assert counted == [1, 2]
    assert value("summit_task_seconds_total", task=task.name) > 0


def test_without_a_folder_one_of_several_processes_tells_no_counts(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for several in (False, True):
        page = Client().get("/metrics", **{"wsgi.multiprocess": several}).content
        assert (b"summit_http_requests" in page) is not several


def test_a_database_that_is_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> Any:
        raise DatabaseError("gone")

    assert b"summit_database_up 1.0" in exposition()
    monkeypatch.setattr(maintenance_metrics.Heartbeat.objects, "annotate", lambda **kwargs: down())
    found = exposition()
    said = [name in found for name in (b"summit_database_up 0.0", b"summit_outbox", b"summit_http_requests")]
    assert said == [True, False, True]


def names_given() -> set[str]:
    found = set()
    for family in text_string_to_metric_families(exposition().decode()):
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
        found |= {family.name + ending for ending in endings}
    return found


@pytest.mark.parametrize("file", ["alerts.yml", "grafana-dashboard.json", "prometheus.yml"])
def test_each_metric_that_is_watched_exists(file: str, settings: Any) -> None:
    settings.CLAMD_URL = "tcp://scanner:3310"
    named = set(re.findall(r"\bsummit_[a-z_]+", (MONITORING / file).read_text())) - OTHERS
    gone = [(at(MONITORING / file, each), each) for each in named - names_given()]
    hold(broken("No process gives it: write a metric of docs/monitoring.md.", gone))
    assert named or file == "prometheus.yml"


def test_each_metric_is_described(settings: Any) -> None:
    settings.CLAMD_URL = "tcp://scanner:3310"
    page = (ROOT / "docs" / "monitoring.md").read_text()
    families = {family.name for family in text_string_to_metric_families(exposition().decode())}
    alerts = re.findall(r"alert: (\w+)", (MONITORING / "alerts.yml").read_text())
    silent = [(at(MONITORING / "alerts.yml", name), name) for name in alerts if f"`{name}`" not in page]
    silent += [("docs/monitoring.md", name) for name in families if f"`{name}" not in page]
    hold(broken("Describe it in docs/monitoring.md.", silent))


# --- what it keeps --------------------------------------------------------------------------------------------------
def test_what_is_kept_is_made_once_and_the_oldest_goes() -> None:
    memory: Memory[str] = Memory(2)
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word

    assert [memory.ask(key, lambda key=key: make(key)) for key in ("a", "b", "a", "c", "a", "b")] == [*"abacab"]
    # "b" was not asked for longest when "c" came.
    assert made == ["a", "b", "c", "b"]
    assert len(memory) == 2
    forget_all()
    assert memory.get("a") is None


# --- how it gives way on SQLite ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("vendor", "inside", "worked", "waits"),
    [
        ("sqlite", False, lock_yielding.WORK, 1),
        ("sqlite", False, lock_yielding.WORK / 2, 0),
        ("sqlite", True, lock_yielding.WORK, 0),
        ("postgresql", False, lock_yielding.WORK, 0),
    ],
)
def test_others_get_a_turn(
    vendor: str, inside: bool, worked: float, waits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(lock_yielding, "connection", SimpleNamespace(vendor=vendor, in_atomic_block=inside))
    monkeypatch.setattr(lock_yielding, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=slept.append))
    taking = lock_yielding.Turns()
    clock.now += worked
    # Asked twice at once, only the first waits.
    for _each in range(2):
        taking.yield_if_due()
    assert slept == [lock_yielding.TURN] * waits


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Note each time that work asks whether others get a turn."""
    times: list[None] = []
    monkeypatch.setattr(lock_yielding.Turns, "yield_if_due", lambda self: times.append(None))
    return times


class TestWhoAsks:
    """Once for each of the transactions, and of none where there is nothing to do."""

    def test_each_message_each_decision_and_each_announcement(self, asked: list[None]) -> None:
        assert delivery.deliver([row.pk for row in f.MessageFactory.create_batch(3)]) == len(asked) == 3
        asked.clear()
        summit = f.SummitFactory()
        texts = [make_text(summit=summit, state="in_review", moment=ago(1)).version.text for _each in range(3)]
        bulk_decisions.decide(action=bulk_decisions.BULK_DECISIONS["approve"], texts=texts, by=approver(summit))
        assert len(asked) == 3
        asked.clear()
        assert announcements.announce_due() == len(asked) == 3
        asked.clear()
        assert announcements.announce_due() == len(asked) == 0
