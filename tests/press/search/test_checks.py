"""SQLite without FTS5 is named before anything else fails."""

import sqlite3

import pytest
from django.core.checks import registry

from press.search import checks


class Unable:
    """A connection to an SQLite that was built without FTS5."""

    def execute(self, _statement: str) -> None:
        raise sqlite3.OperationalError("no such module: fts5")

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("engine", "named"), [("django.db.backends.sqlite3", ["press.E001"]), ("django.db.backends.postgresql", [])]
)
def test_an_sqlite_that_cannot_search_is_named(
    monkeypatch: pytest.MonkeyPatch, engine: str, named: list[str]
) -> None:
    assert checks.check_full_text_search in registry.registry.get_checks()
    monkeypatch.setattr(checks, "settings", type("S", (), {"DATABASES": {"default": {"ENGINE": engine}}}))
    assert checks.check_full_text_search(None) == []
    monkeypatch.setattr(checks.sqlite3, "connect", lambda _path: Unable())
    assert [error.id for error in checks.check_full_text_search(None)] == named
