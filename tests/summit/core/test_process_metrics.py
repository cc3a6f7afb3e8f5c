"""What processes count for /metrics, and what is told where they can't know of each other."""

import os
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

from summit.core import process_metrics
from summit.core.metrics import exposition
from summit.maintenance import metrics as maintenance_metrics
from summit.maintenance.models import Heartbeat
from tests import factories as f

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
MONITORING = ROOT / "deploy" / "monitoring"
# What Prometheus and other exporters give.
OTHERS = {"summit_metrics_token"}


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


def test_without_a_folder_one_of_several_processes_tells_no_counts(tmp_path: Path, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    told = [
        b"summit_http_requests" in Client().get("/metrics", **{"wsgi.multiprocess": several}).content
        for several in (False, True)
    ]
    assert told == [True, False]


@pytest.mark.once
@pytest.mark.slow("starts two processes")
def test_processes_are_added_up_in_a_folder(tmp_path: Path) -> None:
    code = (
        "from summit.core import process_metrics as m; m.count_request('x/', 'GET', 200, 0.01);"
        "from prometheus_client import generate_latest as g; print(g(m.registry(several=True)).decode())"
    )
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    found = ""
    for _process in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, cwd=ROOT, check=True, capture_output=True, text=True
        )
        found = done.stdout
    assert 'summit_http_requests_total{method="GET",route="x/",status="2xx"} 2.0' in found
    assert 'summit_http_request_seconds_count{route="x/"} 2.0' in found


def test_a_database_that_is_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> Any:
        raise DatabaseError("gone")

    assert b"summit_database_up 1.0" in exposition()
    monkeypatch.setattr(maintenance_metrics.Heartbeat.objects, "annotate", lambda **kwargs: down())
    found = exposition()
    assert (b"summit_database_up 0.0" in found, b"summit_outbox" in found, b"summit_http_requests" in found) == (
        *(True, False, True),
    )


def test_a_sweep_is_late_by_what_is_over_its_interval() -> None:
    Heartbeat.objects.create(name="sweep", at=f.START)
    found = exposition().decode()
    numbers = [
        float(line.split()[-1])
        for name in ("summit_sweep_seconds", "summit_sweep_lag_seconds")
        for line in found.splitlines()
        if line.startswith(f'{name}{{sweep="sweep"}}')
    ]
    assert (len(numbers), round(numbers[0] - numbers[1])) == (2, 1)


def names_given() -> set[str]:
    """Return the names of all series that /metrics may give."""
    found = set()
    for family in text_string_to_metric_families(exposition().decode()):
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
        found |= {family.name + ending for ending in endings}
    return found


@pytest.mark.parametrize("file", ["alerts.yml", "grafana-dashboard.json", "prometheus.yml"])
def test_each_metric_that_is_watched_exists(file: str, settings: Any) -> None:
    settings.CLAMD_URL = "tcp://scanner:3310"
    named = set(re.findall(r"\bsummit_[a-z_]+", (MONITORING / file).read_text())) - OTHERS
    assert named - names_given() == set()
    assert named or file == "prometheus.yml"


def test_each_metric_is_described(settings: Any) -> None:
    settings.CLAMD_URL = "tcp://scanner:3310"
    page = (ROOT / "docs" / "monitoring.md").read_text()
    families = {family.name for family in text_string_to_metric_families(exposition().decode())}
    assert {name for name in families if f"`{name}" not in page} == set()
    alerts = re.findall(r"alert: (\w+)", (MONITORING / "alerts.yml").read_text())
    assert [name for name in alerts if f"`{name}`" not in page] == []
