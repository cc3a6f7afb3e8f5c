"""What /metrics tells: gauges read from the database, and what the processes of this machine counted.

Each app registers functions that yield gauges.
"""

from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from summit.core import process_metrics

# (name, description, rows of (labels, value))
Gauge = tuple[str, str, Iterable[tuple[dict[str, str], float]]]
_sources: list[Callable[[], Iterable[Gauge]]] = []


def source(function: Callable[[], Iterable[Gauge]]) -> Callable[[], Iterable[Gauge]]:
    """Register a function that yields gauges; a decorator."""
    _sources.append(function)
    return function


def _family(name: str, what: str, rows: Iterable[tuple[dict[str, str], float]]) -> GaugeMetricFamily:
    samples = list(rows)
    labels = sorted({key for keys, _value in samples for key in keys})
    family = GaugeMetricFamily(name, what, labels=labels)
    for keys, value in samples:
        family.add_metric([keys.get(label, "") for label in labels], value)
    return family


class _Gauges(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = 1.0
        try:
            # All at once: half of them would look as if the rest had gone.
            families = [_family(*gauge) for function in _sources for gauge in function()]
        except DatabaseError:
            families, up = [], 0.0
        yield from families
        yield _family("summit_database_up", "Whether the database answers: 1 or 0.", [({}, up)])


def exposition(*, several_processes: bool = False) -> bytes:
    """Return all metrics in Prometheus' text format.

    `several_processes` says whether the server has several processes. Without a directory that they share, each knows
    only its own counts, and these are left out.
    """
    gauges = CollectorRegistry(auto_describe=False)
    gauges.register(_Gauges())
    counted = process_metrics.registry(several=several_processes)
    return generate_latest(gauges) + (generate_latest(counted) if counted is not None else b"")
