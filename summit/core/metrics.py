"""Gauges for /metrics. Each app registers functions that yield gauges, read from the database."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

# (name, description, rows of (labels, value))
Gauge = tuple[str, str, Iterable[tuple[dict[str, str], float]]]
_sources: list[Callable[[], Iterable[Gauge]]] = []


def source(function: Callable[[], Iterable[Gauge]]) -> Callable[[], Iterable[Gauge]]:
    """Register a function that yields gauges; a decorator."""
    _sources.append(function)
    return function


class _Gauges(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        for function in _sources:
            for name, what, rows in function():
                samples = list(rows)
                labels = sorted({key for keys, _value in samples for key in keys})
                family = GaugeMetricFamily(name, what, labels=labels)
                for keys, value in samples:
                    family.add_metric([keys.get(label, "") for label in labels], value)
                yield family


def exposition() -> bytes:
    """Return all registered gauges in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gauges())
    return generate_latest(registry)
