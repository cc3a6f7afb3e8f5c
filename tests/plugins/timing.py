"""How long tests take: the long ones begin first, so that all workers end together, and the slowest are listed.

A test that costs over half a unit (tests/plugins/costs.py) has the marker `slow` with the reason; what `make test`
leaves out because it is slow and broad has the marker `broad` with the reason.
"""

from typing import Any

import pytest

from tests.plugins.collection import order

# Where the seconds of each long test of the last run are stored in pytest's cache.
CACHE = "summit/seconds"
STORED = 0.5
SLOW = 2.0
LISTED = 10
# What is broad takes minutes on a busy machine: after so many seconds it hangs.
BROAD_HANGS = 1800
# What takes so many times the seconds that its marker names hangs, too.
HANGS_AFTER = 10
# The markers that give a reason, and the seconds of such a test as long as none are stored, where the marker doesn't
# name others by `seconds`.
REASONED = {"slow": SLOW, "broad": 10.0}


class Timing:
    """Collects the seconds of each test in the process that reports."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.cache = getattr(config, "cache", None)
        self.before: dict[str, float] = self.cache.get(CACHE, {}) if self.cache else {}
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the seconds of a phase to those of its test."""
        name = _name(report.nodeid)
        self.seconds[name] = self.seconds.get(name, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """Store the seconds of long tests, those of tests that did not run as they were."""
        if self.cache and not hasattr(self.config, "workerinput"):
            kept = {name: took for name, took in self.before.items() if name not in self.seconds}
            long = {name: round(took, 2) for name, took in self.seconds.items() if took >= STORED}
            self.cache.set(CACHE, dict(sorted({**kept, **long}.items())))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """List the slowest tests."""
        slowest = sorted(self.seconds, key=lambda name: self.seconds[name], reverse=True)
        if not slowest:
            return
        terminalreporter.section(f"the {LISTED} slowest tests")
        for name in slowest[:LISTED]:
            terminalreporter.write_line(f"{self.seconds[name]:6.2f} s  {name}")


def _name(nodeid: str) -> str:
    """Return the name of a test without the group that xdist adds."""
    return nodeid.rpartition("@")[0] if "@" in nodeid.rpartition("]")[2] else nodeid


def pytest_configure(config: pytest.Config) -> None:
    """Begin to collect."""
    config.pluginmanager.register(Timing(config), "timing")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests by what they need, the long ones first. Raises UsageError for a marker without its reason.

    The long ones of a module stay together: what it makes once would be made again for each of them.
    """
    timing: Timing = config.pluginmanager.get_plugin("timing")

    def seconds(item: pytest.Item) -> float:
        marked = [(most, item.get_closest_marker(marker)) for marker, most in REASONED.items()]
        assumed = max((found.kwargs.get("seconds", most) for most, found in marked if found), default=0)
        return timing.before.get(_name(item.nodeid), 0) or assumed

    usual = float(config.getini("timeout") or 0)
    for item in items:
        if not item.get_closest_marker("timeout"):
            slow = item.get_closest_marker("slow")
            named = HANGS_AFTER * slow.kwargs.get("seconds", 0) if slow else 0
            hangs = BROAD_HANGS if item.get_closest_marker("broad") else named
            if hangs > usual:
                item.add_marker(pytest.mark.timeout(hangs))
        for marker in REASONED:
            if any(not each.args for each in item.iter_markers(marker)):
                raise pytest.UsageError(f"{item.nodeid}: say why it is {marker}: @pytest.mark.{marker}('...')")
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        if seconds(item) >= SLOW:
            modules.setdefault(str(item.path), []).append(item)
    longest = sorted(modules.values(), key=lambda of: sum(map(seconds, of)), reverse=True)
    long = [item for of in longest for item in sorted(of, key=seconds, reverse=True)]
    place = {item: number for number, item in enumerate(long)}
    items.sort(key=lambda item: (order(item), place.get(item, len(place))))
