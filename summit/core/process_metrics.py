"""Counters of what this process does: requests, queries of the database, tasks.

Each process counts for itself, in files of the directory PROMETHEUS_MULTIPROC_DIR, which all processes of a machine
share; /metrics adds them up. Without the directory, /metrics of a server with one process is complete, and a server
with several leaves them out (`exposition`). prometheus-client reads the variable when it is imported.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from celery import signals
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector

# Of each counter when it began: twice the series, and nothing that anybody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
OWN = CollectorRegistry()
# Anybody can send other methods. Each value of a label is a time series for ever.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter(
    "summit_http_requests",
    "Requests by route, method and class of status.",
    ["route", "method", "status"],
    registry=OWN,
)
REQUEST_SECONDS = Histogram(
    "summit_http_request_seconds",
    "Seconds from a request to its response, by route.",
    ["route"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
    registry=OWN,
)
QUERY_SECONDS = Histogram(
    "summit_database_query_seconds",
    "Seconds that queries of the database took.",
    buckets=(0.001, 0.005, 0.025, 0.1, 0.5, 2.5),
    registry=OWN,
)
QUERY_ERRORS = Counter("summit_database_query_errors", "Queries of the database that raised an error.", registry=OWN)
TASKS = Counter("summit_tasks", "Tasks of workers by name and outcome.", ["task", "outcome"], registry=OWN)
TASK_SECONDS = Counter("summit_task_seconds", "Seconds that tasks of workers took, by name.", ["task"], registry=OWN)


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one request by the pattern of its URL. `seconds` is how long it took."""
    REQUESTS.labels(route, method if method in METHODS else "other", f"{status // 100}xx").inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


def measure_query(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Execute a query and count it (a wrapper for `connection.execute_wrappers`)."""
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except Exception:
        QUERY_ERRORS.inc()
        raise
    finally:
        QUERY_SECONDS.observe(time.perf_counter() - started)


def measure_connection(connection: Any, **kwargs: object) -> None:
    """Have the queries of a new connection counted (a receiver of `connection_created`)."""
    if measure_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(measure_query)


_started: dict[str, float] = {}


@signals.task_prerun.connect
def begin_task(task_id: str, **kwargs: object) -> None:
    """Remember when a task began."""
    _started[task_id] = time.perf_counter()


@signals.task_postrun.connect
def count_task(task_id: str, sender: Any, state: str | None = None, **kwargs: object) -> None:
    """Count a task that has ended. `state` is Celery's word for how."""
    TASKS.labels(sender.name, (state or "unknown").lower()).inc()
    TASK_SECONDS.labels(sender.name).inc(time.perf_counter() - _started.pop(task_id, time.perf_counter()))


def registry(*, several: bool) -> CollectorRegistry | None:
    """Return what all processes of this machine counted, or None if that isn't known.

    `several` says whether this server has several processes.
    """
    directory = os.environ.get(DIRECTORY, "")
    if directory and os.path.isdir(directory):
        together = CollectorRegistry()
        MultiProcessCollector(together, path=directory)  # type: ignore[no-untyped-call]
        return together
    return None if several else OWN
