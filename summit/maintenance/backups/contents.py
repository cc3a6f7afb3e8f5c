"""Read what a database holds, by plain SQL, from whichever release it is."""

from collections.abc import Callable, Iterable
from typing import Any

from summit.maintenance.backups.archive import Contents

# Executes a query and returns its rows.
Query = Callable[[str], Iterable[tuple[Any, ...]]]
AUDIT_END, INSTALLATION = "summit_auditchain", "summit_installation"
# What a restored database is called in the row by which it knows where it stood: nothing that a database is called.
RESTORED = "restored from a backup"


def contents(query: Query, tables: Iterable[str]) -> Contents:
    """Return what the database holds in `tables`. Counting reads each table once."""
    rows = {table: int(_one(query, f'SELECT count(*) FROM "{table}"')) for table in sorted(tables)}  # noqa: S608
    migrations: dict[str, list[str]] = {}
    if "django_migrations" in rows:
        for app, name in query("SELECT app, name FROM django_migrations ORDER BY app, name"):
            migrations.setdefault(app, []).append(name)
    end = next(iter(query(f"SELECT head, length FROM {AUDIT_END}")), ("", 0)) if AUDIT_END in rows else ("", 0)  # noqa: S608
    return Contents(migrations=migrations, rows=rows, audit_end=f"{end[0]}:{end[1]}" if end[1] else "")


def mark_as_copy(execute: Callable[[str], object]) -> None:
    """Change the row by which an installation knows where it stood, so that from here on it sends nothing.

    Without this, a backup that is restored into the database that it came from would send again what has gone out
    since. The sweep of `summit.summits.installation` then pauses it, with a record in the audit.
    """
    execute(f"UPDATE {INSTALLATION} SET database = '{RESTORED}' WHERE paused_at IS NULL")  # noqa: S608
    execute(
        f"INSERT INTO {INSTALLATION} (id, database, host) SELECT 1, '{RESTORED}', '' "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT 1 FROM {INSTALLATION})"
    )


def _one(query: Query, text: str) -> Any:
    return next(iter(query(text)))[0]
