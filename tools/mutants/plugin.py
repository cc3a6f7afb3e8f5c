"""A plugin of pytest that runs, in place of the tests, each mutant against the tests that come past its statement.

The tests are collected once. Every mutant gets a process of its own, forked from there, with a copy of the database;
in it the functions of the mutant's module get the changed code, wherever they have been imported to.
"""

import builtins
import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol
from django.db import connection

from tools.mutants.mutations import Mutant, compiled, marked
from tools.running import ROOT

MARK = "__mutant_reached__"
# Tests asked for one mutant: the fastest ones; and how long all of them take at most, in seconds.
MOST_TESTS = 150
MOST_SECONDS = 60.0
# A test that takes so many seconds longer than it did hangs: the fault is noticed.
HANGS = 30
PROCESSES = 2
# Where the tests lie that make the database.
CORE = ROOT / "tests" / "summit" / "core"
SURVIVED, UNREACHED = "survived", "unreached"


def replaced(codes: Iterable[CodeType]) -> int:
    """Give all living functions the code of this name and line; return how many there were."""
    by_place = {(code.co_filename, code.co_qualname, code.co_firstlineno): code for code in codes}
    gc.unfreeze()
    number = 0
    for function in gc.get_objects():
        if type(function) is FunctionType:  # a lazy object would be made by isinstance
            old = function.__code__
            new = by_place.get((old.co_filename, old.co_qualname, old.co_firstlineno))
            if new is not None and new.co_freevars == old.co_freevars:
                function.__code__ = new
                number += 1
    return number


