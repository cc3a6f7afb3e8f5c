"""Checks of the database: its version, whether the way to it is encrypted, and its migrations."""

import sqlite3
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError

from summit.maintenance import heartbeats, releases, upgrades
from summit.maintenance.doctor.findings import Finding, fail, ok, warn

OLDEST = 14
# A backup is made each night, and one night may fail.
RECENT = timedelta(hours=36)
LOCAL = ("", "localhost", "127.0.0.1", "::1")


def reachable() -> list[Finding]:
    """The database answers, and its version is one that we support."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        found = f"SQLite {sqlite3.sqlite_version}"
        return [warn(found, "Set DATABASE_URL to PostgreSQL.") if settings.PRODUCTION else ok(found)]
    version = _version()
    found = f"PostgreSQL {version // 10000}.{version % 10000} answers"
    old = version // 10000 < OLDEST
    return [fail(found, f"Update it to {OLDEST} or later.") if old else ok(found)]


def _version() -> int:
    """Return PostgreSQL's version as a number, such as 150008."""
    server: Any = connection
    return int(server.pg_version)


def encrypted() -> list[Finding]:
    """Nobody between here and the database can read along."""
    if connection.vendor == "sqlite":
        return [ok("a file of this machine")]
    host = str(connection.settings_dict["HOST"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        used, version = cursor.fetchone() or (False, None)
    if host in LOCAL or host.startswith("/"):
        return [ok("a database of this machine")]
    if not used:
        return [warn("no TLS: others on the network can read along", "Add ?sslmode=verify-full to DATABASE_URL.")]
    if _mode() != "verify-full":
        todo = "Use sslmode=verify-full with sslrootcert in DATABASE_URL."
        return [warn(f"{version}, but nobody checks that it is our server", todo)]
    return [ok(f"{version}, with the server's certificate checked")]


def _mode() -> str:
    options: dict[str, Any] = connection.settings_dict.get("OPTIONS") or {}
    return str(options.get("sslmode", ""))


def migrated() -> list[Finding]:
    """The database has the migrations of this version, and no others."""
    waiting = upgrades.waiting()
    if waiting.before or waiting.held:
        number = len(waiting.before) + len(waiting.held)
        return [fail(upgrades.wait(number), "Run manage.py upgrade before.")]
    if waiting.after:
        todo = "Run manage.py upgrade after when no former version runs any more."
        return [warn(f"{upgrades.wait(len(waiting.after))} for the end of the former version", todo)]
    later = upgrades.later()
    if later:
        return [warn(f"a later version has applied {later}", "Install that version.")]
    return [ok("all are applied")]


def releases_agree() -> list[Finding]:
    """All processes that are connected to the database or take tasks run this release."""
    if connection.vendor == "sqlite":
        return [ok("SQLite doesn't know who is connected")]
    connections = releases.of_connections()
    numbers = ", ".join(f"{number} of {release}" for release, number in connections.items())
    text = f"connections to the database: {numbers or 'none but this'}"
    try:
        workers = {name: said for name, said in releases.of_workers().items() if said != settings.VERSION}
    except (OSError, OperationalError):
        workers = {}
        text += "; the workers couldn't be asked"
    if workers:
        text += "; workers: " + ", ".join(f"{name} of {said}" for name, said in sorted(workers.items()))
    if workers or set(connections) - {settings.VERSION}:
        return [warn(text, f"Start what runs another release than {settings.VERSION} anew.")]
    return [ok(text)]


def is_backed_up() -> list[Finding]:
    """`manage.py backup` has made a backup lately."""
    age = heartbeats.last_backup()
    if age is None:
        text = "manage.py backup has never made one"
        todo = "Run systemctl start summit-backup, or manage.py backup FOLDER."
        return [warn(text, todo) if settings.PRODUCTION else ok(text)]
    hours = age // timedelta(hours=1)
    text = f"the last was made {hours} {'hour' if hours == 1 else 'hours'} ago"
    return [warn(text, "Look at the log of summit-backup.service.") if age > RECENT else ok(text)]
