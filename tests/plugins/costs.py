"""What a run costs: seconds of the processor by test and by module, told in units too (tools/unit.py).

Each process of the run reports what it has spent; what its children spent counts for the test that started them. A
run of a whole stage is recorded in `var/costs/`, and compared with what tests/costs.csv has of that stage.
"""

import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.plugins import profile
from tests.plugins.profile import spent
from tools import costs
from tools.unit import measure_at_once

# A test that costs so many units says why: `@pytest.mark.slow(reason)` or another of the markers that do.
SLOW = 0.5
# A run with NO_SKIPS fails where one costs so many without saying why: a busy machine needs room, and what is made
# once is paid by whichever test needs it first.
TOO_SLOW = 8 * SLOW
SAYING_WHY = ("slow", "broad", "browser", "services", "release")
SPENT = pytest.StashKey[float]()


def module_of(nodeid: str) -> str:
    """Return the module of a test."""
    return nodeid.partition("::")[0]


class Costs:
    """Measures in each process, and collects in the one that reports."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        # The stage of which all is asked (Makefile); "" for a part.
        self.stage = os.environ.get("TEST_STAGE", "")
        self.began = time.monotonic()
        self.collected = 0.0
        self.tests: dict[str, float] = {}
        self.reasoned: set[str] = set()
        # By process: its seconds, those until it had collected, and the most memory it had, in MB.
        self.processes: list[tuple[float, float, float]] = []
        self.unit = 0.0
        self.profile: Counter[tuple[str, str]] = Counter()
        self.times: Counter[tuple[str, str]] = Counter()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Note what collecting has cost."""
        self.collected = spent()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Measure a test with its fixtures."""
        item.stash[SPENT] = spent()
        with profile.test(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Let the report of each phase have what the test has cost since the one before."""
        report = yield
        now = spent()
        # A test that is run by others (tools/mutants) has no beginning here.
        report.processor = now - item.stash.get(SPENT, now)
        item.stash[SPENT] = now
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add the cost of a phase to that of its test."""
        name = report.nodeid.rpartition("@")[0] if "@" in report.nodeid.rpartition("]")[2] else report.nodeid
        self.tests[name] = self.tests.get(name, 0.0) + getattr(report, "processor", 0.0)
        if any(marker in report.keywords for marker in SAYING_WHY):
            self.reasoned.add(name)

    def pytest_testnodedown(self, node: Any) -> None:
        """Collect what a worker has spent."""
        output = getattr(node, "workeroutput", {})
        if "costs" in output:
            self.processes.append(tuple(output["costs"]))
            for package, kind, seconds, times in output["profile"]:
                self.profile[package, kind] += seconds
                self.times[package, kind] += times

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Report what this process has spent; in the one that reports, fail what is too slow without a reason."""
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        own = (spent(), self.collected, memory)
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["costs"] = own
            self.config.workeroutput["profile"] = [
                (*name, seconds, profile.times[name]) for name, seconds in profile.spent_on.items()
            ]
            return
        # Workers are children of this process, with all that they have used.
        of_workers = sum(used for used, _collected, _memory in self.processes)
        self.processes.append((own[0] - of_workers, *own[1:]))
        self.profile += profile.spent_on
        self.times += profile.times
        if os.environ.get("NO_SKIPS") and self.slow(TOO_SLOW) and exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def slow(self, units: float) -> list[str]:
        """Return the tests that cost more units without saying why, the most expensive first."""
        found = [name for name, cost in self.tests.items() if cost > units * self.unit and name not in self.reasoned]
        return sorted(found, key=lambda name: -self.tests[name])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell what the run has cost, what is slow without a reason, and what costs more than it did."""
        if not self.tests or not self.unit:
            return
        say = terminalreporter.write_line
        run = costs.Run(
            unit=self.unit,
            seconds=sum(each[0] for each in self.processes),
            clock=time.monotonic() - self.began,
            memory=max(each[2] for each in self.processes),
            tests=len(self.tests),
            modules=dict(self._modules()),
        )
        terminalreporter.section("costs")
        for line in run.summary():
            say(line)
        if unreasoned := self.slow(SLOW):
            say(f"Over {SLOW} units without @pytest.mark.slow(reason):")
            for name in unreasoned:
                say(f"{self.tests[name] / self.unit:6.2f} units  {name}")
        if self.config.getoption("--profile"):
            say(f"{sum(each[1] for each in self.processes) / self.unit:8.1f} units  until all was collected")
            for line in profile.table(self.profile, self.times, self.unit):
                say(line)
        if self.stage:
            costs.write(self.stage, run)
            for line in costs.growth(self.stage, run):
                say(line)

    def _modules(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for name, seconds in self.tests.items():
            found[module_of(name)] += seconds
        return found


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that asks where it goes."""
    parser.addoption(
        "--profile", action="store_true", help="tell what the processor did, by kind of work and by package"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to measure; the process that reports measures the unit, as many at once as there are workers."""
    plugin = Costs(config)
    config.pluginmanager.register(plugin, "costs")
    reports = not hasattr(config, "workerinput")
    workers = getattr(config.option, "numprocesses", None) or 0
    if config.getoption("--profile") and not (reports and workers):
        profile.begin()
    if reports and not config.option.collectonly and not config.option.help:
        plugin.unit = measure_at_once(min(workers or 1, os.cpu_count() or 1))
