"""Dump and load a SQLite database. A dump is a SQLite file."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from summit.maintenance.backups import files
from summit.maintenance.backups.archive import CHUNK, Contents
from summit.maintenance.backups.contents import Query, contents, mark_as_copy
from summit.maintenance.backups.problems import BackupProblem, Refused

ENDINGS = ("-wal", "-shm")


def server() -> int:
    """Return SQLite's version as a number, such as 3046001."""
    return int("{}{:03}{:03}".format(*sqlite3.sqlite_version_info))


@contextmanager
def dump(folder: Path) -> Iterator[tuple[Iterator[bytes], Contents]]:
    """Give the bytes of a copy of the database and what it holds. The copy is a file in `folder` for a while.

    The copy is of one moment; others read and write meanwhile.
    """
    with files.unfinished(folder) as (_file, copy):
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        yield _read(copy), inspect(copy)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def inspect(path: Path) -> Contents:
    """Return what a SQLite file holds. Raises BackupProblem if the file is damaged."""
    with _cursor(path) as cursor:

        def query(text: str) -> list[tuple[Any, ...]]:
            return list(cursor.execute(text).fetchall())

        try:
            if query("PRAGMA quick_check(1)") != [("ok",)]:
                raise BackupProblem("The database in the backup is damaged. Take another file.")
            return contents(query, _tables(query))
        except DatabaseError as problem:
            raise BackupProblem(f"The database in the backup can't be read: {problem}.") from problem


@contextmanager
def _cursor(path: Path) -> Iterator[Any]:
    """Give a cursor on a SQLite file, with the functions that constraints and triggers call."""
    found = DatabaseWrapper({**connection.settings_dict, "NAME": str(path), "OPTIONS": {}}, alias="backup")
    try:
        with found.cursor() as cursor:
            yield cursor
    finally:
        found.close()


def _tables(query: Query) -> list[str]:
    """Return the names of the tables, without SQLite's own and those inside its indexes of words."""
    rows = query("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
    return [name for (name,) in rows if not name.startswith("sqlite_")]


def check_empty() -> None:
    """Raise Refused unless there is no database yet, or one without tables."""
    path = database_path()
    if not path.exists():
        return
    with _cursor(path) as cursor:
        tables = cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables:
        raise Refused(
            f"{path} holds a database already. A backup is restored into an empty installation only. Stop all "
            f"processes and move the file away, with {path.name}-wal and {path.name}-shm, or set another VAR_DIR."
        )


def load(chunks: Iterable[bytes]) -> Contents:
    """Put a dump in the place of the empty database, as a copy that sends nothing. Return what it holds.

    The file takes its place when it is whole: a reader finds either no database or all of it.
    """
    path = database_path()
    connection.close()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".summit-") as temporary:
        copy = Path(temporary) / path.name
        with copy.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        found = inspect(copy)
        with _cursor(copy) as cursor:
            mark_as_copy(cursor.execute)
            cursor.execute("ANALYZE")
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        for ending in ENDINGS:
            Path(f"{path}{ending}").unlink(missing_ok=True)
        copy.replace(path)
    return found


def read_through(chunks: Iterable[bytes]) -> Contents | None:
    """Read a dump to its end, and return what it holds."""
    with tempfile.TemporaryDirectory(prefix="summit-") as temporary:
        copy = Path(temporary) / "copy.sqlite3"
        with copy.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        return inspect(copy)


def database_path() -> Path:
    """Return the path of this installation's database."""
    return Path(str(connection.settings_dict["NAME"]))