class Mutants:
    """Runs mutants in place of tests; `pending` are those to run, in `folder` lies what comes of it."""

    def __init__(self, pending: list[Mutant], folder: Path) -> None:
        self.pending = pending
        self.folder = folder
        self.results: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything. Where a test fails without any fault, it isn't asked."""
        self._set_up(session)
        reached, seconds = self._reach(session.items)
        self.results = self._try(session.items, reached, seconds)
        return True

    def _set_up(self, session: pytest.Session) -> None:
        """Make the database by the first two tests that ask for one, so that all others inherit it."""
        # Of summit.core, since a test that prints a PDF would start typst's threads, which no forked process has.
        first, second = [
            item for item in session.items if item.get_closest_marker("django_db") and CORE in item.path.parents
        ][:2]
        runtestprotocol(first, nextitem=second, log=False)
        connection.close()
        # What only a function imports would get no fault.
        for path in {each.path for each in self.pending}:
            importlib.import_module(path.removesuffix(".py").replace("/", "."))

    def _reach(self, items: list[pytest.Item]) -> tuple[dict[int, list[int]], dict[int, float]]:
        """Return the tests that come past each mutant's statement, and the seconds that each test takes."""
        halves: list[list[int]] = [[], []]
        for number, name in enumerate(dict.fromkeys(item.path for item in items)):
            halves[number % 2] += [at for at, item in enumerate(items) if item.path == name]
        with self._children() as start:
            for half, numbers in enumerate(halves):
                start(f"reach-{half}", partial(self._note, items, numbers, half), None)
        reached: dict[int, list[int]] = {}
        seconds: dict[int, float] = {}
        for half in (0, 1):
            for at, took, numbers in json.loads((self.folder / f"reach-{half}.json").read_text()):
                seconds[at] = took
                for number in numbers:
                    reached.setdefault(number, []).append(at)
        return reached, seconds

    def _note(self, items: list[pytest.Item], numbers: list[int], half: int) -> int:
        hits: set[int] = set()
        setattr(builtins, MARK, hits.add)
        chosen: dict[str, dict[int, Mutant]] = {}
        for number, mutant in enumerate(self.pending):
            chosen.setdefault(mutant.path, {})[number] = mutant
        for path, here in chosen.items():
            replaced(marked(path, here, MARK))
        found = []
        began = time.monotonic()
        for at, (_test, failed) in zip(numbers, run([items[at] for at in numbers]), strict=True):
            if not failed:
                found.append((at, time.monotonic() - began, sorted(hits)))
            hits.clear()
            began = time.monotonic()
        (self.folder / f"reach-{half}.json").write_text(json.dumps(found))
        return 0

    def _try(self, items: list[pytest.Item], reached: dict[int, list[int]], seconds: dict[int, float]) -> list[str]:
        """Return for each mutant the test that killed it, or "survived", "unreached" or "hangs".

        The control of each kill: the same tests in the same order without the fault. Where the last one fails as
        well, it leans on what ran before; the mutant is asked again without it.
        """
        asked = {number: _fastest(tests, seconds) for number, tests in reached.items()}
        results = dict.fromkeys(range(len(self.pending)), UNREACHED)
        again = set(asked)
        while again:
            with self._children() as start:
                for number in again:
                    until = sum(seconds[at] for at in asked[number]) * 3 + HANGS
                    start(f"mutant-{number}", partial(self._run, [items[at] for at in asked[number]], number), until)
            results |= {number: self._said(f"mutant-{number}") for number in again}
            places = {items[at].nodeid: at for number in again for at in asked[number]}
            killers = {number: places[results[number]] for number in again if results[number] in places}
            with self._children() as start:
                for number, at in killers.items():
                    tests = asked[number][: asked[number].index(at) + 1]
                    start(f"control-{number}", partial(self._control, [items[each] for each in tests], number), None)
            again = {number for number in killers if self._said(f"control-{number}") != SURVIVED}
            for number in again:
                # A control that hangs or ends says no test: then it is the one that killed.
                asked[number].remove(places.get(self._said(f"control-{number}"), killers[number]))
                (self.folder / f"mutant-{number}.txt").unlink()
        return list(results.values())

    def _said(self, name: str) -> str:
        said = self.folder / f"{name}.txt"
        return said.read_text() if said.exists() else "hangs"

    def _control(self, tests: list[pytest.Item], number: int) -> int:
        return self._first_failure(tests, self.folder / f"control-{number}.txt")

    def _run(self, tests: list[pytest.Item], number: int) -> int:
        """Put a fault in, and write down the first test that fails."""
        said = self.folder / f"mutant-{number}.txt"
        if not replaced(compiled(self.pending[number])):
            said.write_text(UNREACHED)
            return 0
        return self._first_failure(tests, said)

    def _first_failure(self, tests: list[pytest.Item], said: Path) -> int:
        failure = next((test.nodeid for test, bad in run(tests) if bad), SURVIVED)
        said.write_text(failure)
        return 0

    @contextlib.contextmanager
    def _children(self) -> Iterator[Callable[[str, Callable[[], int], float | None], None]]:
        """Give a function that runs another in a child, two at once; a child that takes longer is killed."""
        running: dict[int, float] = {}

        def wait(most: int) -> None:
            while len(running) > most:
                for pid, until in list(running.items()):
                    if os.waitpid(pid, os.WNOHANG)[0]:
                        del running[pid]
                    elif time.monotonic() > until:
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.02)

        def start(name: str, function: Callable[[], int], seconds: float | None) -> None:
            wait(PROCESSES - 1)
            pid = os.fork()
            if pid:
                running[pid] = time.monotonic() + (seconds or 1e9)
                return
            try:
                self._own_database(name)
                status = function()
            except BaseException as error:
                (self.folder / f"{name}.error").write_text(repr(error))
                status = 1
            os._exit(status)

        yield start
        wait(0)

    def _own_database(self, name: str) -> None:
        """Let a child work on a copy of the database that it inherited."""
        connection.close()
        inherited = Path(connection.settings_dict["NAME"])
        own = self.folder / f"{os.getpid()}.sqlite3"
        shutil.copyfile(inherited, own)
        connection.settings_dict["NAME"] = str(own)


def _fastest(tests: list[int], seconds: dict[int, float]) -> list[int]:
    """Return the fastest of some tests, as many as fit in the time for one mutant, at least one."""
    fastest, budget = sorted(tests, key=lambda each: seconds[each])[:MOST_TESTS], MOST_SECONDS
    found: list[int] = []
    for at in fastest:
        budget -= seconds[at]
        if budget < 0 and found:
            break
        found.append(at)
    return found


def run(tests: list[pytest.Item]) -> Iterator[tuple[pytest.Item, bool]]:
    """Run tests one after the other; yield each with whether it failed."""
    for test, following in zip_longest(tests, tests[1:]):
        # What is set up for the test that made the database is no part of another module's.
        test.session._setupstate.teardown_exact(test)
        yield test, any(report.failed for report in runtestprotocol(test, log=False, nextitem=following))
