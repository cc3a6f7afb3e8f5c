"""The check that SQLite can search: its library must have been built with FTS5."""

import sqlite3
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def check_full_text_search(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Return an error if the database is SQLite without FTS5, for `manage.py check` and every command with checks."""
    if "sqlite3" not in settings.DATABASES["default"]["ENGINE"] or has_fts5():
        return []
    wrong = f"This Python's SQLite ({sqlite3.sqlite_version}) was built without FTS5, by which texts are searched."
    todo = "Use a Python with another SQLite, such as Debian's, or set DATABASE_URL to PostgreSQL."
    return [Error(wrong, hint=todo, id="press.E001")]


def has_fts5() -> bool:
    """Return whether SQLite's library has FTS5, by making a table with it in memory."""
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
        except sqlite3.OperationalError:
            return False
    return True
