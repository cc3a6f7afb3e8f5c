"""Which tests are asked on PostgreSQL too: those that ask what a database decides by itself.

On SQLite a run of the whole suite notes, by test, which function of the project sends a statement that PostgreSQL may
understand in its own way, and of what kind that is. `tests/postgresql.txt` names tests that together ask all of them,
each twice where two tests do, the cheapest first. The run says what none of them asks any more; `make
choose-postgresql` chooses anew. `make test-all` asks all tests on PostgreSQL.
"""

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from types import FrameType
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.backends.utils import CursorWrapper
from django.db.models.sql.compiler import SQLCompiler

from tests.sources import APPS, ROOT

CHOSEN = ROOT / "tests" / "postgresql.txt"
# How many tests ask each function's statements of a kind.
TESTS = 2
# What stands in a statement of SQLite, by the kind of what PostgreSQL decides there.
KINDS = {
    "JSON": re.compile("JSON_|json_each"),
    "time": re.compile("django_(?:date|time|format|timestamp)|STRFTIME|CURRENT_TIMESTAMP|julianday"),
    "patterns": re.compile(" LIKE | REGEXP "),
    "search": re.compile(" MATCH "),
    "upsert": re.compile("ON CONFLICT|INSERT OR "),
    "groups": re.compile(r"GROUP BY|OVER \(| UNION | HAVING "),
    "nulls": re.compile("NULLS (?:FIRST|LAST)"),
}
LOCK, RAW, CONSTRAINT = "locks", "raw SQL", "constraints"
# What belongs to every statement, or to none.
NO_STATEMENTS = re.compile(r"\s*(?:SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA)")
# Frames of these modules pass statements on.
PASSING = ("summit/core/process_metrics.py", "summit/core/compiled_query.py")
Asked = tuple[str, str]

_asked: set[Asked] = set()
_compiling = threading.local()


@cache
def chosen() -> frozenset[str]:
    """Return the names of the tests that are asked on PostgreSQL, without parameters."""
    return frozenset(CHOSEN.read_text(encoding="utf-8").split()) if CHOSEN.exists() else frozenset()


def name_of(nodeid: str) -> str:
    """Return the name of a test without its parameters."""
    return nodeid.partition("[")[0].partition("@")[0]


