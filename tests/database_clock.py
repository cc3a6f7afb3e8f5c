"""The database's clock put on or stopped. Compiled queries are compiled anew, so that they ask the other clock."""

from datetime import datetime
from typing import Any

import pytest
from django.db.models.functions import Now

from sessions.screens.selectors import marks
from summit.core.compiled_query import Prepared
from summit.core.registry import Registry
from summit.public_base import home, page_version


def advance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the database's clock an hour on."""
    ahead = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW', '+1 hour')"
    _tell_time(monkeypatch, sqlite=ahead, postgresql="(STATEMENT_TIMESTAMP() + INTERVAL '1 hour')")


def stop(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Stop the database's clock at a moment in UTC."""
    said = f"{moment:%Y-%m-%d %H:%M:%S.%f}"
    _tell_time(monkeypatch, sqlite=f"'{said[:-3]}'", postgresql=f"TIMESTAMPTZ '{said}+00'")


def ask_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the version of pages be what rows say alone, also past the venue's midnight."""
    monkeypatch.setattr(page_version, "_clock_values", Registry())
    monkeypatch.setattr(home, "_passing", Registry())
    _compose_anew(monkeypatch)


def _tell_time(monkeypatch: pytest.MonkeyPatch, *, sqlite: str, postgresql: str) -> None:
    def on_sqlite(self: Now, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=sqlite, **more)

    def on_postgresql(self: Now, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=postgresql, **more)

    monkeypatch.setattr(Now, "as_sqlite", on_sqlite)
    monkeypatch.setattr(Now, "as_postgresql", on_postgresql)
    _compose_anew(monkeypatch)


def _compose_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_version, "_VERSION", Prepared(page_version._version))
    monkeypatch.setattr(marks, "_MARK", Prepared(marks._mark))
