"""Nothing slow in a transaction: it would hold locks meanwhile, and on SQLite the only one for writing.

What is slow (`SLOW`) is watched. If the project calls it while a transaction is open that the project
has opened, the test fails: with the place, its callers, and where the transaction begins. A transaction of the test
itself doesn't count. Where it is unavoidable, the test says why: `@pytest.mark.slow_in_transaction(reason)`.
"""

import functools
import http.client
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import FrameType
from typing import Any

import docx.document
import docx.package
import openpyxl
import pytest
import requests
import typst
from django.core.mail.backends import locmem, smtp
from django.db import connections
from django.db.transaction import Atomic
from PIL import ImageFile

from summit.imports import spreadsheet
from summit.pdf.typst import lacking
from tests.sources import APPS, ROOT

MARKER = "slow_in_transaction"
REMEDY = (
    "Do it before the transaction: let one function of the services prepare it and another write it, as in"
    " summit/summits/emblem.py. In the API call the first in the viewset's `prepare`, or declare the action with"
    " `atomic=False`."
)
# What is slow: where it is called, and what it does. Classes rather than functions, which others may have imported.
SLOW: tuple[tuple[Any, str, str], ...] = (
    (subprocess.Popen, "__init__", "starts a process"),
    (socket, "create_connection", "opens a connection"),
    (http.client.HTTPConnection, "putrequest", "sends an HTTP request"),
    # Many tests answer in place of what is below it.
    (requests.Session, "send", "sends an HTTP request"),
    (smtp.EmailBackend, "send_messages", "sends mail"),
    # In tests, what is sent by SMTP otherwise.
    (locmem.EmailBackend, "send_messages", "sends mail"),
    (typst, "compile", "prints a PDF"),
    (ImageFile.ImageFile, "load", "decodes a picture"),
    (docx.package.Package, "open", "opens a document"),
    (docx.document.Document, "save", "writes a document"),
    (spreadsheet, "load_workbook", "opens a spreadsheet"),
    (openpyxl.Workbook, "save", "writes a spreadsheet"),
)
# How many places of the project a message names, from the slow one outwards.
CALLERS = 6

_found: list[str] = []


@cache
def _path(filename: str) -> str:
    """Return the path of a file of the project or its tests from the root, "" for others."""
    path = filename.removeprefix(f"{ROOT}/")
    ours = path != filename and path.partition("/")[0] in (*APPS, "tests")
    return path if ours and path != "tests/plugins/transactions.py" else ""


def _places(frame: FrameType | None) -> Iterator[str]:
    """Yield the places of the project that led to a frame as "path:line", the nearest first, up to the test's own."""
    while frame is not None:
        path = _path(frame.f_code.co_filename)
        if path.startswith("tests/"):
            return
        if path:
            yield f"{path}:{frame.f_lineno}"
        frame = frame.f_back


def _note(what: str) -> None:
    """Note what is slow, if the project calls it in a transaction of its own."""
    begun = [block.begun_at for block in _open_blocks() if getattr(block, "begun_at", "")]
    places = list(_places(sys._getframe(2))) if begun else []
    if places:
        callers = " < ".join(places[:CALLERS])
        _found.append(f"{places[0]} {what} in the transaction that {begun[0]} begins.\n  By {callers}\n  {REMEDY}")


def _open_blocks() -> list[Any]:
    return [block for connection in connections.all(initialized_only=True) for block in connection.atomic_blocks]


def _watched(function: Callable[..., Any], what: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        # A picture that is decoded already costs nothing.
        if function is not LOAD or args[0].tile:
            _note(what)
        return function(*args, **kwargs)

    return watched


LOAD = ImageFile.ImageFile.load


def watch(patch: pytest.MonkeyPatch) -> None:
    """Watch what is slow, in all threads of this process."""
    enter = Atomic.__enter__

    def entering(self: Any) -> None:
        enter(self)
        self.begun_at = next(_places(sys._getframe(1)), "")

    patch.setattr(Atomic, "__enter__", entering)
    for place, name, what in SLOW:
        patch.setattr(place, name, _watched(getattr(place, name), what))


class Transactions:
    """Fails a test in which the project does something slow in a transaction."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget what was found before this test, and what was printed: it is printed again."""
        _found.clear()
        lacking.cache_clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Fail a test if anything was found in it or in its fixtures."""
        yield
        check(item)


def check(item: pytest.Item) -> None:
    """Fail a test if anything was found in it that it doesn't declare."""
    found = "\n".join(dict.fromkeys(_found))
    _found.clear()
    if found and not item.get_closest_marker(MARKER):
        pytest.fail(found, pytrace=False)


def pytest_configure(config: pytest.Config) -> None:
    """Watch from before the first test to the last: what tests patch themselves is put back to what is watched."""
    patch = pytest.MonkeyPatch()
    watch(patch)
    config.add_cleanup(patch.undo)
    config.pluginmanager.register(Transactions(), "transactions")
