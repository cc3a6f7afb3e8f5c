"""Make a backup, and check one."""

import logging
import os
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import DatabaseError, connection

from summit.core.database_clock import db_now
from summit.maintenance import heartbeats
from summit.maintenance.backups import archive, files, postgresql, sqlite
from summit.maintenance.backups.archive import Digest, Manifest
from summit.maintenance.backups.keys import fingerprints
from summit.maintenance.backups.problems import BackupProblem

ENDING = ".zip"
logger = logging.getLogger(__name__)


def database(vendor: str) -> Any:
    """Return the module that dumps and loads a database of a vendor: "postgresql" or "sqlite"."""
    return {"postgresql": postgresql, "sqlite": sqlite}[vendor]


def make(folder: Path, *, keep: int | None = None) -> tuple[Path, Manifest]:
    """Write a backup into a folder, and return its path and its manifest. People may work meanwhile.

    The file has a temporary name until it is whole. With `keep`, older backups in the folder are then deleted, so
    that this many remain. Raises BackupProblem if it can't be made; then no file is left.
    """
    try:
        files.remove_unfinished(folder)
        with files.unfinished(folder) as (file, part):
            manifest = write(file, folder)
            file.flush()
            os.fsync(file.fileno())
            path = folder / f"{files.PREFIX}{manifest.made_at[:19].replace('-', '').replace(':', '')}Z{ENDING}"
            # Unlike a rename, a link replaces no other backup.
            os.link(part, path)
        files.sync(folder)
        record()
        if keep is not None:
            for old in backups(folder)[keep:]:
                old.unlink()
    except OSError as problem:
        raise BackupProblem(f"{folder} can't hold the backup: {problem.strerror}.") from problem
    return path, manifest


def record() -> None:
    """Store that a whole backup was made now, for monitoring. A database that can't be written only leaves a line."""
    try:
        heartbeats.record_backup()
    except DatabaseError as problem:
        logger.warning("The backup is whole, but its time could not be stored: %s", problem)


def write(target: IO[bytes], folder: Path) -> Manifest:
    """Write a backup to a file or a pipe, and return its manifest. `folder` holds what is copied, for a while."""
    vendor = database(connection.vendor)
    made_at, server = db_now(), vendor.server()

    with vendor.dump(folder) as (chunks, found):

        def describe(dump: Digest) -> Manifest:
            return Manifest(
                made_at=made_at.isoformat(),
                version=settings.VERSION,
                vendor=connection.vendor,
                server=server,
                keys=fingerprints(),
                contents=found,
                sha256=dump.sha256,
                size=dump.size,
            )

        # A dump of PostgreSQL is compressed.
        return archive.write(target, chunks, describe, compress=connection.vendor == "sqlite")


def backups(folder: Path) -> list[Path]:
    """Return the backups in a folder, the newest first."""
    return sorted(folder.glob(f"{files.PREFIX}????????T??????Z{ENDING}"), reverse=True)


def verify(path: Path) -> Manifest:
    """Read a backup to its end, by the database's own program, and return its manifest. Nothing is restored.

    Raises BackupProblem if it is damaged.
    """
    with archive.opened(path) as (whole, manifest):
        for _chunk in archive.chunks(whole, manifest):
            pass
        found = database(manifest.vendor).read_through(archive.chunks(whole, manifest))
        if found not in (None, manifest.contents):
            raise BackupProblem("The backup is damaged: it doesn't hold the rows that it names. Take another file.")
    return manifest