def begin() -> None:
    """Begin to note what PostgreSQL would decide."""
    execute, execute_sql = CursorWrapper._execute, SQLCompiler.execute_sql

    def noting_execute(self: Any, sql: str, params: Any, *ignored: Any) -> Any:
        kinds = [kind for kind, pattern in KINDS.items() if pattern.search(sql)]
        if not getattr(_compiling, "depth", 0) and not NO_STATEMENTS.match(sql):
            kinds.append(RAW)
        if kinds:
            _note(kinds)
        try:
            return execute(self, sql, params, *ignored)
        except IntegrityError:
            _note([CONSTRAINT])
            raise

    def noting_execute_sql(self: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(self.query, "select_for_update", False):
            _note([LOCK])
        _compiling.depth = getattr(_compiling, "depth", 0) + 1
        try:
            return execute_sql(self, *args, **kwargs)
        finally:
            _compiling.depth -= 1

    CursorWrapper._execute = noting_execute
    SQLCompiler.execute_sql = noting_execute_sql


def _note(kinds: list[str]) -> None:
    function = _function(sys._getframe(2))
    if function:
        _asked.update((kind, function) for kind in kinds)


def _function(frame: FrameType | None) -> str:
    """Return the function of the project that is asking, "" where a test asks by itself."""
    while frame is not None:
        path = _path(frame.f_code.co_filename)
        if path:
            return "" if path.startswith("tests/") else f"{path}:{frame.f_code.co_qualname}"
        frame = frame.f_back
    return ""


@cache
def _path(filename: str) -> str:
    """Return the path of a file of the project or its tests from the root, "" for others and those that pass on."""
    if not filename.startswith(f"{ROOT}/"):
        return ""
    path = filename[len(f"{ROOT}/") :]
    ours = path.partition("/")[0] in (*APPS, "tests") and not path.startswith("tests/plugins/")
    return path if ours and path not in PASSING else ""


def choose(asked: dict[str, set[Asked]], costs: Callable[[str], float]) -> list[str]:
    """Return names of tests that together ask everything that any asks, `TESTS` times where so many tests do.

    `costs` says what a test costs; of those that ask as much that is new for their price, the first by name comes.
    """
    wanted: dict[Asked, int] = {}
    for each in asked.values():
        for key in each:
            wanted[key] = min(TESTS, wanted.get(key, 0) + 1)
    left, found = dict(asked), []
    while wanted:
        name = max(sorted(left), key=lambda name: sum(key in wanted for key in left[name]) / (0.05 + costs(name)))
        for key in left.pop(name):
            if key in wanted:
                wanted[key] -= 1
                if not wanted[key]:
                    del wanted[key]
        found.append(name)
    return sorted(found)


class Postgresql:
    """Collects what each test asks, and holds it against what is chosen."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.reports = not hasattr(config, "workerinput")
        chooses = config.getoption("--choose-postgresql")
        # The whole suite on SQLite (Makefile).
        self.whole = chooses or (os.environ.get("TEST_STAGE") == "test" and not os.environ.get("DATABASE_URL"))
        self.asked: dict[str, set[Asked]] = {}
        # What fixtures that several tests share asked when they were made: it belongs to each test that has them.
        self.shared: dict[Any, set[Asked]] = {}
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[Any]:
        """Keep what a shared fixture asks apart from what the test asks in which it happens to be made."""
        if fixturedef.scope == "function":
            return (yield)
        before = set(_asked)
        _asked.clear()
        try:
            return (yield)
        finally:
            self.shared[fixturedef] = set(_asked)
            _asked.update(before)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Let the last report of a test have what it asked."""
        report: Any = yield
        if call.when == "teardown":
            # What is left out on a second database by its own mark asks nothing there.
            asked = set() if item.get_closest_marker("once") else _asked.union(*self._shared(item))
            report.asked = [list(each) for each in sorted(asked)]
            _asked.clear()
        return report

    def _shared(self, item: Any) -> Iterator[set[Asked]]:
        """Yield what each shared fixture of a test asked."""
        for name in item.fixturenames:
            for fixturedef in item._fixtureinfo.name2fixturedefs.get(name, ()):
                yield self.shared.get(fixturedef, set())

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Collect what a test asked."""
        name = name_of(report.nodeid)
        self.seconds[name] = self.seconds.get(name, 0.0) + report.duration
        if found := {tuple(each) for each in getattr(report, "asked", ())}:
            self.asked.setdefault(name, set()).update(found)

    def unasked(self) -> list[str]:
        """Return what no chosen test asks, and the chosen tests that are no more, each as a sentence."""
        known = set().union(*(self.asked.get(name, set()) for name in chosen()))
        new = set().union(*self.asked.values()) - known
        gone = sorted(name for name in chosen() if name not in self.seconds)
        return [*(f"{kind} in {function}" for kind, function in sorted(new)), *(f"{name} is gone" for name in gone)]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """With NO_SKIPS fail a run of the whole suite of which the chosen tests leave something out."""
        if self.reports and self.whole and os.environ.get("NO_SKIPS") and exitstatus == 0 and self.unasked():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Choose where that was asked for; else say what the chosen tests leave out."""
        if self.config.getoption("--choose-postgresql"):
            names = choose(self.asked, lambda name: self.seconds[name])
            CHOSEN.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
            terminalreporter.write_line(f"{len(names)} tests are chosen for PostgreSQL.")
        elif self.whole and (left := self.unasked()):
            terminalreporter.section("asked on SQLite alone: make choose-postgresql")
            for line in left:
                terminalreporter.write_line(line)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that chooses anew."""
    parser.addoption("--choose-postgresql", action="store_true", help="choose the tests that are asked on PostgreSQL")


def pytest_configure(config: pytest.Config) -> None:
    """Note what PostgreSQL decides in runs of the whole suite on SQLite."""
    plugin = Postgresql(config)
    if plugin.whole:
        config.pluginmanager.register(plugin, "postgresql")
        begin()
