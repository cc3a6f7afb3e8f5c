"""The watch for what is slow in a transaction finds it, and nothing else."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from tests.plugins import transactions
from tests.sources import ROOT

pytestmark = pytest.mark.django_db

# As if the project had it.
SOURCE = """
import subprocess
from contextlib import nullcontext
from django.db.transaction import atomic

def start(context):
    with context():
        subprocess.run(["true"], check=True)

def within():
    start(atomic)

def without():
    start(nullcontext)
"""


@pytest.fixture
def project() -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(compile(SOURCE, f"{ROOT}/summit/tried.py", "exec"), found)  # noqa: S102 - the lines above
    return found


def failure(do: Callable[[], object], marker: object = None) -> str:
    """Return with which message a test that does this fails, "" if it passes."""
    do()
    try:
        transactions.check(SimpleNamespace(get_closest_marker=lambda name: marker))  # type: ignore[arg-type]
    except pytest.fail.Exception as failed:
        return str(failed)
    return ""


def test_what_is_slow_in_a_transaction_is_named(project: dict[str, Any]) -> None:
    where = "summit/tried.py:8 starts a process in the transaction that summit/tried.py:7 begins."
    callers = "By summit/tried.py:8 < summit/tried.py:11"
    assert failure(project["within"]) == f"{where}\n  {callers}\n  {transactions.REMEDY}"


def test_what_is_slow_elsewhere_is_not(project: dict[str, Any]) -> None:
    def in_the_tests_own() -> None:
        with transaction.atomic():
            project["without"]()

    assert [failure(project["without"]), failure(in_the_tests_own)] == ["", ""]
    assert failure(project["within"], marker="It can't be otherwise.") == ""


def test_control_without_the_watch_nothing_is_found(project: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "_note", lambda what: None)
    assert failure(project["within"]) == ""
