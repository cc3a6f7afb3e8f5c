"""Databases to which all migrations are applied, made once and copied: for the tests and the systems that they start.

Applying them takes ten seconds of a processor, copying what came of it a moment. What is copied has a key of all
that may decide what is in it: the source, what is installed. Whoever has a copy applies migrations as ever, and finds
nothing to do. Where the source is another but the applied migrations are the same, SQLite's is brought up to
date: the permissions are made anew, and what migrations came since is applied.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql

from tools.running import PASSED_ON, ROOT

# The packages whose source may decide what migrations leave in a database.
SOURCES = ("summit", "delegations", "sessions", "press", "portal")
# What whoever makes the database that is copied holds on PostgreSQL; any number that nothing else takes.
LOCK = 7_305_214


@cache
def key() -> str:
    """Return what is another as soon as a database could be: of every source file, every package, Python, SQLite."""
    found = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version}".encode())
    installed = Path(django.__file__).parent.parent.glob("*.dist-info")
    found.update(" ".join(sorted(path.name for path in installed)).encode())
    for path in sorted(path for package in SOURCES for path in (ROOT / package).rglob("*.py")):
        found.update(f"\n{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return found.hexdigest()[:32]


def named(url: str, database: str) -> str:
    """Return the variable that names another database of the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def folder() -> Path:
    """Return the folder of what is kept from one run of the tests to the next."""
    found = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "tests"
    found.mkdir(parents=True, exist_ok=True)
    return found


def copy_to(target: Path) -> None:
    """Put a migrated SQLite database in the place of whatever `target` is."""
    with _file() as made:
        # What a run that was killed has left beside its own would be taken for the end of this one.
        for ending in ("", "-wal", "-shm"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        shutil.copyfile(made, target)


@contextlib.contextmanager
def _file() -> Iterator[Path]:
    """Give the SQLite database that is copied, made where none has this key; whoever comes meanwhile waits."""
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder() / f"{key()}.sqlite3"
        if not made.exists():
            with tempfile.TemporaryDirectory(dir=folder()) as var:
                whole = Path(var) / "summit.sqlite3"
                former = _former()
                if former is not None:
                    former.rename(whole)
                    _forget_permissions(whole)
                for old in (path for path in folder().iterdir() if path.suffix in (".sqlite3", ".json")):
                    old.unlink()
                _migrate(VAR_DIR=var)
                _close(whole)
                made.with_suffix(".json").write_text(json.dumps(migrations()), encoding="utf-8")
                whole.rename(made)
        yield made


def migrations() -> dict[str, str]:
    """Return the digest of each migration of the source."""
    paths = (path for package in SOURCES for path in (ROOT / package).rglob("migrations/*.py"))
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)}


def _former() -> Path | None:
    """Return the database of another source whose migrations are all as they were applied, if there is one."""
    now = migrations().items()
    for applied in folder().glob("*.json"):
        database = applied.with_suffix(".sqlite3")
        if database.exists() and json.loads(applied.read_text(encoding="utf-8")).items() <= now:
            return database
    return None


def _forget_permissions(database: Path) -> None:
    """Take away what is made after each migration, so that none of it is of another source."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        for table in ("auth_permission", "django_content_type"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608


@contextlib.contextmanager
def template(url: str) -> Iterator[str]:
    """Give the name of a migrated PostgreSQL database to be the template of others, beside the one that `url` names.

    Whoever comes meanwhile waits. It stays on the server, with its key as its comment.
    """
    name = f"test_{urlsplit(url).path.strip('/')}_migrated"
    with psycopg.connect(url, autocommit=True) as admin, tempfile.TemporaryDirectory() as var:
        admin.execute("SET statement_timeout = 0")
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        found = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found != (key(),):
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            _migrate(VAR_DIR=var, DATABASE_URL=named(url, name))
            admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(key())))
        yield name


def _migrate(**variables: str) -> None:
    """Apply all migrations to an empty database. Raises RuntimeError with what was printed where that fails."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    command = [sys.executable, "manage.py", "migrate", "--run-syncdb", "--verbosity", "0"]
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env={**kept, **variables}, capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _close(database: Path) -> None:
    """Bring all of a SQLite database into its one file."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def beside() -> subprocess.Popen[bytes]:
    """Start a process that makes what is copied, where it is missing: whoever needs it before it is made waits."""
    return subprocess.Popen([sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.DEVNULL)  # noqa: S603


def main() -> None:
    """Make what is copied on the database of DATABASE_URL, or on SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    made: contextlib.AbstractContextManager[object] = template(url) if url.startswith("postgres") else _file()
    with contextlib.suppress(KeyboardInterrupt), made:
        pass


if __name__ == "__main__":
    main()
