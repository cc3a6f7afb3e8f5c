"""Dump and load a PostgreSQL database by its own programs. A dump is in pg_dump's custom format.

Passwords are passed in the environment, which only the same account can read, and never as arguments.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from django.db import connection, transaction

from summit.maintenance.backups.archive import CHUNK, Contents
from summit.maintenance.backups.contents import contents, mark_as_copy
from summit.maintenance.backups.problems import BackupProblem, Refused

# Where Debian and the PostgreSQL project keep the programs of each version, beside PATH.
FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


def server() -> int:
    """Return the version of the server as a number, such as 150008."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])


def program(name: str, least: int) -> str:
    """Return the path of the newest of PostgreSQL's programs with this name.

    Raises Refused if there is none of the major version `least` or later, because it couldn't read that server.
    """
    packaged = [str(path) for folder in FOLDERS for path in Path("/").glob(f"{folder}/{name}")]
    versions = {path: _major(path) for path in (shutil.which(name), *packaged) if path}
    newest = max(versions, key=lambda path: versions[path], default="")
    if not newest or versions[newest] < least:
        there = f"{newest} is of version {versions[newest]}" if newest else f"{name} isn't there"
        raise Refused(f"{there}. Install PostgreSQL's client of version {least} (Debian: postgresql-client-{least}).")
    return newest


def _major(path: str) -> int:
    done = subprocess.run([path, "--version"], capture_output=True, check=False, text=True)  # noqa: S603
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if done.returncode == 0 and found else 0


def compression(pg_dump: str) -> list[str]:
    """Return the option by which a pg_dump compresses with zstd, or nothing if it can't and takes gzip.

    On photographs and scans gzip takes seven times as long, and saves no more.
    """
    option = "--compress=zstd:3"
    # It looks at the option before it looks for a server, which isn't there.
    command = [pg_dump, "--format=custom", option, "--host=/nowhere", "--no-password"]
    done = subprocess.run(command, capture_output=True, check=False, text=True, env={"LC_ALL": "C"})  # noqa: S603
    return [option] if "connection to server" in done.stderr else []


def environment() -> dict[str, str]:
    """Return the environment for PostgreSQL's programs: this process's, with the variables for our database."""
    variables = {option.keyword.decode(): option.envvar for option in psycopg.pq.Conninfo.get_defaults()}
    settings = {**connection.get_connection_params(), "application_name": "summit backup"}
    known = {name: value for name, value in settings.items() if variables.get(name) and value not in (None, "")}
    return {**os.environ, **{variables[name].decode(): str(value) for name, value in known.items()}}  # type: ignore[union-attr]


@contextmanager
def dump(folder: Path) -> Iterator[tuple[Iterator[bytes], Contents]]:
    """Give the bytes of a dump and what is in it, both of one moment. Others read and write meanwhile."""
    pg_dump = program("pg_dump", server() // 10000)
    command = [pg_dump, "--format=custom", "--no-owner", "--no-privileges", *compression(pg_dump)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        yield _output([*command, f"--snapshot={snapshot}"]), _contents(cursor)


def _output(command: list[str]) -> Iterator[bytes]:
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603
            command, env=environment(), stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101
        try:
            while chunk := process.stdout.read(CHUNK):
                yield chunk
        except BaseException:
            process.kill()
            raise
        if process.wait():
            raise BackupProblem(f"pg_dump stopped: {_said(said)}")


def _contents(cursor: Any) -> Contents:
    def query(text: str) -> list[tuple[Any, ...]]:
        cursor.execute(text)
        return list(cursor.fetchall())

    return contents(query, [name for (name,) in query(TABLES)])


def check_empty() -> None:
    """Raise Refused unless the database has no tables, and nobody else is connected to it."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = len(cursor.fetchall())
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
    name = connection.settings_dict["NAME"]
    if tables:
        raise Refused(
            f"The database {name} has {tables} tables. A backup is restored into an empty installation only. "
            "Create another database (createdb), and set DATABASE_URL to it."
        )
    if others:
        raise Refused(f"Others are connected to the database {name} ({others}). Stop all processes first.")


def load(chunks: Iterable[bytes]) -> Contents:
    """Read a dump into the empty database, in one transaction, as a copy that sends nothing. Return what it holds."""
    command = [program("pg_restore", server() // 10000), "--single-transaction", "--exit-on-error", "--no-owner"]
    _feed([*command, "--no-privileges", f"--dbname={connection.settings_dict['NAME']}"], chunks)
    with connection.cursor() as cursor:
        mark_as_copy(cursor.execute)
        # Until it has counted the rows, PostgreSQL takes the tables for empty.
        cursor.execute("ANALYZE")
        return _contents(cursor)


def read_through(chunks: Iterable[bytes]) -> Contents | None:
    """Read a dump to its end by pg_restore, without a database. Return None: rows can't be counted by it."""
    _feed([program("pg_restore", 0), f"--file={os.devnull}"], chunks)
    return None


def _feed(command: list[str], chunks: Iterable[bytes]) -> None:
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603
            command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101
        try:
            for chunk in chunks:
                process.stdin.write(chunk)
            process.stdin.close()
        except BrokenPipeError:
            pass
        except BaseException:
            process.kill()
            raise
        if process.wait():
            raise BackupProblem(f"pg_restore stopped, and nothing was changed: {_said(said)}")


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(2000).decode(errors="replace").strip()
